//! Opens a repository and reads it, or takes the result of an earlier run.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::cache::{CacheEntry, CachedHistory};
use super::graph::Graph;
use super::identity::RepositoryId;
use super::kept::{self, Transcript};
use super::landings::{self, MainlineLines, Scope};
use super::mainline::{self, MainlineStep};
use super::meter::Meter;
use super::objects::Store;
use super::options::HistoryOptions;
use super::people::People;
use super::releases::{Release, Releases};
use super::repository_history::{History, Totals};
use super::tip::{self, Tip};
use super::{abandoned, clock, ignored, repository, work};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;
use crate::model::period::HORIZON_DAYS;
use crate::model::work::Work;

/// Reads the mainline of the repository that a path lies in.
///
/// - Runs on the calling rayon pool; the result is the same for any number of threads.
/// - Memory: 32 MiB of decoded objects per thread, the two versions being compared, and the result.
/// - Window: commits outside `since..until` keep their metadata and have `counted` false and no changes; their
///   files are not read.
///
/// # Errors
/// Fails when the path lies in no supported repository, when the branch does not exist or has no commits, and when
/// an object is missing or corrupt.
pub fn read(path: &Path, options: &HistoryOptions<'_>) -> Result<History> {
    Opened::new(path)?.read(options)
}

/// A repository that is read more than once and reuses what it unpacked.
pub struct Opened(Store);

impl Opened {
    /// Opens the repository that a path lies in.
    ///
    /// # Errors
    /// Fails when the path lies in no supported repository.
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self(repository::open(path)?))
    }

    /// The path as it was passed, for messages.
    pub(super) fn shown(&self) -> &str {
        &self.0.shown
    }

    /// Reads the mainline, as [`read`] does.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, options: &HistoryOptions<'_>) -> Result<History> {
        read_mainline(&self.0, options)
    }

    /// The transcripts that a checkpoint tool stored in the repository, in the order of their paths.
    #[must_use]
    pub fn transcripts(&self) -> Vec<Transcript> {
        kept::transcripts(&self.0)
    }

    /// Reads one of them.
    ///
    /// # Errors
    /// Fails when an object is missing or corrupt.
    pub fn transcript(&self, transcript: &Transcript) -> Result<Vec<u8>> {
        transcript.read(&self.0)
    }

    /// Reads the commits made between two instants, by their committers' clocks.
    ///
    /// # Errors
    /// Fails when the mainline cannot be read.
    pub fn work(&self, history: &History, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Work> {
        work::work(&self.0, history, from, until)
    }

    /// The tags, with the newest landing of each, as far as commits made since an instant have any.
    ///
    /// # Errors
    /// Fails when the references cannot be read.
    pub fn tags(&self, history: &History, from: DateTime<Utc>) -> Result<Vec<Release>> {
        Releases::new(&self.0, history, from).tags()
    }

    /// The newest landing that each commit has, by its full or abbreviated id; `None` for one that the clone does not have.
    #[must_use]
    pub fn newest_landings(&self, history: &History, from: DateTime<Utc>, ids: &[&str]) -> Vec<Option<Option<usize>>> {
        let mut releases = Releases::new(&self.0, history, from);
        ids.iter().map(|id| releases.of_commit(id)).collect()
    }
}

fn read_mainline(store: &Store, options: &HistoryOptions<'_>) -> Result<History> {
    let mut diagnostics = Diagnostics::default();
    let tip = tip::tip(store, options.branch, &mut diagnostics)?;
    let entry = CacheEntry::new(options.cache, store, &tip, options, &diagnostics);
    let mut cache_diagnostics = Diagnostics::default();
    let found = match entry.as_ref().and_then(CacheEntry::read) {
        Some(found) => found,
        None => {
            let store = store.for_another_reading();
            let found = read_uncached(&store, &tip, options, diagnostics)?;
            // What is missing may be fetched, and then there is more to read.
            if let Some(entry) = entry.as_ref().filter(|_| store.read_everything()) {
                entry.write(&found, &mut cache_diagnostics);
            }
            found
        }
    };
    let mut totals = Totals::default();
    for commit in &found.commits {
        totals += Totals::of(commit);
    }
    let mut diagnostics = Diagnostics::of(found.diagnostics);
    diagnostics.merge(cache_diagnostics);
    let repository = store.repository.to_thread_local();
    let common_dir = repository::resolved(repository.common_dir().to_owned());
    let root = found.commits.first().filter(|commit| commit.parents.is_empty()).map(|commit| commit.id.as_str());
    Ok(History {
        id: RepositoryId::new(root, repository::main_remote(&repository).as_deref(), &common_dir),
        git_dir: repository::resolved(repository.git_dir().to_owned()),
        top_level: repository.workdir().map(|root| repository::resolved(root.to_owned())),
        common_dir,
        directories: repository::directories(&repository),
        remotes: repository::remotes(&repository),
        head: tip.id.to_string(),
        branch: tip.branch,
        commits: found.commits,
        branches: found.branches,
        commits_all: found.commits_all,
        shallow: repository.shallow_commits().ok().flatten().is_some(),
        totals,
        lives: found.lives,
        paths: found.paths,
        contributions: found.contributions,
        alive_lines: found.alive_lines,
        observed_until: found.observed_until,
        diagnostics,
    })
}

