//! A commit as linking needs it: what it added, where it landed, and on which branches.

use chrono::{DateTime, Utc};

use super::commit::Commit;

/// A commit that the mainline or another branch reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCommit {
    /// Who, when, subject and trailers; its `changes` are not read.
    pub commit: Commit,
    /// Index of the landing that brought it to the mainline, which may be itself; `None` if it did not land.
    pub landing: Option<u32>,
    /// Whether it is a first-parent commit of the mainline.
    pub on_mainline: bool,
    /// Branches on which it was made, from references and merge subjects; sorted.
    pub branches: Vec<String>,
    /// Pull requests whose heads contain it; sorted.
    pub pull_requests: Vec<u64>,
    /// Changed paths without excluded ones (lock files, generated, vendored): indexes into the paths of the repository.
    pub paths: Vec<u32>,
    /// Added lines: path and [`line_hash`](super::activity::line_hash), in order, repeats included; none of a merge.
    pub lines: Vec<(u32, u64)>,
}

impl WorkCommit {
    /// Whether it is a merge.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.commit.parents.len() > 1
    }
}

/// The commits of one repository that sessions may have made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// Oldest landing first, then by commit time and id; commits that never landed come last.
    pub commits: Vec<WorkCommit>,
    /// Texts of the paths.
    pub paths: Vec<String>,
    /// Ids of commits that this clone lacks and the landing that an export of pull requests says they went into; sorted.
    pub merged_ids: Vec<(String, u32)>,
    /// When the work of a landing began, where an export of pull requests says it; sorted.
    pub begun: Vec<(u32, DateTime<Utc>)>,
    /// Bodies of `refs/notes/ai` by commit, in the order of the commits' ids.
    pub notes: Vec<(String, Vec<u8>)>,
    /// Session records of a checkpoint branch: checkpoint id and the content of each `metadata.json`.
    pub checkpoints: Vec<(String, Vec<u8>)>,
}
