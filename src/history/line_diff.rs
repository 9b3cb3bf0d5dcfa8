//! Two versions of a text → hunks of lines, as git's histogram difference with its indent heuristic places them.
//!
//! Versions of a file are compared one after the other, and each differs little from the one before. So a line is
//! numbered once: what a version shares with its neighbour takes the neighbour's numbers, and only other lines are
//! hashed. Lines are told apart by 64 bits of hash; what the difference leaves in place is then compared byte by byte,
//! so that two lines of one hash can never pass for the same.

use std::collections::HashMap;
use std::ops::Range;

use gix::ObjectId;
use gix::diff::blob::{Hunk, IndentLevel, Token};
use xxhash_rust::xxh3::xxh3_64;

use super::common_ends::{common_ends, common_prefix};
use super::effective::count_lines;
use super::histogram::Aligner;

/// Columns of a tab, to git's indent heuristic.
const TAB: u8 = 8;
/// Common lines kept on each side of a difference, so that hunks can slide to where git puts them.
const MARGIN: usize = 8;
/// Lines kept where the small margin was too narrow: git slides no hunk further than this.
const WIDE_MARGIN: usize = 100;
/// How many lines ahead, and a quarter of it back, a line is looked for in the neighbour; else the next is hashed too and
/// looked for twice as far.
const NEARBY: usize = 128;
/// As far as lines are looked for.
const FAR: usize = 1 << 14;
/// Of lines that stand in many places so many are looked at.
const MOST_PLACES: usize = 8;

/// One version of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    /// By which the text is known when it comes again.
    pub(super) id: Option<ObjectId>,
    pub(super) bytes: &'a [u8],
}

/// What two versions differ in.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// In order; lines are counted from the first of the text.
    pub(super) hunks: Vec<Hunk>,
    /// Lines of the old version.
    pub(super) old_lines: usize,
    /// Lines of the new version.
    pub(super) new_lines: usize,
}

/// Compares texts one after the other in memory that it keeps.
#[derive(Default)]
pub(super) struct LineDiffer {
    old: Numbered,
    new: Numbered,
    numbers: Numbers,
    aligner: Aligner,
}

/// The numbered lines of a part of a text.
#[derive(Default)]
struct Numbered {
    id: Option<ObjectId>,
    /// Where the part begins in the text.
    start: usize,
    /// Lines of the text before the part, and behind it.
    before: usize,
    behind: usize,
    /// Where in the text each line of the part ends.
    ends: Vec<u32>,
    tokens: Vec<Token>,
}

/// Numbers for lines of the same text.
struct Numbers {
    hash: fn(&[u8]) -> u64,
    /// Numbers by the text itself, where hashes do not do.
    exact: Option<HashMap<Vec<u8>, u64>>,
    /// Which run filled a slot, and with which number: older runs need not be cleared away.
    slots: Vec<(u32, u32)>,
    run: u32,
    /// The slots that this run uses are those up to here: a small text stays in a small part of the table.
    mask: usize,
    hashes: Vec<u64>,
    /// By number.
    indents: Vec<IndentLevel>,
}

