//! The life of a line: born on the mainline, alive or dead at its head.

use serde::{Deserialize, Serialize};

/// What ended a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Death {
    /// Deleted, or replaced by another text.
    Deleted,
    /// Deleted by a commit that reverts the one that brought it.
    Reverted,
    /// Gone when its file turned binary.
    Binary,
    /// Gone in a commit of `.git-blame-ignore-revs`: not counted as a death.
    Ignored,
}

impl Death {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Reverted => "reverted",
            Self::Binary => "binary",
            Self::Ignored => "ignored",
        }
    }
}

/// Lines with the same birth and the same end.
///
/// - Unit: `lines` text lines that were next to each other when they were born.
/// - Indexes: `born` and `died` into `History::commits`, `origin` and `killer` into `History::contributions`, `path`
///   into `History::paths`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineLife {
    /// The landing that brought the lines to the mainline; `None` if they are older than what was read.
    pub born: Option<u32>,
    /// The commit that wrote them: the landing itself, or one of those that it merged.
    pub origin: Option<u32>,
    /// The landing that deleted them; `None` if they are alive at the head.
    pub died: Option<u32>,
    /// The commit that deleted them: the landing itself, or one of those that it merged.
    pub killer: Option<u32>,
    /// What ended them.
    pub death: Option<Death>,
    /// Where they were born.
    pub path: u32,
    /// How many lines.
    pub lines: u32,
    /// Those that are effective; none in an excluded file.
    pub effective: u32,
    /// Whether the file they were born in is left out of every ratio (generated, vendored, lock file, …), or the
    /// commit that brought them is one of `.git-blame-ignore-revs`.
    pub excluded: bool,
}
