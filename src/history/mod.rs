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
mod ai_tools;
mod assist;
mod attributes;
mod blob_diff;
mod bots;
mod cache;
mod common_ends;
mod contributions;
mod effective;
mod exclude;
mod footer;
mod graph;
mod histogram;
mod identity;
mod ignored;
mod index;
mod kept;
mod landings;
mod line_diff;
mod lines;
mod mainline;
mod merged;
mod message;
mod meter;
mod model_name;
mod objects;
mod options;
mod pack;
mod parallel;
mod paths;
mod people;
mod read;
mod reformat;
mod remote;
mod rename;
mod repository;
mod repository_history;
#[cfg(test)]
mod tests;
mod tree_diff;
mod work;

pub use bots::is_program_account;
pub use cache::Cache;
pub use identity::{RepositoryId, without_clones};
pub use kept::Transcript;
pub use options::{HistoryOptions, Progress};
pub use read::{Opened, read};
pub use remote::normalise_remote;
pub use repository::{RepositoryIdentity, identify};
pub use repository_history::{History, Totals};
