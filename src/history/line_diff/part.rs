//! A part of a text with the ids of its lines, and the coordinates of bytes and lines.

use std::ops::{Add, Range, Sub};

use gix::ObjectId;
use gix::diff::blob::Token;

use super::super::common_ends::{Ends, common_prefix};
use super::super::effective::count_lines;
use super::line_ids::LineIds;
use crate::model::bytes8;

/// How far ahead to search for a matching line; the search looks a quarter as far back. Each time that nothing is found,
/// the next search goes twice as far.
const NEARBY: usize = 128;
/// The furthest that a search goes.
const FAR: usize = 1 << 14;
/// Of the lines with the wanted id, how many to try in either direction.
const MAX_CANDIDATES: usize = 8;

/// One version of a text.
#[derive(Debug, Clone, Copy)]
pub(in crate::history) struct Text<'a> {
    /// Recognises the text when it is compared again.
    pub(in crate::history) id: Option<ObjectId>,
    pub(in crate::history) bytes: &'a [u8],
}

/// Position of a byte in its text; texts are below 512 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(transparent)]
pub(super) struct TextByte(u32);

impl TextByte {
    #[inline]
    pub(super) fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    #[inline]
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// Position of a line in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub(super) struct TextLine(pub(super) u32);

/// Position of a line in the part of a text that has ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub(super) struct PartLine(usize);

impl Add<usize> for PartLine {
    type Output = Self;

    #[inline]
    fn add(self, lines: usize) -> Self {
        Self(self.0 + lines)
    }
}

impl Sub for PartLine {
    type Output = usize;

    #[inline]
    fn sub(self, other: Self) -> usize {
        self.0 - other.0
    }
}

/// The lines of a part of a text, with their ids.
#[derive(Default)]
pub(super) struct TextPart {
    /// The text; `None` where it cannot be recognised again.
    pub(super) id: Option<ObjectId>,
    /// Where the part begins.
    start: TextByte,
    /// Lines of the text before the part.
    lines_before: usize,
    /// Lines of the text after the part.
    lines_after: usize,
    /// By line of the part: where it ends.
    ends: Vec<TextByte>,
    /// By line of the part.
    ids: Vec<Token>,
}

impl TextPart {
    /// Becomes an empty part of a text.
    pub(super) fn begin(&mut self, text: Text<'_>, at: usize) {
        self.id = text.id;
        self.start = TextByte::new(at);
        (self.lines_before, self.lines_after) = (count(&text.bytes[..at]), count(&text.bytes[at..]));
        self.ends.clear();
        self.ids.clear();
    }

    /// Extends the part to hold these bytes, which begin and end with a line.
    pub(super) fn extend_to(&mut self, text: &[u8], bytes: Range<usize>, ids: &mut LineIds) {
        let end = self.end().at();
        if bytes.end > end {
            let from = self.ends.len();
            push_line_ends(text, end..bytes.end, &mut self.ends);
            self.lines_after -= self.ends.len() - from;
            self.ids.extend(ids_of_lines(text, end, &self.ends[from..], ids));
        }
        if bytes.start < self.start.at() {
            let mut ends = Vec::new();
            push_line_ends(text, bytes.start..self.start.at(), &mut ends);
            self.lines_before -= ends.len();
            self.ids.splice(..0, ids_of_lines(text, bytes.start, &ends, ids));
            self.ends.splice(..0, ends);
            self.start = TextByte::new(bytes.start);
        }
    }

