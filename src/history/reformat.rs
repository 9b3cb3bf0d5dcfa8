//! Landings that a formatter wrote: the same text in many files, broken into other lines.
//!
//! - Recognised by content alone: nearly all changed lines are in hunks whose text stays the same, except for white space
//!   and the punctuation that formatters add and remove. Commit messages prove nothing and are ignored.
//! - Treated as if `.git-blame-ignore-revs` listed them: lines keep their births, and nobody counts as having written or
//!   deleted them.
//! - Only for many files at once: reflowing a single paragraph is work.
//! - Replacing a name or a year everywhere is not a reformatting, because the text changes.

/// A commit that changes fewer files counts as work.
const MIN_FILES: usize = 10;
/// So does one with fewer changed lines, deleted and added together.
const MIN_LINES: u64 = 200;
/// The percentage of changed lines whose text must be the same as before.
const MIN_PERCENT: u64 = 95;

/// The text that one landing changed.
#[derive(Default)]
pub(super) struct TextChanges {
    /// Deleted and added lines in all of its files.
    pub(super) lines: u64,
    /// Files that have text before and after, some of it changed.
    pub(super) files: usize,
    /// Deleted and added lines in hunks of these files whose text is the same before and after.
    pub(super) same: u64,
}

/// A landing that is a reformatting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reformat {
    pub(super) files: usize,
    /// Deleted and added lines.
    pub(super) lines: u64,
    /// Those whose text is the same as before.
    pub(super) same: u64,
}

impl std::fmt::Display for Reformat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = self.same * 100 / self.lines.max(1);
        write!(f, "{percent}% of {} changed lines in {} files have the same text as before", self.lines, self.files)
    }
}

impl TextChanges {
    /// The reformatting, if it is one.
    pub(super) fn reformat(&self) -> Option<Reformat> {
        let Self { lines, files, same } = *self;
        let is_reformat = files >= MIN_FILES && lines >= MIN_LINES && same * 100 >= lines * MIN_PERCENT;
        is_reformat.then_some(Reformat { files, lines, same })
    }
}