/// How many bytes two texts begin with alike and how many their rests end with, in whole lines.
type Ends = (usize, usize);

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
            // Two texts of one hash: once in the age of the universe, or made on purpose.
            (self.old.id, self.new.id) = (None, None);
            self.numbers.exact = Some(HashMap::new());
            hunks = self.hunks(old, new, ends);
            self.numbers.exact = None;
            (self.old.id, self.new.id) = (None, None);
        }
        Compared { hunks, old_lines: self.old.lines_of_text(), new_lines: self.new.lines_of_text() }
    }

    /// Lines of the old text of the last comparison; those of its hunks are at hand.
    pub(super) fn old_lines<'a>(&'a self, text: &'a [u8], range: Range<u32>) -> impl Iterator<Item = &'a [u8]> + Clone {
        range.map(|at| self.old.line(text, at as usize))
    }

    /// Lines of the new text of the last comparison; those of its hunks are at hand.
    pub(super) fn new_lines<'a>(&'a self, text: &'a [u8], range: Range<u32>) -> impl Iterator<Item = &'a [u8]> + Clone {
        range.map(|at| self.new.line(text, at as usize))
    }

    fn hunks(&mut self, old: Text<'_>, new: Text<'_>, (start, end): Ends) -> Vec<Hunk> {
        let is = |numbered: &Numbered, text: Text<'_>| text.id.is_some() && numbered.id == text.id;
        // Going back in time, an old version is the next new one; going on, it is the other way round.
        if is(&self.old, new) || is(&self.new, old) {
            std::mem::swap(&mut self.old, &mut self.new);
        }
        let (old_known, new_known) = (is(&self.old, old), is(&self.new, new));
        if !old_known && !new_known {
            self.numbers.reset();
            self.new.begin(new, start);
        }
        let mut margin = MARGIN;
        loop {
            let before = lines_before(&old.bytes[..start], margin);
            let after = lines_after(&old.bytes[old.bytes.len() - end..], margin);
            let part = |text: Text<'_>| start - before..text.bytes.len() - end + after;
            // Whose numbers are known gives them to the other.
            let (leader, its_text, other, text, other_known) = if old_known && !new_known {
                (&mut self.old, old, &mut self.new, new, false)
            } else {
                (&mut self.new, new, &mut self.old, old, old_known)
            };
            leader.reach(its_text.bytes, part(its_text), &mut self.numbers);
            if other_known {
                other.reach(text.bytes, part(text), &mut self.numbers);
            } else {
                other.follow(leader, its_text.bytes, text, (start, end), &mut self.numbers);
            }
            let (old_part, new_part) = (self.old.lines_in(&part(old)), self.new.lines_in(&part(new)));
            let (old_tokens, new_tokens) = (&self.old.tokens[old_part.clone()], &self.new.tokens[new_part.clone()]);
            let indents = &self.numbers.indents;
            let indent = |token: Token| indents[token.0 as usize];
            let hunks = self.aligner.hunks(old_tokens, new_tokens, number(indents.len()), indent);
            if margin < WIDE_MARGIN {
                let (first, last) = (self.old.before + old_part.start == 0, self.old.is_last(old_part.end));
                let at_edge = |hunk: &Hunk| {
                    let (reaches_first, reaches_last) = reaches_edges(old_tokens, new_tokens, hunk, indent);
                    (reaches_first && !first) || (reaches_last && !last)
                };
                if hunks.iter().any(at_edge) {
                    margin = WIDE_MARGIN;
                    continue;
                }
            }
            let skipped = [self.old.before + old_part.start, self.new.before + new_part.start].map(number);
            let in_text = |range: Range<u32>, skipped: u32| range.start + skipped..range.end + skipped;
            return hunks
                .into_iter()
                .map(|hunk| Hunk { before: in_text(hunk.before, skipped[0]), after: in_text(hunk.after, skipped[1]) })
                .collect();
        }
    }

    /// Whether all that stands between the hunks is the same text.
    fn keeps_equal_lines(&self, old: &[u8], new: &[u8], (start, end): Ends, hunks: &[Hunk]) -> bool {
        let last = (old.len() - end, new.len() - end);
        let starts = |hunk: &Hunk| (self.old.start_of(hunk.before.start), self.new.start_of(hunk.after.start));
        let ends = |hunk: &Hunk| (self.old.start_of(hunk.before.end), self.new.start_of(hunk.after.end));
        let from = std::iter::once((start, start)).chain(hunks.iter().map(ends));
        let to = hunks.iter().map(starts).chain([last]);
        // A hunk may have slid into the common ends, which are the same as it is.
        from.zip(to).all(|((old_from, new_from), (old_to, new_to))| {
            old.get(old_from..old_to).unwrap_or_default() == new.get(new_from..new_to).unwrap_or_default()
        })
    }
}

/// Whether the first and the last line of two parts have a say in where a hunk slides to.
fn reaches_edges(old: &[Token], new: &[Token], hunk: &Hunk, indent: impl Fn(Token) -> IndentLevel) -> (bool, bool) {
    let blank = IndentLevel::for_ascii_line([], TAB);
    let of = |tokens: &[Token], lines: &Range<u32>| {
        let last = tokens.len();
        let (start, end) = (lines.start as usize, lines.end as usize);
        let up = (1..=start).take_while(|by| end > start && tokens[start - by] == tokens[end - by]).count();
        let down = (0..last - end).take_while(|by| end > start && tokens[start + by] == tokens[end + by]).count();
        if up + down == 0 {
            return (start == 0, end == last);
        }
        // The nearest lines that are not blank tell how far those around a place are indented.
        let is_blank = |at: &usize| indent(tokens[*at]) == blank;
        let above = (0..start - up).rev().take_while(is_blank).count();
        let below = (end + down..last).take_while(is_blank).count();
        (start - up == above, end + down + below == last)
    };
    let (before, after) = (of(old, &hunk.before), of(new, &hunk.after));
    (before.0 || after.0, before.1 || after.1)
}

