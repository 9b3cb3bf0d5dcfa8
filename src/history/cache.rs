//! Results on disk, for the next run that asks the same of the same history.
//!
//! - The key of a result is a digest of everything that it depends on: the program, the repository's path, the mainline's
//!   newest commit, the options, and what else has an influence (mailmap, cut of a shallow clone, replaced objects, and
//!   the references if branches are examined). So a result may be missing but is never stale. Nothing is stored
//!   of a history that lacks objects, since they may be fetched.
//! - Files are written under a temporary name and then renamed, so concurrent runs do no harm. A file that cannot be read
//!   in full counts as missing.
//! - Contains what reports contain: paths, subjects, authors, ids, counts; never the content of a file.

use std::hash::Hash;
use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::commit_object::CommitObject;
use super::objects::Store;
use super::options::{Cache, HistoryOptions};
use super::repository;
use super::tip::Tip;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::model::branch::BranchFate;
use crate::model::commit::Commit;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;

/// The first bytes of every file; each layout has its own number.
const MAGIC: &[u8; 16] = b"tokaudit lines 2";
/// Results to keep for each repository.
const MAX_RESULTS: usize = 8;
/// The ending of the files.
const EXTENSION: &str = "history";

/// What a run read, except for what is quickly read again.
#[derive(Serialize, Deserialize)]
pub(super) struct CachedHistory {
    pub(super) commits: Vec<Commit>,
    pub(super) commits_all: u64,
    pub(super) branches: Option<Vec<BranchFate>>,
    pub(super) lives: Vec<LineLife>,
    pub(super) paths: Vec<String>,
    pub(super) contributions: Vec<Contribution>,
    pub(super) alive_lines: Option<u64>,
    pub(super) observed_until: Option<DateTime<Utc>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A file for one result.
pub(super) struct CacheEntry {
    folder: PathBuf,
    /// The first part of the names of all results of this repository.
    repository: String,
    path: PathBuf,
}

impl CacheEntry {
    /// The file for the result of these options; `None` if results are not to be stored.
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
        let mut digest = Digest(Xxh3::new());
        digest.add(&(MAGIC, env!("CARGO_PKG_VERSION"), cache.program));
        // Notices name the repository as it was passed.
        digest.add(&(&common, local.git_dir(), &store.shown, tip.id, &tip.branch));
        digest.add(&(options.branch, options.since, options.until));
        // The clock matters only to a mainline that ends beyond it, and it counts in days.
        let end = store.objects().read(tip.id).ok().and_then(|object| CommitObject::parse(&object.data)?.commit_time());
        digest.add(&options.now.filter(|now| end.is_some_and(|end| end > *now)).map(|now| now.date_naive()));
        digest.add(&(options.follow_all_merged, options.max_branches, options.as_of, options.idle_days));
        digest.add(&format!("{:?}", local.open_mailmap().entries()));
        digest.add(&std::fs::read(common.join("shallow")).ok());
        let mut replaced: Vec<_> = store.repository.objects.replacements().collect();
        replaced.sort();
        digest.add(&replaced);
        digest.add(&noticed.all().into_iter().map(|one| (one.kind, one.examples)).collect::<Vec<_>>());
        if options.max_branches > 0 {
            let references = local.references().ok()?;
            for reference in references.all().ok()?.filter_map(Result::ok) {
                digest.add(&(reference.name().as_bstr(), reference.try_id().map(gix::Id::detach)));
            }
            digest.add(&local.remote_names().iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        let repository = format!("{:016x}", xxh3_64(common.as_os_str().as_encoded_bytes()));
        let path = cache.folder.join(format!("{repository}-{:032x}.{EXTENSION}", digest.0.digest128()));
        Some(Self { folder: cache.folder.to_owned(), repository, path })
    }

    /// The result, if the file exists and is intact.
    pub(super) fn read(&self) -> Option<CachedHistory> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (magic, rest) = bytes.split_at_checked(MAGIC.len())?;
        let (sum, content) = rest.split_at_checked(8)?;
        if magic != MAGIC || sum != xxh3_64(content).to_le_bytes() {
            return None;
        }
        postcard::from_bytes(content).ok()
    }

    /// Stores a result. If the folder cannot be written, adds a notice and goes on.
    pub(super) fn write(&self, found: &CachedHistory, diagnostics: &mut Diagnostics) {
        if let Err(cause) = self.try_write(found) {
            let text = "the history could not be stored for the next run; choose another folder with --cache-dir, or \
                        turn the cache off with --no-cache";
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
        self.remove_old();
        Ok(())
    }

    /// Removes all but the newest results of the repository; ignores files that cannot be removed.
    fn remove_old(&self) {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return };
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(&self.repository) && name.ends_with(EXTENSION))
        };
        let files = files.filter_map(Result::ok).map(|file| file.path()).filter(is_ours);
        let modified = |path: &PathBuf| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        let mut files: Vec<_> = files.map(|path| (modified(&path), path)).collect();
        files.sort();
        for (_, path) in files.iter().rev().skip(MAX_RESULTS).filter(|(_, path)| *path != self.path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A digest of everything that a result depends on.
struct Digest(Xxh3);

impl Digest {
    fn add(&mut self, part: &impl Hash) {
        part.hash(&mut self.0);
        // Separates the parts, so that two different splits of the same bytes differ.
        self.0.update(&[0xff]);
    }
}