/// Reads what no earlier run stored.
fn read_uncached(
    store: &Store,
    tip: &Tip,
    options: &HistoryOptions<'_>,
    mut diagnostics: Diagnostics,
) -> Result<CachedHistory> {
    let objects = store.objects();
    let mut people = People::new(&objects.repository);
    let mut steps = mainline::walk(&objects, tip.id, &mut people, &mut diagnostics)?;
    for step in &mut steps {
        step.commit.counted = !step.cut && options.contains(step.commit.commit_time);
    }
    if objects.repository.shallow_commits().ok().flatten().is_some() {
        let text = "the clone is shallow: older history is missing, and the lines of its oldest commit are not \
                    counted; run `git fetch --unshallow`";
        diagnostics.add(Severity::Warning, "shallow-clone", text, &store.shown);
    }
    let observed_until = clock::observed_until(&steps, options.now, &mut diagnostics);
    let from = options.first_read(&steps);
    let graph = Graph::of_mainline(&objects, &steps, from, &mut people, &mut diagnostics)?;
    let commits_all = graph.count_landed();
    let ignored = ignored::marks(&objects, &steps, &mut diagnostics)?;
    let has_past = from > 0 || steps.first().is_some_and(|step| step.cut);
    let scope = Scope { from, has_past, ignored: &ignored, follow_all: options.follow_all_merged };
    let meter = Meter::new(options.progress);
    let read = landings::read(store, &mut steps, &graph, &scope, &meter)?;
    add_notices(store, &steps, &read, &mut diagnostics);
    let branches = if options.max_branches > 0 {
        let asked = abandoned::SurveyOptions {
            as_of: options.as_of.or(observed_until),
            idle_days: options.idle_days.unwrap_or(HORIZON_DAYS),
            max_branches: options.max_branches,
        };
        abandoned::survey(store, &steps, graph, tip.branch.as_deref(), &asked, &meter, &mut diagnostics)?
    } else {
        None
    };
    for (id, path) in store.missing_files() {
        let text = "the content of a file is missing or damaged in this clone, so the lines of that version are not known \
                    and not counted; run `git fsck`, then fetch or clone the repository again";
        diagnostics.add(Severity::Warning, "missing-file", text, format_args!("{path} ({id})"));
    }
    Ok(CachedHistory {
        commits: steps.into_iter().map(|step| step.commit).collect(),
        commits_all,
        branches,
        lives: read.lives,
        paths: read.paths,
        contributions: read.contributions,
        alive_lines: (!has_past).then_some(read.alive),
        observed_until,
        diagnostics: diagnostics.all(),
    })
}

/// Adds what was noticed while reading differences.
fn add_notices(store: &Store, steps: &[MainlineStep], read: &MainlineLines, diagnostics: &mut Diagnostics) {
    if !read.follows_all {
        let text = "there are many merged commits, so lines that one author wrote in several of them were not \
                    attributed one by one; `ledger --table lines` does that";
        diagnostics.add(Severity::Note, "merged-commits-not-followed", text, &store.shown);
    }
    for &at in &read.over_rename_limit {
        let text = "a commit deletes and adds too many files to compare all of them, so only renames without edits \
                    and those that keep the file's name were found";
        diagnostics.add(Severity::Note, "rename-limit", text, &steps[at].commit.id);
    }
    for (at, reformat) in &read.reformats {
        let text = "a commit only reformats many files, so it counts as listed in .git-blame-ignore-revs: \
                    its lines keep their births";
        diagnostics.add(Severity::Note, "reformatting", text, format_args!("{}: {reformat}", steps[*at].commit.id));
    }
}