impl Numbered {
    /// An empty part of a text.
    fn begin(&mut self, text: Text<'_>, at: usize) {
        self.id = text.id;
        self.start = at;
        (self.before, self.behind) = (count(&text.bytes[..at]), count(&text.bytes[at..]));
        self.ends.clear();
        self.tokens.clear();
    }

    /// Widens the part to whole lines at least as far as these bytes.
    fn reach(&mut self, text: &[u8], part: Range<usize>, numbers: &mut Numbers) {
        let end = self.end();
        if part.end > end {
            let from = self.ends.len();
            cut(text, end..part.end, &mut self.ends);
            self.behind -= self.ends.len() - from;
            self.tokens.extend(numbered(text, end, &self.ends[from..], numbers));
        }
        if part.start < self.start {
            let mut ends = Vec::new();
            cut(text, part.start..self.start, &mut ends);
            self.before -= ends.len();
            self.tokens.splice(..0, numbered(text, part.start, &ends, numbers));
            self.ends.splice(..0, ends);
            self.start = part.start;
        }
    }

    /// Numbers the lines of a text that has common ends with a numbered one.
    fn follow(&mut self, leader: &Self, its_text: &[u8], text: Text<'_>, (start, end): Ends, numbers: &mut Numbers) {
        (self.id, self.start, self.before, self.behind) = (text.id, leader.start, leader.before, leader.behind);
        self.ends.clear();
        self.tokens.clear();
        let stop = text.bytes.len() - end;
        let middle = leader.lines_in(&(start..its_text.len() - end));
        self.take(leader, 0..middle.start, 0);
        let (mut at, mut line, mut near) = (start, middle.start, NEARBY);
        while at < stop {
            // The lines that both go on with.
            let its_at = leader.start_in(line);
            let same = common_prefix(&text.bytes[at..stop], &its_text[its_at..its_text.len() - end]);
            let mut shared = leading(&leader.ends[line..middle.end], |end| end as usize - its_at <= same);
            // A last line without a line end is shared only when both texts end with it.
            let until = leader.start_in(line + shared);
            if shared > 0 && its_text[until - 1] != b'\n' && at + until - its_at < text.bytes.len() {
                shared -= 1;
            }
            self.take(leader, line..line + shared, position(at).wrapping_sub(position(its_at)));
            line += shared;
            at += leader.start_in(line) - its_at;
            if at == stop {
                break;
            }
            // A line that the other does not have here; it may be one from nearby.
            let until = memchr::memchr(b'\n', &text.bytes[at..stop]).map_or(stop, |length| at + length + 1);
            let known = numbers.indents.len();
            let token = numbers.number(&text.bytes[at..until]);
            self.ends.push(position(until));
            self.tokens.push(token);
            at = until;
            if (token.0 as usize) < known {
                let found = leader.resume(its_text, &middle, line, token, &text.bytes[at..stop], near);
                near = if found.is_some() { NEARBY } else { FAR.min(near * 2) };
                line = found.unwrap_or(line);
            }
        }
        self.take(
            leader,
            middle.end..leader.ends.len(),
            position(text.bytes.len()).wrapping_sub(position(its_text.len())),
        );
    }

