//! Landings that a formatter wrote: the same text in many files, broken into other lines.
//!
//! - Told by content alone: of the changed lines nearly all stand in places whose text is the same but for white space
//!   and the signs that formatters add and take away. Messages prove nothing and are not looked at.
//! - Taken as if `.git-blame-ignore-revs` named them: lines keep their births, and nobody is said to have written or
//!   deleted them (METRICS V5: reformatted is not dead).
//! - Only of many files at once: whoever reflows a paragraph has worked on it.
//! - Replacements of a name or a year all over are no reformatting: they change what is said.

use gix::ObjectId;
use rayon::prelude::*;

use super::blob_diff::is_binary;
use super::effective::lines;
use super::line_diff::{LineDiffer, Text};
use super::objects::{Objects, Store};
use crate::error::Result;

/// Fewer changed files are somebody's work.
const FILES_AT_LEAST: usize = 10;
/// Fewer changed lines, deleted and added ones together, are somebody's work.
const LINES_AT_LEAST: u64 = 200;
/// So many of a hundred changed lines have to say the same as before.
const PERCENT: u64 = 95;
/// What formatters add, take away and exchange, beside white space.
const SIGNS: &[u8] = b",;'\"()\\";

/// A file that a landing changed: content before and after, and how many lines git counts as deleted and added.
pub(super) struct Changed {
    pub(super) old: ObjectId,
    pub(super) new: ObjectId,
    pub(super) lines: u64,
}

/// What one landing did.
#[derive(Default)]
pub(super) struct Landed {
    /// Its files that have text before and after.
    pub(super) files: Vec<Changed>,
    /// Deleted and added lines in all of its files.
    pub(super) lines: u64,
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

/// Looks for reformatting; by landing.
///
/// # Errors
/// Fails when a content is missing or corrupt.
pub(super) fn look(store: &Store, landed: &[Landed]) -> Result<Vec<Option<Reformat>>> {
    let one = |landed: &Landed| if may_be(landed) { reformat(&store.objects(), landed) } else { Ok(None) };
    let all: Vec<Result<Option<Reformat>>> = landed.par_iter().map(one).collect();
    all.into_iter().collect()
}

/// What is known without reading anything.
fn may_be(landed: &Landed) -> bool {
    let inside: u64 = landed.files.iter().map(|file| file.lines).sum();
    landed.files.len() >= FILES_AT_LEAST && landed.lines >= LINES_AT_LEAST && enough(inside, landed.lines)
}

fn enough(part: u64, whole: u64) -> bool {
    part * 100 >= whole * PERCENT
}

fn reformat(objects: &Objects, landed: &Landed) -> Result<Option<Reformat>> {
    let mut differ = LineDiffer::default();
    // All lines, less those that are found to say something else.
    let mut same = landed.files.iter().map(|file| file.lines).sum::<u64>();
    // The largest first: of most landings it tells that they are none.
    let mut files: Vec<&Changed> = landed.files.iter().collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.lines));
    for file in files {
        let (old, new) = (objects.read(file.old)?.data, objects.read(file.new)?.data);
        let binary = is_binary(&old) || is_binary(&new);
        let kept = if binary { 0 } else { same_lines(&mut differ, &old, &new) };
        same = same.saturating_sub(file.lines.saturating_sub(kept));
        if !enough(same, landed.lines) {
            return Ok(None);
        }
    }
    Ok(Some(Reformat { files: landed.files.len(), lines: landed.lines, same }))
}

/// Deleted and added lines in places that say the same before and after.
fn same_lines(differ: &mut LineDiffer, old: &[u8], new: &[u8]) -> u64 {
    let text = |bytes| Text { id: None, bytes };
    let hunks = differ.compare(text(old), text(new)).hunks;
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = (lines(old).collect(), lines(new).collect());
    let part = |range: &std::ops::Range<u32>| range.start as usize..range.end as usize;
    let says_the_same = |hunk: &&gix::diff::blob::Hunk| {
        let before = says(&old[part(&hunk.before)]);
        before.eq(says(&new[part(&hunk.after)]))
    };
    hunks.iter().filter(says_the_same).map(|hunk| hunk.before.len() as u64 + hunk.after.len() as u64).sum()
}

/// The bytes of lines that formatters leave alone.
fn says<'a>(lines: &'a [&[u8]]) -> impl Iterator<Item = u8> + 'a {
    let bytes = lines.iter().flat_map(|line| line.iter().copied());
    bytes.filter(|byte| !byte.is_ascii_whitespace() && !SIGNS.contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(old: &str, new: &str) -> u64 {
        same_lines(&mut LineDiffer::default(), old.as_bytes(), new.as_bytes())
    }

    #[test]
    fn lines_broken_elsewhere_say_the_same() {
        assert_eq!(same("call(one, two)\nnext\n", "call(\n    one,\n    two,\n)\nnext\n"), 5);
        assert_eq!(same("x = 'a'\n", "x = \"a\";\n"), 2);
        assert_eq!(same("a\n\n\nb\n", "a\nb\n"), 2);
        assert_eq!(same("call(one, two)\n", "call(one, three)\n"), 0);
        assert_eq!(same("a\nb\n", "a\nx\nb\n"), 0);
    }
}
