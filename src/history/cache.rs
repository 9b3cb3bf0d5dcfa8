//! Finished results, kept in a folder for the next run that asks the same of the same history.
//!
//! - A result is found by a digest of everything it depends on: the program that made it, the repository's place, the
//!   mainline's newest commit, what was asked, and what beside the commits has a say (mailmap, cut of a shallow clone,
//!   replaced objects, references where branches are looked at). A result can be missing and never stale.
//! - Files are written beside their place and then moved there, so that runs at the same time do no harm; what does
//!   not read back whole is as good as not there.
//! - Holds what the reports hold: paths, subjects, authors, ids, counts. No content of a file.

use std::hash::Hash;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::mainline::Tip;
use super::objects::Store;
use super::options::HistoryOptions;
use super::repository;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::model::branch::BranchFate;
use crate::model::commit::Commit;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;

/// Begins every file; another layout has another number.
const MAGIC: &[u8; 16] = b"tokaudit lines 1";
/// Results kept for one repository.
const MOST: usize = 8;
/// How files end.
const EXTENSION: &str = "history";

/// Where results are kept, and which program made them.
#[derive(Debug, Clone, Copy)]
pub struct Cache<'a> {
    /// The folder; made when it is missing.
    pub folder: &'a Path,
    /// Tells one build of the program from another: each trusts its own results only.
    pub program: &'a str,
}

/// What a run found out, without what is quickly found again.
#[derive(Serialize, Deserialize)]
pub(super) struct CachedHistory {
    pub(super) commits: Vec<Commit>,
    pub(super) commits_all: u64,
    pub(super) branches: Option<Vec<BranchFate>>,
    pub(super) lives: Vec<LineLife>,
    pub(super) paths: Vec<String>,
    pub(super) contributions: Vec<Contribution>,
    pub(super) alive_lines: Option<u64>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A result's place.
pub(super) struct CacheEntry {
    folder: PathBuf,
    /// Begins the names of all results of one repository.
    repository: String,
    path: PathBuf,
}

impl CacheEntry {
    /// The place of a result; `None` when nothing is to be kept.
    pub(super) fn new(
        cache: Option<Cache<'_>>,
        store: &Store,
        tip: &Tip,
        options: &HistoryOptions<'_>,
        noticed: &Diagnostics,
    ) -> Option<Self> {
        let cache = cache?;
        let local = store.repository.to_thread_local();
        let common = repository::resolved(local.common_dir().to_owned());
        let mut question = Question(Xxh3::new());
        question.add(&(MAGIC, env!("CARGO_PKG_VERSION"), cache.program));
        // Messages name the repository as it was passed.
        question.add(&(&common, local.git_dir(), &store.shown, tip.id, &tip.branch));
        question.add(&(options.branch, options.since, options.until));
        question.add(&(options.follow_all_merged, options.max_branches, options.as_of, options.idle_days));
        question.add(&format!("{:?}", local.open_mailmap().entries()));
        question.add(&std::fs::read(common.join("shallow")).ok());
        let mut replaced: Vec<_> = store.repository.objects.replacements().collect();
        replaced.sort();
        question.add(&replaced);
        question.add(&noticed.all().into_iter().map(|one| (one.kind, one.examples)).collect::<Vec<_>>());
        if options.max_branches > 0 {
            let references = local.references().ok()?;
            for reference in references.all().ok()?.filter_map(Result::ok) {
                question.add(&(reference.name().as_bstr(), reference.try_id().map(gix::Id::detach)));
            }
            question.add(&local.remote_names().iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        let repository = format!("{:016x}", xxh3_64(common.as_os_str().as_encoded_bytes()));
        let path = cache.folder.join(format!("{repository}-{:032x}.{EXTENSION}", question.0.digest128()));
        Some(Self { folder: cache.folder.to_owned(), repository, path })
    }

    /// The result, if it is there and whole.
    pub(super) fn read(&self) -> Option<CachedHistory> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (magic, rest) = bytes.split_at_checked(MAGIC.len())?;
        let (sum, content) = rest.split_at_checked(8)?;
        if magic != MAGIC || sum != xxh3_64(content).to_le_bytes() {
            return None;
        }
        postcard::from_bytes(content).ok()
    }

    /// Keeps a result; a folder that cannot be written is told and does no harm.
    pub(super) fn write(&self, found: &CachedHistory, diagnostics: &mut Diagnostics) {
        if let Err(cause) = self.try_write(found) {
            let text = "the history could not be kept for the next run; --cache-dir names another folder, --no-cache \
                        does without";
            let place = format!("{}: {cause}", self.folder.display());
            diagnostics.add(Severity::Warning, "cache-not-written", text, place);
        }
    }

    fn try_write(&self, found: &CachedHistory) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let content = postcard::to_stdvec(found).map_err(std::io::Error::other)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(MAGIC)?;
        file.write_all(&xxh3_64(&content).to_le_bytes())?;
        file.write_all(&content)?;
        file.persist(&self.path).map_err(|failed| failed.error)?;
        self.forget_old();
        Ok(())
    }

    /// Removes all but the newest results of the repository; what cannot be removed stays.
    fn forget_old(&self) {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return };
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(&self.repository) && name.ends_with(EXTENSION))
        };
        let files = files.filter_map(Result::ok).map(|file| file.path()).filter(is_ours);
        let modified = |path: &PathBuf| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        let mut files: Vec<_> = files.map(|path| (modified(&path), path)).collect();
        files.sort();
        for (_, path) in files.iter().rev().skip(MOST).filter(|(_, path)| *path != self.path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A digest of all that a result depends on.
struct Question(Xxh3);

impl Question {
    fn add(&mut self, part: &impl Hash) {
        part.hash(&mut self.0);
        // What stands in one part must not pass for the beginning of the next.
        self.0.update(&[0xff]);
    }
}