    /// Where this text goes on as another one does, which has the line of that number and then the rest: behind such a
    /// line near the given one. The line after it has to be the same too: braces and empty lines stand everywhere.
    fn resume(
        &self,
        text: &[u8],
        middle: &Range<usize>,
        line: usize,
        token: Token,
        rest: &[u8],
        near: usize,
    ) -> Option<usize> {
        let next = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..=end]);
        let until = self.start_in(middle.end);
        let goes_on = |behind: &usize| text[self.start_in(*behind)..until].starts_with(next);
        let from = middle.start.max(line.saturating_sub(near / 4));
        let ahead = places(&self.tokens[line..middle.end.min(line + near)], token).map(|by| line + by + 1);
        let back = places(&self.tokens[from..line], token).map(|by| from + by + 1);
        ahead.take(MOST_PLACES).find(goes_on).or_else(|| back.take(MOST_PLACES).find(goes_on))
    }

    /// Takes over lines of another text that stand further on in this one, or, wrapping around, earlier.
    fn take(&mut self, other: &Self, lines: Range<usize>, further: u32) {
        self.ends.extend(other.ends[lines.clone()].iter().map(|end| end.wrapping_add(further)));
        self.tokens.extend_from_slice(&other.tokens[lines]);
    }

    fn lines_of_text(&self) -> usize {
        self.before + self.ends.len() + self.behind
    }

    /// Whether no line of the text follows on that many of the part.
    fn is_last(&self, line: usize) -> bool {
        self.behind == 0 && line == self.ends.len()
    }

    /// Where the part ends in the text.
    fn end(&self) -> usize {
        self.ends.last().map_or(self.start, |&end| end as usize)
    }

    /// Which lines of the part these bytes are, which begin and end with a line.
    fn lines_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let until = |at: usize| self.ends.partition_point(|&end| end as usize <= at);
        until(bytes.start)..until(bytes.end)
    }

    /// Where a line of the part starts; of the number of lines, where the part ends.
    fn start_in(&self, line: usize) -> usize {
        line.checked_sub(1).map_or(self.start, |before| self.ends[before] as usize)
    }

    /// Where a line of the text starts.
    fn start_of(&self, line: u32) -> usize {
        self.start_in(line as usize - self.before)
    }

    fn line<'a>(&self, text: &'a [u8], at: usize) -> &'a [u8] {
        let at = at - self.before;
        &text[self.start_in(at)..self.ends[at] as usize]
    }
}

/// How many of sorted places are below a limit, found from the first one on: most often there are few.
fn leading(ends: &[u32], below: impl Fn(u32) -> bool) -> usize {
    let mut to = 1;
    while ends.get(to - 1).is_some_and(|&end| below(end)) {
        to *= 2;
    }
    let from = to / 2;
    from + ends[from..ends.len().min(to)].partition_point(|&end| below(end))
}

/// Where a number stands.
fn places(tokens: &[Token], wanted: Token) -> impl Iterator<Item = usize> + '_ {
    const STEP: usize = 32;
    // Whether it stands in a step is known faster than where.
    let steps = tokens.chunks(STEP).enumerate();
    let with = steps.filter(move |(_, step)| step.iter().fold(false, |is, &token| is | (token == wanted)));
    with.flat_map(move |(at, step)| {
        let inside = step.iter().enumerate().filter(move |&(_, &token)| token == wanted);
        inside.map(move |(by, _)| at * STEP + by)
    })
}

/// How many bytes the last lines of a text take, at most so many lines.
fn lines_before(text: &[u8], most: usize) -> usize {
    let mut from = text.len();
    for _ in 0..most {
        from = memchr::memrchr(b'\n', &text[..from.saturating_sub(1)]).map_or(0, |end| end + 1);
    }
    text.len() - from
}

/// How many bytes the first lines of a text take, at most so many lines.
fn lines_after(text: &[u8], most: usize) -> usize {
    let mut to = 0;
    for _ in 0..most {
        to = memchr::memchr(b'\n', &text[to..]).map_or(text.len(), |end| to + end + 1);
    }
    to
}

/// Numbers lines of a text, of which the first starts there.
fn numbered<'a>(
    text: &'a [u8],
    mut start: usize,
    ends: &'a [u32],
    numbers: &'a mut Numbers,
) -> impl Iterator<Item = Token> + 'a {
    ends.iter().map(move |&end| {
        let line = &text[start..end as usize];
        start = end as usize;
        numbers.number(line)
    })
}

/// Appends where each line of a part of a text ends.
fn cut(text: &[u8], part: Range<usize>, ends: &mut Vec<u32>) {
    let (start, text) = (part.start, &text[part]);
    // Lines are short: finding each one's end by a call of its own takes longer than looking at eight bytes at once.
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let mut found = line_ends(*word);
        while found != 0 {
            ends.push(position(start + at * 8 + found.trailing_zeros() as usize / 8 + 1));
            found &= found - 1;
        }
    }
    let before = text.len() - rest.len();
    ends.extend(memchr::memchr_iter(b'\n', rest).map(|at| position(start + before + at + 1)));
    if text.last().is_some_and(|&byte| byte != b'\n') {
        ends.push(position(start + text.len()));
    }
}

/// The highest bit of each byte that is a line feed, the first byte lowest.
fn line_ends(word: [u8; 8]) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let other = u64::from_le_bytes(word) ^ u64::from_le_bytes([b'\n'; 8]);
    // Of a byte that is not zero, either the highest bit is set or adding carries into it.
    !(((other & LOW) + LOW) | other | LOW)
}