    /// Becomes the part of a text that corresponds to a neighbour's part, and takes over the ids of equal lines.
    pub(super) fn derive(
        &mut self,
        text: Text<'_>,
        neighbour: &Self,
        neighbour_text: &[u8],
        (start, end): Ends,
        ids: &mut LineIds,
    ) {
        self.id = text.id;
        self.start = neighbour.start;
        (self.lines_before, self.lines_after) = (neighbour.lines_before, neighbour.lines_after);
        self.ends.clear();
        self.ids.clear();
        let stop = text.bytes.len() - end;
        let middle = neighbour.lines_in(&(start..neighbour_text.len() - end));
        self.copy_lines(neighbour, PartLine(0)..middle.start, 0);
        // Where this text is, and the line that the neighbour is at.
        let (mut at, mut line, mut reach) = (start, middle.start, NEARBY);
        while at < stop {
            // The lines that follow in both texts.
            let neighbour_at = neighbour.start_of(line).at();
            let same = common_prefix(&text.bytes[at..stop], &neighbour_text[neighbour_at..neighbour_text.len() - end]);
            let mut shared =
                count_leading(&neighbour.ends[line.0..middle.end.0], |end| end.at() - neighbour_at <= same);
            // A last line without a line end is shared only when both texts end with it.
            let until = neighbour.start_of(line + shared).at();
            if shared > 0 && neighbour_text[until - 1] != b'\n' && at + until - neighbour_at < text.bytes.len() {
                shared -= 1;
            }
            let shift = TextByte::new(at).0.wrapping_sub(TextByte::new(neighbour_at).0);
            self.copy_lines(neighbour, line..line + shared, shift);
            line = line + shared;
            at += neighbour.start_of(line).at() - neighbour_at;
            if at == stop {
                break;
            }
            // A line that the neighbour does not have here, though perhaps nearby.
            let until = memchr::memchr(b'\n', &text.bytes[at..stop]).map_or(stop, |length| at + length + 1);
            let known = ids.count();
            let id = ids.id_of(&text.bytes[at..until]);
            self.ends.push(TextByte::new(until));
            self.ids.push(id);
            at = until;
            if (id.0 as usize) < known {
                let found =
                    neighbour.find_continuation(neighbour_text, &middle, line, id, &text.bytes[at..stop], reach);
                reach = if found.is_some() { NEARBY } else { FAR.min(reach * 2) };
                line = found.unwrap_or(line);
            }
        }
        let shift = TextByte::new(text.bytes.len()).0.wrapping_sub(TextByte::new(neighbour_text.len()).0);
        self.copy_lines(neighbour, middle.end..PartLine(neighbour.ends.len()), shift);
    }

    /// The line from which this text continues as another one does behind a line with that id: behind the nearest such
    /// line that is followed by the same line as there, since braces and empty lines occur everywhere.
    fn find_continuation(
        &self,
        text: &[u8],
        middle: &Range<PartLine>,
        line: PartLine,
        id: Token,
        rest_of_other: &[u8],
        reach: usize,
    ) -> Option<PartLine> {
        let next = memchr::memchr(b'\n', rest_of_other).map_or(rest_of_other, |end| &rest_of_other[..=end]);
        let until = self.start_of(middle.end).at();
        let continues = |behind: &PartLine| text[self.start_of(*behind).at()..until].starts_with(next);
        let from = middle.start.max(PartLine(line.0.saturating_sub(reach / 4)));
        let ahead = positions(&self.ids[line.0..middle.end.min(line + reach).0], id).map(|by| line + by + 1);
        let back = positions(&self.ids[from.0..line.0], id).map(|by| from + by + 1);
        ahead.take(MAX_CANDIDATES).find(continues).or_else(|| back.take(MAX_CANDIDATES).find(continues))
    }

    /// Copies lines of another text; `shift`, which may wrap around, is how much further on they are in this text.
    fn copy_lines(&mut self, other: &Self, lines: Range<PartLine>, shift: u32) {
        let lines = lines.start.0..lines.end.0;
        self.ends.extend(other.ends[lines.clone()].iter().map(|end| TextByte(end.0.wrapping_add(shift))));
        self.ids.extend_from_slice(&other.ids[lines]);
    }

    /// Lines of the whole text.
    pub(super) fn lines_of_text(&self) -> usize {
        self.lines_before + self.ends.len() + self.lines_after
    }

    /// Whether lines of the part reach the first and the last line of the text.
    pub(super) fn reaches_ends(&self, lines: &Range<PartLine>) -> (bool, bool) {
        (self.lines_before + lines.start.0 == 0, self.lines_after == 0 && lines.end.0 == self.ends.len())
    }

    /// Where the part ends.
    fn end(&self) -> TextByte {
        self.ends.last().map_or(self.start, |&end| end)
    }

