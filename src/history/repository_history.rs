//! What is read of one repository.

use std::ops::AddAssign;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::identity::RepositoryId;
use crate::diagnostics::Diagnostics;
use crate::model::branch::BranchFate;
use crate::model::commit::Commit;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;

/// One repository's mainline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Identifies the repository within a run.
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
    /// First-parent commits, oldest first. This need not be the order of time: clocks differ.
    pub commits: Vec<Commit>,
    /// What became of branches and pull requests whose commits are not on the mainline, in order of their names;
    /// `None` if this was not asked for, or there are more than were asked for.
    pub branches: Option<Vec<BranchFate>>,
    /// How many commits are reachable from `head`, those of merged branches included.
    pub commits_all: u64,
    /// Whether the clone lacks older history.
    pub shallow: bool,
    /// Sums over the counted commits.
    pub totals: Totals,
    /// The lives of all lines that the read commits added or deleted, in the order of their births. A period limits how
    /// far back reading goes, but lines are always followed to the head.
    pub lives: Vec<LineLife>,
    /// Paths, which lives name by index.
    pub paths: Vec<String>,
    /// The commits behind the lines: those of `commits` in order, then those that landings merged.
    pub contributions: Vec<Contribution>,
    /// Text lines in the files of the head; unknown if a period or a shallow clone left older history unread.
    pub alive_lines: Option<u64>,
    /// The time of the newest commit whose clock was right: until then lines and branches were watched.
    pub observed_until: Option<DateTime<Utc>>,
    /// Notices of the reading.
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
        // It is hidden inside that folder, as `.git`, or as `.bare` beside worktrees.
        let is_hidden = shared.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let folder = shared.parent().filter(|_| is_hidden).unwrap_or(shared);
        let name =
            folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into());
        name.strip_suffix(".git").map_or_else(|| name.clone(), str::to_owned)
    }
}

/// Sums over the counted commits of a mainline.
///
/// - Unit: commits, changed paths (once per commit), text lines.
/// - Metrics of merged lines take the effective lines, which leave bots out.
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
    /// Lines born: added, but not moved, restored or changed only in white space; bots included.
    pub born: u64,
    /// Lines that died, bots included.
    pub died: u64,
    /// Lines that a landing moved.
    pub moved: u64,
    /// Lines that a landing restored.
    pub restored: u64,
    /// Lines that changed only in white space.
    pub respaced: u64,
    /// Effective lines added by others than bots: merged lines.
    pub added_effective: u64,
    /// Effective lines deleted by others than bots.
    pub deleted_effective: u64,
}

impl Totals {
    /// The sums of one commit; zeros if it is not counted.
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
            totals.added_effective += change.added_effective;
            totals.deleted_effective += change.deleted_effective;
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