/// A place in a text; texts are below 512 MiB.
fn position(at: usize) -> u32 {
    number(at)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn count(text: &[u8]) -> usize {
    usize::try_from(count_lines(text)).unwrap_or(usize::MAX)
}

impl Default for Numbers {
    fn default() -> Self {
        let (hash, exact) = (xxh3_64 as fn(&[u8]) -> u64, None);
        Self { hash, exact, slots: Vec::new(), run: 0, mask: 0, hashes: Vec::new(), indents: Vec::new() }
    }
}

impl Numbers {
    /// Forgets all numbers.
    fn reset(&mut self) {
        self.hashes.clear();
        self.indents.clear();
        self.resize(64);
    }

    /// Enters all numbers into so many slots, a power of two.
    fn resize(&mut self, slots: usize) {
        self.run = self.run.wrapping_add(1);
        if self.slots.len() < slots || self.run == 0 {
            self.slots.clear();
            self.slots.resize(slots, (0, 0));
            self.run = 1;
        }
        self.mask = slots - 1;
        for at in 0..self.hashes.len() {
            let slot = self.slot(self.hashes[at]);
            self.slots[slot] = (self.run, number(at));
        }
    }

    /// Where a hash stands, or would.
    fn slot(&self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash choose a slot")]
        let mut slot = hash as usize & self.mask;
        while let (run, number) = self.slots[slot]
            && run == self.run
            && self.hashes[number as usize] != hash
        {
            slot = (slot + 1) & self.mask;
        }
        slot
    }

    fn number(&mut self, line: &[u8]) -> Token {
        let hash = match &mut self.exact {
            None => (self.hash)(line),
            Some(known) => {
                let next = known.len() as u64;
                *known.entry(line.to_vec()).or_insert(next)
            }
        };
        let slot = self.slot(hash);
        if let (run, number) = self.slots[slot]
            && run == self.run
        {
            return Token(number);
        }
        let token = number(self.hashes.len());
        self.slots[slot] = (self.run, token);
        self.hashes.push(hash);
        self.indents.push(IndentLevel::for_ascii_line(line.iter().copied(), TAB));
        if self.hashes.len() * 2 > self.mask {
            self.resize((self.mask + 1) * 2);
        }
        Token(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hunks of each pair of texts as git prints them.
    fn hunks_of_git(pairs: &[(String, String)]) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (side, at) in [("old", 0), ("new", 1)] {
            std::fs::create_dir(folder.path().join(side)).expect("a new folder");
            for (number, pair) in pairs.iter().enumerate() {
                let text = [&pair.0, &pair.1][at];
                std::fs::write(folder.path().join(side).join(format!("{number:04}")), text).expect("a new file");
            }
        }
        let mut git = std::process::Command::new("git");
        git.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let printed = git.args(["diff", "--no-index", "--histogram", "-U0", "--no-color", "old", "new"]).output();
        let printed = String::from_utf8(printed.expect("git runs").stdout).expect("UTF-8");
        let mut hunks = vec![Vec::new(); pairs.len()];
        let mut at = 0;
        for line in printed.lines() {
            if let Some(path) = line.strip_prefix("+++ b/new/") {
                at = path.parse().expect("a number");
            } else if let Some(places) = line.strip_prefix("@@ -") {
                hunks[at].push(places.split(" @@").next().expect("places").to_owned());
            }
        }
        hunks
    }

    #[test]
    fn hunks_are_those_of_git() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut pairs = Vec::new();
        for number in 0..600 {
            // Few different lines that stand often, some so often that git takes the classic algorithm.
            let (most, kinds) = if number % 20 == 0 { (500, 3) } else { (30, 2 + random(20)) };
            let mut text = |side: &str| {
                let lines = (0..random(most)).map(|_| {
                    let indent = ["", "", "    ", "        "][usize::try_from(random(4)).expect("small")];
                    match random(kinds) {
                        0 => "\n".to_owned(),
                        kind => format!("{indent}{kind}\n"),
                    }
                });
                // Of texts with a common beginning or end git may leave another part where it is.
                format!("begin {side}\n{}end {side}\n", lines.collect::<String>())
            };
            pairs.push((text("old"), text("new")));
        }
        let place = |range: &std::ops::Range<u32>| match range.len() {
            0 => format!("{},0", range.start),
            1 => (range.start + 1).to_string(),
            count => format!("{},{count}", range.start + 1),
        };
        let mut differ = LineDiffer::default();
        for ((old, new), expected) in pairs.iter().zip(hunks_of_git(&pairs)) {
            let hunks = differ.compare(text(old.as_bytes()), text(new.as_bytes())).hunks;
            let hunks: Vec<String> =
                hunks.iter().map(|hunk| format!("{} +{}", place(&hunk.before), place(&hunk.after))).collect();
            assert_eq!(hunks, expected, "{old:?} {new:?}");
        }
    }

    #[test]
    fn line_ends_are_found_at_every_place_and_nowhere_else() {
        for byte in 0..=255 {
            for at in 0..8 {
                for around in [b'x', b'\n', 0x8a, 0x0b, 0x00] {
                    let mut word = [around; 8];
                    word[at] = byte;
                    let expected = (0..8).filter(|&at| word[at] == b'\n').fold(0, |bits, at| bits | 0x80 << (8 * at));
                    assert_eq!(line_ends(word), expected, "{word:?}");
                }
            }
        }
        let mut ends = Vec::new();
        cut(b"..a\n\n12345678\n123456\nlast", 2..24, &mut ends);
        assert_eq!(ends, [4, 5, 14, 21, 24]);
    }

    #[test]
    fn lines_of_one_hash_do_not_pass_for_the_same() {
        let mut differ = LineDiffer::default();
        differ.numbers.hash = |line| u64::from(line.len() > 99);
        let texts: [&[u8]; 3] = [b"a\nb\nc\n", b"a\nx\nc\n", b"a\nx\nd\n"];
        let known = |at: usize| Text { id: Some(id(at)), bytes: texts[at] };
        for (old, new, expected) in [(1, 2, 2..3), (0, 1, 1..2), (0, 2, 1..3)] {
            let hunks = differ.compare(known(old), known(new)).hunks;
            assert_eq!(hunks, [Hunk { before: expected.clone(), after: expected }], "{old} {new}");
        }
    }

    fn id(number: usize) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[u8::try_from(number).expect("a small number"); 20])
    }

    fn text(bytes: &[u8]) -> Text<'_> {
        Text { id: None, bytes }
    }

    #[test]
    fn what_is_known_of_a_neighbour_changes_nothing() {
        let mut state = 11_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below
        };
        for round in 0..200 {
            // Versions of a text in a row: lines come, go, move and lose the last line's end.
            let kinds = 2 + random(60);
            let mut lines: Vec<String> = (0..random(300)).map(|_| format!("{}\n", random(kinds))).collect();
            let mut versions = Vec::new();
            for _ in 0..12 {
                for _ in 0..random(4) {
                    let at = random(lines.len() + 1);
                    let until = (at + random(6)).min(lines.len());
                    let gone: Vec<String> = lines.drain(at..until).collect();
                    let to = random(lines.len() + 1);
                    match random(3) {
                        0 => lines.splice(to..to, gone).for_each(drop),
                        1 => {
                            lines.splice(at..at, (0..random(6)).map(|_| format!("{}\n", random(kinds)))).for_each(drop)
                        }
                        _ => {}
                    }
                }
                let whole = lines.concat();
                let cut = if random(4) == 0 { whole.trim_end() } else { &whole };
                versions.push(cut.to_owned());
            }
            let known = |at: usize| Text { id: Some(id(at)), bytes: versions[at].as_bytes() };
            let mut differ = LineDiffer::default();
            // Back in time, on in time, and from one to any other.
            let back = (1..versions.len()).rev().map(|at| (at - 1, at));
            let on = (1..versions.len()).map(|at| (at - 1, at));
            let any: Vec<(usize, usize)> = (0..12).map(|_| (random(12), random(12))).collect();
            for (old, new) in back.chain(on).chain(any) {
                let (old, new) = (known(old), known(new));
                let found = differ.compare(old, new);
                let alone = LineDiffer::default().compare(text(old.bytes), text(new.bytes));
                assert_eq!(found.hunks, alone.hunks, "round {round}: {old:?} {new:?}");
                assert_eq!((found.old_lines, found.new_lines), (count(old.bytes), count(new.bytes)));
                for hunk in found.hunks {
                    let lines = |range: &Range<u32>, bytes| {
                        let part = range.start as usize..range.end as usize;
                        super::super::effective::lines(bytes).collect::<Vec<_>>()[part].to_vec()
                    };
                    assert!(differ.old_lines(old.bytes, hunk.before.clone()).eq(lines(&hunk.before, old.bytes)));
                    assert!(differ.new_lines(new.bytes, hunk.after.clone()).eq(lines(&hunk.after, new.bytes)));
                }
            }
        }
    }
}
