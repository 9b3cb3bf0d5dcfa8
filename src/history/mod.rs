//! git → commits: one repository's mainline, each commit with what it changed.
//!
//! - In: a path in a repository of any kind (worktree, subfolder, bare, shallow), read in place.
//! - Out: [`History`], the first-parent commits of the mainline, oldest first, each compared with its first parent;
//!   a merge commit is the landing of what it merged.
//! - Lines: as `git log --first-parent -m --histogram --numstat` counts them, and the birth and death of each
//!   ([`LineLife`], see `lines`), the *effective* ones (METRICS 3.0) apart.
//! - Refuses: to count what it cannot read. A missing or corrupt object ends the run with the repository and the
//!   object named; the cut of a shallow clone is told and not counted.
//! - Never: runs git or anything a repository configures, opens a socket, writes.

mod abandoned;
mod assist;
mod attributes;
mod blob_diff;
mod bots;
mod cache;
mod common_ends;
mod effective;
mod exclude;
mod graph;
mod histogram;
mod identity;
mod ignored;
mod kept;
mod landings;
mod line_diff;
mod lines;
mod mainline;
mod merged;
mod message;
mod meter;
mod objects;
mod pack;
mod people;
mod reformat;
mod remote;
mod rename;
mod repository;
#[cfg(test)]
mod tests;
mod tree_diff;
mod work;

use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

pub use cache::Cache;
pub use identity::{RepositoryId, without_clones};
pub use kept::Transcript;
pub use remote::{may_name, normalise_remote};
pub use repository::{RepositoryIdentity, identify};

use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;
use crate::model::branch::BranchFate;
use crate::model::commit::Commit;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;
use crate::model::work::Work;

/// Is told how much of the work is done: (done, total). The total grows as more work comes to be known.
/// Called from any thread and not always in order.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// What to read of a repository.
#[derive(Clone, Copy, Default)]
pub struct HistoryOptions<'a> {
    /// The mainline's branch (`--branch`): a branch, a remote's branch, or any revision. By default the remote's HEAD,
    /// then HEAD's branch, then `main` or `master`.
    pub branch: Option<&'a str>,
    /// First instant whose commits have their lines counted, by commit time.
    pub since: Option<DateTime<Utc>>,
    /// First instant after them.
    pub until: Option<DateTime<Utc>>,
    /// Where to look for the result of an earlier run, and to keep this one's.
    pub cache: Option<Cache<'a>>,
    /// Follow each line to the merged commit that wrote it, however many merged commits there are.
    pub follow_all_merged: bool,
    /// Up to how many branches and pull requests beside the mainline to find out about; none by default.
    pub most_branches: usize,
    /// The clock by which a branch is in flight or abandoned; by default the mainline's newest commit.
    pub as_of: Option<DateTime<Utc>>,
    /// Days without a commit after which a branch counts as abandoned; by default 30.
    pub idle_days: Option<u32>,
    /// Who to tell about progress.
    pub progress: Option<Progress<'a>>,
}

/// How far before a period reading begins: a line deleted in it counts as rework only while it is young, and its age
/// must be known up to the longest span that churn and rework are told for.
const LEAD_IN: TimeDelta = TimeDelta::days(30);

impl HistoryOptions<'_> {
    /// Index of the first commit to read.
    fn first_read(&self, steps: &[mainline::Step]) -> usize {
        let from = self.since.map(|since| since - LEAD_IN);
        from.and_then(|from| steps.iter().position(|step| step.commit.commit_time >= from))
            .unwrap_or_else(|| if from.is_some() { steps.len() } else { 0 })
    }

    fn contains(&self, at: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

/// One repository's mainline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Tells this repository from the others of a run.
    pub id: RepositoryId,
    /// The git directory that was opened; a worktree has its own.
    pub git_dir: PathBuf,
    /// Root of the worktree; `None` for a bare repository.
    pub top_level: Option<PathBuf>,
    /// The shared git directory, symbolic links resolved: the same for all worktrees of a repository.
    pub common_dir: PathBuf,
    /// All working folders: the main worktree's and those linked to it, sorted.
    pub directories: Vec<PathBuf>,
    /// The remotes as `host/owner/repository`, sorted, without credentials; those that only another clone of the
    /// repository has come after its own.
    pub remotes: Vec<String>,
    /// Object id in hex of the mainline's newest commit.
    pub head: String,
    /// The mainline's branch; `None` when HEAD is detached and nothing better was found.
    pub branch: Option<String>,
    /// First-parent commits, oldest first. Not sorted by time, for commit times need not grow.
    pub commits: Vec<Commit>,
    /// What became of branches and pull requests whose commits are not on the mainline, in order of their names;
    /// `None` when nobody asked, or there were more than asked for.
    pub branches: Option<Vec<BranchFate>>,
    /// How many commits are reachable from `head`, those of merged branches included.
    pub commits_all: u64,
    /// Whether the clone lacks older history.
    pub shallow: bool,
    /// Sums over the counted commits.
    pub totals: Totals,
    /// The lives of all lines that the read commits brought or took, in the order of their births. A period limits
    /// how far back the reading goes, never how far on: lines are followed to the head.
    pub lives: Vec<LineLife>,
    /// Paths, as lives name them by index.
    pub paths: Vec<String>,
    /// The commits behind the lines: those of `commits` first, in order, then those that landings merged.
    pub contributions: Vec<Contribution>,
    /// Text lines in the files of the head; unknown when a period or a shallow clone left older history unread.
    pub alive_lines: Option<u64>,
    /// What was noticed.
    pub diagnostics: Diagnostics,
}

