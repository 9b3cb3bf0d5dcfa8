//! Two versions of a text → hunks of lines, placed as git's histogram diff with its indent heuristic places them.
//!
//! Versions of a file are compared one after the other, and each differs little from the one before. So equal lines get
//! one id: what a version shares with its neighbour takes over the neighbour's ids, and only other lines are hashed. Ids
//! stand for 64-bit hashes. What a comparison leaves in place is then compared byte by byte, so a collision of hashes
//! cannot make two different lines pass for equal ones.

mod line_ids;
mod part;
#[cfg(test)]
mod tests;

use std::ops::Range;

use gix::diff::blob::{Hunk, IndentLevel, Token};

use self::line_ids::{LineIds, TAB};
pub(super) use self::part::Text;
use self::part::{TextLine, TextPart, count};
use super::common_ends::{Ends, common_ends};
use super::histogram::Aligner;

/// Common lines kept on each side of a difference, so that hunks can slide to where git puts them.
const MARGIN: usize = 8;
/// Lines kept where the small margin was too narrow: git slides no hunk further than this.
const WIDE_MARGIN: usize = 100;

/// The difference of two versions.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// In order; lines count from the first line of the text.
    pub(super) hunks: Vec<Hunk>,
    /// Lines of the old version.
    pub(super) old_lines: usize,
    /// Lines of the new version.
    pub(super) new_lines: usize,
}

/// Compares texts one after the other and reuses its memory.
#[derive(Default)]
pub(super) struct LineDiffer {
    old: TextPart,
    new: TextPart,
    ids: LineIds,
    aligner: Aligner,
}

impl LineDiffer {
    /// Compares two texts.
    pub(super) fn compare(&mut self, old: Text<'_>, new: Text<'_>) -> Compared {
        let ends = common_ends(old.bytes, new.bytes);
        if ends.0 + ends.1 == old.bytes.len() && old.bytes.len() == new.bytes.len() {
            let lines = count(old.bytes);
            return Compared { hunks: Vec::new(), old_lines: lines, new_lines: lines };
        }
        let mut hunks = self.hunks(old, new, ends);
        if !self.keeps_equal_lines(old.bytes, new.bytes, ends, &hunks) {
            // Two lines have the same hash: almost never by chance, but it can be made on purpose.
            (self.old.id, self.new.id) = (None, None);
            self.ids.compare_whole_lines(true);
            hunks = self.hunks(old, new, ends);
            self.ids.compare_whole_lines(false);
            (self.old.id, self.new.id) = (None, None);
        }
        Compared { hunks, old_lines: self.old.lines_of_text(), new_lines: self.new.lines_of_text() }
    }

    /// Lines of the old text of the last comparison; only those of its hunks are available.
    pub(super) fn old_lines<'a>(&'a self, text: &'a [u8], lines: Range<u32>) -> impl Iterator<Item = &'a [u8]> + Clone {
        lines.map(|line| self.old.line(text, TextLine(line)))
    }

    /// Lines of the new text of the last comparison; only those of its hunks are available.
    pub(super) fn new_lines<'a>(&'a self, text: &'a [u8], lines: Range<u32>) -> impl Iterator<Item = &'a [u8]> + Clone {
        lines.map(|line| self.new.line(text, TextLine(line)))
    }