    /// The lines in a range of bytes that begins and ends at line boundaries.
    pub(super) fn lines_in(&self, bytes: &Range<usize>) -> Range<PartLine> {
        let until = |at: usize| PartLine(self.ends.partition_point(|&end| end.at() <= at));
        until(bytes.start)..until(bytes.end)
    }

    /// The ids of some lines.
    pub(super) fn ids_in(&self, lines: &Range<PartLine>) -> &[Token] {
        &self.ids[lines.start.0..lines.end.0]
    }

    /// Where a line starts; of the line after the last one, where the part ends.
    #[inline]
    fn start_of(&self, line: PartLine) -> TextByte {
        line.0.checked_sub(1).map_or(self.start, |before| self.ends[before])
    }

    /// The position in the text of a line of the part.
    #[inline]
    pub(super) fn in_text(&self, line: PartLine) -> TextLine {
        TextLine(u32::try_from(self.lines_before + line.0).unwrap_or(u32::MAX))
    }

    #[inline]
    fn in_part(&self, line: TextLine) -> PartLine {
        PartLine(line.0 as usize - self.lines_before)
    }

    /// Where a line of the text starts that is in the part, or directly behind it.
    #[inline]
    pub(super) fn start_in_text(&self, line: TextLine) -> usize {
        self.start_of(self.in_part(line)).at()
    }

    /// A line of the text that is in the part.
    pub(super) fn line<'a>(&self, text: &'a [u8], line: TextLine) -> &'a [u8] {
        let line = self.in_part(line);
        &text[self.start_of(line).at()..self.ends[line.0].at()]
    }
}

/// How many of the sorted positions, from the first on, meet a condition. Usually few do, so the search doubles its reach
/// instead of halving the whole.
fn count_leading(ends: &[TextByte], is_met: impl Fn(TextByte) -> bool) -> usize {
    let mut to = 1;
    while ends.get(to - 1).is_some_and(|&end| is_met(end)) {
        to *= 2;
    }
    let from = to / 2;
    from + ends[from..ends.len().min(to)].partition_point(|&end| is_met(end))
}

/// The positions of an id.
fn positions(ids: &[Token], wanted: Token) -> impl Iterator<Item = usize> + '_ {
    const STEP: usize = 32;
    // Whether a step holds the id is found faster than where.
    let steps = ids.chunks(STEP).enumerate();
    let with = steps.filter(move |(_, step)| step.iter().fold(false, |is, &id| is | (id == wanted)));
    with.flat_map(move |(at, step)| {
        let inside = step.iter().enumerate().filter(move |&(_, &id)| id == wanted);
        inside.map(move |(by, _)| at * STEP + by)
    })
}

/// The ids of lines that end at these positions; the first one starts at `start`.
fn ids_of_lines<'a>(
    text: &'a [u8],
    mut start: usize,
    ends: &'a [TextByte],
    ids: &'a mut LineIds,
) -> impl Iterator<Item = Token> + 'a {
    ends.iter().map(move |&end| {
        let line = &text[start..end.at()];
        start = end.at();
        ids.id_of(line)
    })
}

/// Appends where each line of some bytes of a text ends.
pub(super) fn push_line_ends(text: &[u8], bytes: Range<usize>, ends: &mut Vec<TextByte>) {
    let (start, text) = (bytes.start, &text[bytes]);
    // Lines are short: a call per line to find its end takes longer than looking at eight bytes at once.
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let mut found = bytes8::equal(u64::from_le_bytes(*word), b'\n');
        while found != 0 {
            ends.push(TextByte::new(start + at * 8 + bytes8::first(found) + 1));
            found &= found - 1;
        }
    }
    let before = text.len() - rest.len();
    ends.extend(memchr::memchr_iter(b'\n', rest).map(|at| TextByte::new(start + before + at + 1)));
    if text.last().is_some_and(|&byte| byte != b'\n') {
        ends.push(TextByte::new(start + text.len()));
    }
}

/// Lines of a text.
pub(super) fn count(text: &[u8]) -> usize {
    usize::try_from(count_lines(text)).unwrap_or(usize::MAX)
}
