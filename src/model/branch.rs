//! What became of a branch or a pull request whose commits are not on the mainline.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::assist::Assistance;
use super::commit::Identity;

/// How a branch was found to have landed in other commits, cheapest evidence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MatchedBy {
    /// Each of its commits has one with the same patch on the mainline: a rebase or cherry-picks.
    PatchId,
    /// A mainline commit has the tree of its tip: a squash onto an unchanged mainline.
    Tree,
    /// One mainline commit has the same patch as the whole branch: a squash onto a mainline that had moved on.
    CumulativePatch,
    /// A mainline commit names the number of the pull request.
    Number,
    /// One mainline commit adds nearly all of its effective lines: a squash that was edited.
    Lines,
}

/// Evidence that a branch is kept beside the mainline on purpose, strongest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptBy {
    /// One of its commits was released: the tag.
    Release(String),
    /// It received copies of mainline commits over months: their number.
    Copies(u64),
    /// It has the name of a maintenance branch: `v1.x`, `release/2.0`, `stable`.
    Name,
}

impl KeptBy {
    /// The word for it in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Release(_) => "release-tag",
            Self::Copies(_) => "cherry-picks",
            Self::Name => "name",
        }
    }
}

/// What became of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Its work is on the mainline in other commits.
    Merged {
        /// How that was found.
        by: MatchedBy,
        /// Object id in hex of the mainline commit that landed it, or the last part of it.
        into: String,
    },
    /// Not merged, and recent enough to be in progress.
    InFlight,
    /// Not merged, and idle for longer than the limit.
    Abandoned,
    /// Not meant to be merged: a maintenance branch.
    Kept {
        /// How that was found.
        by: KeptBy,
    },
    /// It has no commit in common with the mainline: published pages, notes, another project.
    Unrelated,
    /// This clone lacks the objects to find out.
    Unknown,
}

/// A branch or pull request with commits that the mainline does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchFate {
    /// All references to the tip, in full and sorted.
    pub names: Vec<String>,
    /// Object id in hex of the tip.
    pub tip: String,
    /// Who wrote the tip, after the mailmap; empty when the tip cannot be read.
    pub author: Identity,
    /// Whether all its commits except merges are by automation accounts.
    pub bot: bool,
    /// When the newest of its commits was committed; `None` when the tip cannot be read.
    pub last_commit_time: Option<DateTime<Utc>>,
    /// Commits that the mainline does not have, merges included.
    pub commits: u64,
    /// Text lines added since it left the mainline or last merged it; `None` when the files cannot be read or it
    /// shares nothing with the mainline.
    pub added: Option<u64>,
    /// Of those, the effective ones.
    pub added_effective: Option<u64>,
    /// Coding tools that its commits or its names mention, most trusted evidence first.
    pub assisted: Vec<Assistance>,
    /// What became of it.
    pub fate: Fate,
}