    fn hunks(&mut self, old: Text<'_>, new: Text<'_>, (start, end): Ends) -> Vec<Hunk> {
        let holds = |part: &TextPart, text: Text<'_>| text.id.is_some() && part.id == text.id;
        // Walking back in time, the last old text is the new one now; walking forward, the reverse.
        if holds(&self.old, new) || holds(&self.new, old) {
            std::mem::swap(&mut self.old, &mut self.new);
        }
        let (old_known, new_known) = (holds(&self.old, old), holds(&self.new, new));
        if !old_known && !new_known {
            self.ids.reset();
            self.new.begin(new, start);
        }
        let mut margin = MARGIN;
        loop {
            let before = bytes_of_last_lines(&old.bytes[..start], margin);
            let after = bytes_of_first_lines(&old.bytes[old.bytes.len() - end..], margin);
            let bytes = |text: Text<'_>| start - before..text.bytes.len() - end + after;
            // The part whose ids are known gives them to the other.
            let (known, known_text, other, other_text, other_known) = if old_known && !new_known {
                (&mut self.old, old, &mut self.new, new, false)
            } else {
                (&mut self.new, new, &mut self.old, old, old_known)
            };
            known.extend_to(known_text.bytes, bytes(known_text), &mut self.ids);
            if other_known {
                other.extend_to(other_text.bytes, bytes(other_text), &mut self.ids);
            } else {
                other.derive(other_text, known, known_text.bytes, (start, end), &mut self.ids);
            }
            let (old_lines, new_lines) = (self.old.lines_in(&bytes(old)), self.new.lines_in(&bytes(new)));
            let (old_ids, new_ids) = (self.old.ids_in(&old_lines), self.new.ids_in(&new_lines));
            let ids = &self.ids;
            let indent = |id: Token| ids.indent(id);
            let count = u32::try_from(ids.count()).unwrap_or(u32::MAX);
            let hunks = self.aligner.hunks(old_ids, new_ids, count, indent);
            if margin < WIDE_MARGIN {
                let (has_first, has_last) = self.old.reaches_ends(&old_lines);
                let is_too_narrow = |hunk: &Hunk| {
                    let (needs_before, needs_after) = depends_on_edges(old_ids, new_ids, hunk, indent);
                    (needs_before && !has_first) || (needs_after && !has_last)
                };
                if hunks.iter().any(is_too_narrow) {
                    margin = WIDE_MARGIN;
                    continue;
                }
            }
            let (old_first, new_first) = (self.old.in_text(old_lines.start), self.new.in_text(new_lines.start));
            let in_text = |lines: Range<u32>, first: TextLine| lines.start + first.0..lines.end + first.0;
            return hunks
                .into_iter()
                .map(|hunk| Hunk { before: in_text(hunk.before, old_first), after: in_text(hunk.after, new_first) })
                .collect();
        }
    }

    /// Whether the text between the hunks is the same in both versions.
    fn keeps_equal_lines(&self, old: &[u8], new: &[u8], (start, end): Ends, hunks: &[Hunk]) -> bool {
        let last = (old.len() - end, new.len() - end);
        let start_of = |old_line: u32, new_line: u32| {
            (self.old.start_in_text(TextLine(old_line)), self.new.start_in_text(TextLine(new_line)))
        };
        let from =
            std::iter::once((start, start)).chain(hunks.iter().map(|hunk| start_of(hunk.before.end, hunk.after.end)));
        let to = hunks.iter().map(|hunk| start_of(hunk.before.start, hunk.after.start)).chain([last]);
        // A hunk may have slid into the common ends; then the range between is reversed, and its text is equal anyway.
        from.zip(to).all(|((old_from, new_from), (old_to, new_to))| {
            old.get(old_from..old_to).unwrap_or_default() == new.get(new_from..new_to).unwrap_or_default()
        })
    }
}

/// Whether lines before the first, or after the last of these, could change where a hunk slides to.
fn depends_on_edges(old: &[Token], new: &[Token], hunk: &Hunk, indent: impl Fn(Token) -> IndentLevel) -> (bool, bool) {
    let blank = IndentLevel::for_ascii_line([], TAB);
    let of = |ids: &[Token], lines: &Range<u32>| {
        let last = ids.len();
        let (start, end) = (lines.start as usize, lines.end as usize);
        let up = (1..=start).take_while(|by| end > start && ids[start - by] == ids[end - by]).count();
        let down = (0..last - end).take_while(|by| end > start && ids[start + by] == ids[end + by]).count();
        if up + down == 0 {
            return (start == 0, end == last);
        }
        // The indentation around a line is that of the nearest lines that are not blank.
        let is_blank = |at: &usize| indent(ids[*at]) == blank;
        let above = (0..start - up).rev().take_while(is_blank).count();
        let below = (end + down..last).take_while(is_blank).count();
        (start - up == above, end + down + below == last)
    };
    let (before, after) = (of(old, &hunk.before), of(new, &hunk.after));
    (before.0 || after.0, before.1 || after.1)
}

/// How many bytes the last lines of a text take.
fn bytes_of_last_lines(text: &[u8], max_lines: usize) -> usize {
    let mut from = text.len();
    for _ in 0..max_lines {
        from = memchr::memrchr(b'\n', &text[..from.saturating_sub(1)]).map_or(0, |end| end + 1);
    }
    text.len() - from
}

/// How many bytes the first lines of a text take.
fn bytes_of_first_lines(text: &[u8], max_lines: usize) -> usize {
    let mut to = 0;
    for _ in 0..max_lines {
        to = memchr::memchr(b'\n', &text[to..]).map_or(text.len(), |end| to + end + 1);
    }
    to
}
