//! git → commits: one repository's mainline, each commit with what it changed.
//!
//! - In: a path in a repository of any kind (worktree, subfolder, bare, shallow), read in place.
//! - Out: [`History`], the first-parent commits of the mainline, oldest first, each compared with its first parent;
//!   a merge commit is the landing of what it merged.
//! - Lines: as `git log --first-parent -m --histogram --numstat` counts them, and the birth and death of each
//!   ([`LineLife`](crate::model::line_life::LineLife), see `lines`). Effective lines are counted separately: an effective
//!   line has 4 to 1,000 characters, one of them a letter or digit, and is not in an excluded file.
//! - Refuses: to count what it cannot read. A missing or corrupt commit or tree ends the run with an error that names
//!   the repository and the object; a missing file has no lines, and a notice names it. The lines at the cut of a shallow clone are not counted, and a notice says so.
//! - Never: runs git or anything a repository configures, opens a socket, writes.

mod abandoned;
mod ai_tools;
mod assist;
mod attributes;
mod blob_diff;
mod bots;
mod cache;
mod clock;
mod clones;
mod commit_object;
mod common_ends;
mod contributions;
mod effective;
mod exclude;
mod footer;
mod graph;
mod histogram;
mod identity;
mod ignored;
mod imports;
mod index;
mod kept;
mod landed;
mod landings;
mod line_diff;
mod lines;
mod mainline;
mod merged;
mod message;
mod meter;
mod model_name;
mod notebook;
mod objects;
mod options;
mod pack;
mod parallel;
mod paths;
mod people;
mod read;
mod reformat;
mod releases;
mod remote;
mod rename;
mod repository;
mod repository_history;
mod revert_names;
mod reverts;
#[cfg(test)]
mod tests;
mod text;
mod tip;
mod tool_lookup;
mod tree_diff;
mod work;

pub use bots::is_program_account;
pub use clones::without_clones;
pub use identity::RepositoryId;
pub use kept::Transcript;
pub use options::{Cache, HistoryOptions, Progress};
pub use read::{Opened, read};
pub use releases::Release;
pub use remote::{may_name, normalise_remote};
pub use repository::{RepositoryIdentity, identify};
pub use repository_history::{History, Totals};
