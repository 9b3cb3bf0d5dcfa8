//! Links between spend and code: how certain a link is, and why there is none.

use serde::Serialize;

/// How certain a link is, most certain first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A tool recorded that this session made this commit, or the session printed its id.
    Explicit,
    #[default]
    /// The session wrote lines of the commit, or edited its files on its branch just before it.
    Strong,
    /// The same branch before the commit, or the same files on another branch.
    Medium,
    /// The same person in the same repository at the time.
    Weak,
}

impl Tier {
    /// All tiers, most certain first.
    pub const ALL: [Self; 4] = [Self::Explicit, Self::Strong, Self::Medium, Self::Weak];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Strong => "strong",
            Self::Medium => "medium",
            Self::Weak => "weak",
        }
    }

    /// The words of the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Explicit => "recorded",
            Self::Strong => "matched",
            Self::Medium => "same branch",
            Self::Weak => "same time",
        }
    }
}

/// Why spend is not linked to code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlinked {
    /// The record has no session.
    NoSession,
    /// The log has no working directory, and nothing else shows the repository.
    NoRepository,
    /// The work was done in a folder or repository that was not read.
    OtherRepository,
    /// A session in the repository without edits and commits: questions, planning, review.
    NoEdits,
    /// Edits that no commit and no branch of the repository contains.
    Uncommitted,
}

impl Unlinked {
    /// All reasons, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::NoEdits, Self::Uncommitted, Self::OtherRepository, Self::NoRepository, Self::NoSession];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoSession => "no_session",
            Self::NoRepository => "no_repository",
            Self::OtherRepository => "other_repository",
            Self::NoEdits => "no_edits",
            Self::Uncommitted => "uncommitted",
        }
    }

    /// What it means, for the page.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NoSession => "requests without a session",
            Self::NoRepository => "no working directory in the log",
            Self::OtherRepository => "folders and repositories that were not read",
            Self::NoEdits => "in the repository, no edits and no commit",
            Self::Uncommitted => "edits that no commit or branch holds",
        }
    }
}