impl History {
    /// How reports name the repository: its first remote, else the folder's name.
    #[must_use]
    pub fn name(&self) -> String {
        if let Some(remote) = self.remotes.first() {
            return remote.clone();
        }
        // A worktree is a view of the repository, so the folder of the shared git directory names it.
        let shared = self.common_dir.as_path();
        let is_inside = shared.file_name().is_some_and(|name| name == ".git");
        let folder = shared.parent().filter(|_| is_inside).unwrap_or(shared);
        let name =
            folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into());
        name.strip_suffix(".git").map_or_else(|| name.clone(), str::to_owned)
    }
}

/// Sums over the counted commits of a mainline.
///
/// - Unit: commits, changed paths (once per commit), text lines.
/// - Source: METRICS V1 and W1 take the effective lines, which leave bots out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Counted commits.
    pub commits: u64,
    /// Of those, commits with more than one parent.
    pub merges: u64,
    /// Of those, commits by bots.
    pub bot_commits: u64,
    /// Changed paths.
    pub files: u64,
    /// Of those, binary files; none of their lines are counted.
    pub binary_files: u64,
    /// Of those, files whose lines are never effective.
    pub excluded_files: u64,
    /// Of those, renames without edits.
    pub renamed_files: u64,
    /// Lines added, bots included.
    pub added: u64,
    /// Lines deleted, bots included.
    pub deleted: u64,
    /// Lines born: added, and neither moved nor restored nor changed in white space alone; bots included.
    pub born: u64,
    /// Lines that died, bots included.
    pub died: u64,
    /// Lines that a landing took from one place and put in another.
    pub moved: u64,
    /// Lines that a landing brought back.
    pub restored: u64,
    /// Lines that changed in white space alone.
    pub respaced: u64,
    /// Effective lines added by others than bots: merged lines.
    pub added_effective: u64,
    /// Effective lines deleted by others than bots.
    pub deleted_effective: u64,
}

impl Totals {
    /// The sums of one commit; nothing when it was not counted.
    #[must_use]
    pub fn of(commit: &Commit) -> Self {
        if !commit.counted {
            return Self::default();
        }
        let mut totals = Self {
            commits: 1,
            merges: u64::from(commit.parents.len() > 1),
            bot_commits: u64::from(commit.bot),
            ..Self::default()
        };
        for change in &commit.changes {
            totals.files += 1;
            totals.binary_files += u64::from(change.binary);
            totals.excluded_files += u64::from(change.excluded.is_some());
            totals.renamed_files += u64::from(change.renamed_from.is_some());
            totals.added += change.added;
            totals.deleted += change.deleted;
            totals.born += change.born;
            totals.died += change.died;
            totals.moved += change.moved;
            totals.restored += change.restored;
            totals.respaced += change.respaced;
            if !commit.bot {
                totals.added_effective += change.added_effective;
                totals.deleted_effective += change.deleted_effective;
            }
        }
        totals
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.commits += other.commits;
        self.merges += other.merges;
        self.bot_commits += other.bot_commits;
        self.files += other.files;
        self.binary_files += other.binary_files;
        self.excluded_files += other.excluded_files;
        self.renamed_files += other.renamed_files;
        self.added += other.added;
        self.deleted += other.deleted;
        self.born += other.born;
        self.died += other.died;
        self.moved += other.moved;
        self.restored += other.restored;
        self.respaced += other.respaced;
        self.added_effective += other.added_effective;
        self.deleted_effective += other.deleted_effective;
    }
}

/// Reads the mainline of the repository that a path lies in.
///
/// - Work runs on the calling rayon pool; the result is the same for any number of threads.
/// - Memory: 32 MiB of decoded objects a thread, the two versions being compared, and the result.
/// - Window: commits outside `since..until` keep their metadata and have `counted` false and no changes; their
///   files are not read.
///
/// # Errors
/// Fails when the path lies in no supported repository, when the branch does not exist or has no commits, and when
/// an object is missing or corrupt.
pub fn read(path: &Path, options: &HistoryOptions<'_>) -> Result<History> {
    Opened::new(path)?.read(options)
}

