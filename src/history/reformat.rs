//! Landings that a formatter wrote: the same text in many files, broken into other lines.
//!
//! - Told by content alone: of the changed lines nearly all stand in places whose text is the same but for white space
//!   and the signs that formatters add and take away. Messages prove nothing and are not looked at.
//! - Taken as if `.git-blame-ignore-revs` named them: lines keep their births, and nobody is said to have written or
//!   deleted them (METRICS V5: reformatted is not dead).
//! - Only of many files at once: whoever reflows a paragraph has worked on it.
//! - Replacements of a name or a year all over are no reformatting: they change what is said.

/// Fewer changed files are somebody's work.
const FILES_AT_LEAST: usize = 10;
/// Fewer changed lines, deleted and added ones together, are somebody's work.
const LINES_AT_LEAST: u64 = 200;
/// So many of a hundred changed lines have to say the same as before.
const PERCENT: u64 = 95;

/// What one landing did.
#[derive(Default)]
pub(super) struct TextChanges {
    /// Deleted and added lines in all of its files.
    pub(super) lines: u64,
    /// Files among them that have text before and after, if any of it changed.
    pub(super) files: usize,
    /// Deleted and added lines of these in places that say the same before and after.
    pub(super) same: u64,
}

/// A landing that is a reformatting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reformat {
    pub(super) files: usize,
    /// Deleted and added lines.
    pub(super) lines: u64,
    /// Of them, those that say the same as before.
    pub(super) same: u64,
}

impl std::fmt::Display for Reformat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = self.same * 100 / self.lines.max(1);
        write!(f, "{percent}% of {} changed lines in {} files say the same as before", self.lines, self.files)
    }
}

impl TextChanges {
    /// Whether the landing is a reformatting.
    pub(super) fn reformat(&self) -> Option<Reformat> {
        let Self { lines, files, same } = *self;
        let is = files >= FILES_AT_LEAST && lines >= LINES_AT_LEAST && same * 100 >= lines * PERCENT;
        is.then_some(Reformat { files, lines, same })
    }
}
