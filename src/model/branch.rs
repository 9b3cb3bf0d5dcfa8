//! What became of a branch or a pull request whose commits are not on the mainline.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::assist::Assistance;
use super::commit::Identity;

/// How a branch was found to have landed although its commits did not, cheapest evidence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MatchedBy {
    /// Each of its commits has one with the same patch on the mainline: a rebase or cherry-picks.
    PatchId,
    /// A mainline commit has the very tree of its tip: a squash onto an unmoved mainline.
    Tree,
    /// One mainline commit is the patch that the branch as a whole is: a squash onto a mainline that moved on.
    CumulativePatch,
    /// One mainline commit adds nearly all of its effective lines: a squash that was touched up.
    Lines,
}

/// What tells that a branch is kept beside the mainline on purpose, surest evidence first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptBy {
    /// A release was made of one of its commits: the tag that says so.
    Release(String),
    /// Over months it got copies of mainline commits, by their messages: so many.
    Copies(u64),
    /// It is named like a line of maintenance: `v1.x`, `release/2.0`, `stable`.
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
    /// Not merged, and young enough to be worked on.
    InFlight,
    /// Not merged, and idle for longer than the option says.
    Abandoned,
    /// Not meant to be merged: a line of maintenance beside the mainline.
    Kept {
        /// How that was found.
        by: KeptBy,
    },
    /// It shares no commit with the mainline: published pages, notes, someone else's project.
    Unrelated,
    /// Objects that would tell are not in this clone.
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
    /// Whether its commits, merges aside, are all those of automation accounts.
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
    /// Coding tools that its commits or its names tell of, most trusted evidence first.
    pub assisted: Vec<Assistance>,
    /// What became of it.
    pub fate: Fate,
}