/// A repository that is read more than once: what one reading unpacked is at hand for the next.
pub struct Opened(objects::Store);

impl Opened {
    /// Opens the repository that a path lies in.
    ///
    /// # Errors
    /// Fails when the path lies in no supported repository.
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self(repository::open(path)?))
    }

    /// Reads the mainline, as [`read`] does.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, options: &HistoryOptions<'_>) -> Result<History> {
        read_mainline(&self.0, options)
    }

    /// The transcripts that a checkpoint tool keeps in the repository, in the order of their paths.
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
}

fn read_mainline(store: &objects::Store, options: &HistoryOptions<'_>) -> Result<History> {
    let mut diagnostics = Diagnostics::default();
    let tip = mainline::tip(store, options.branch, &mut diagnostics)?;
    let place = cache::Place::of(options.cache, store, &tip, options, &diagnostics);
    let mut not_kept = Diagnostics::default();
    let found = match place.as_ref().and_then(cache::Place::read) {
        Some(found) => found,
        None => {
            let found = find(store, &tip, options, diagnostics)?;
            if let Some(place) = &place {
                place.write(&found, &mut not_kept);
            }
            found
        }
    };
    let mut totals = Totals::default();
    for commit in &found.commits {
        totals += Totals::of(commit);
    }
    let mut diagnostics = Diagnostics::of(found.diagnostics);
    diagnostics.merge(not_kept);
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
        diagnostics,
    })
}

/// Reads what no earlier run kept.
fn find(
    store: &objects::Store,
    tip: &mainline::Tip,
    options: &HistoryOptions<'_>,
    mut diagnostics: Diagnostics,
) -> Result<cache::Found> {
    let objects = store.objects();
    let mut people = people::People::of(&objects.repository);
    let mut steps = mainline::walk(&objects, tip.id, &mut people, &mut diagnostics)?;
    for step in &mut steps {
        step.commit.counted = !step.cut && options.contains(step.commit.commit_time);
    }
    if objects.repository.shallow_commits().ok().flatten().is_some() {
        let text = "the clone is shallow: older history is missing, and the lines of its oldest commit are not \
                    counted; run `git fetch --unshallow`";
        diagnostics.add(Severity::Warning, "shallow-clone", text, &store.shown);
    }
    let from = options.first_read(&steps);
    let graph = graph::Graph::of_mainline(&objects, &steps, from, &mut people, &mut diagnostics)?;
    let commits_all = graph.landed();
    let ignored = ignored::marks(&objects, &steps, &mut diagnostics)?;
    let has_past = from > 0 || steps.first().is_some_and(|step| step.cut);
    let scope = landings::Scope { from, has_past, ignored: &ignored, follow_all: options.follow_all_merged };
    let pieces = std::sync::atomic::AtomicU64::new(0);
    let tell = |done, total| {
        pieces.fetch_max(total, std::sync::atomic::Ordering::Relaxed);
        if let Some(progress) = options.progress {
            progress(done, total);
        }
    };
    let read = landings::read(store, &mut steps, &graph, &scope, Some(&tell))?;
    if !read.follows_all {
        let text = "there are many merged commits, so lines that one author wrote in several of them were not told \
                    apart; `ledger --table lines` does";
        diagnostics.add(Severity::Note, "merged-commits-not-followed", text, &store.shown);
    }
    for at in read.over_rename_limit {
        let text = "a commit deletes and adds too many files to compare each with each, so only renames without edits \
                    and those that keep the file's name were looked for";
        diagnostics.add(Severity::Note, "rename-limit", text, &steps[at].commit.id);
    }
    for (at, reformat) in read.reformats {
        let text = "a commit only breaks the text of many files into other lines, so it is taken as if \
                    .git-blame-ignore-revs named it: its lines keep their births";
        diagnostics.add(Severity::Note, "reformatting", text, format_args!("{}: {reformat}", steps[at].commit.id));
    }
    let branches = if options.most_branches > 0 {
        let clock = abandoned::Clock {
            as_of: options.as_of,
            idle_days: options.idle_days.unwrap_or(abandoned::IDLE_DAYS),
            most: options.most_branches,
        };
        let meter = meter::Meter::after(pieces.into_inner(), options.progress);
        abandoned::survey(store, &steps, graph, tip.branch.as_deref(), &clock, &meter, &mut diagnostics)?
    } else {
        None
    };
    Ok(cache::Found {
        commits: steps.into_iter().map(|step| step.commit).collect(),
        commits_all,
        branches,
        lives: read.lives,
        paths: read.paths,
        contributions: read.contributions,
        alive_lines: (!has_past).then_some(read.alive),
        diagnostics: diagnostics.all(),
    })
}
