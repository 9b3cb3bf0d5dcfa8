//! Two texts → hunks of lines, as git's histogram difference with its indent heuristic places them.
//!
//! Lines are told apart by a 64-bit hash of their text; what the difference leaves in place is then compared byte by
//! byte, so that two lines of one hash can never pass for the same.

use gix::diff::blob::{Hunk, IndentLevel, Token};
use xxhash_rust::xxh3::xxh3_64;

use super::histogram::Aligner;

/// Columns of a tab, to git's indent heuristic.
const TAB: u8 = 8;

/// Compares texts one after the other in memory that it keeps.
#[derive(Default)]
pub(super) struct LineDiffer {
    old: Side,
    new: Side,
    table: Table,
    aligner: Aligner,
}

/// One text's lines.
#[derive(Default)]
struct Side {
    /// Where each line ends.
    ends: Vec<u32>,
    tokens: Vec<Token>,
}

/// Numbers for lines of the same text.
#[derive(Default)]
struct Table {
    /// Which run filled a slot, and with which number: older runs need not be cleared away.
    slots: Vec<(u32, u32)>,
    run: u32,
    /// The slots that this run uses are those up to here: a small text stays in a small part of the table.
    mask: usize,
    hashes: Vec<u64>,
    /// By number: a place where the line stands, and whether in the new text.
    places: Vec<(u32, bool)>,
}

impl LineDiffer {
    /// The hunks of two texts, in order.
    pub(super) fn hunks(&mut self, old: &[u8], new: &[u8]) -> Vec<Hunk> {
        self.number_lines(old, new, xxh3_64);
        let hunks = self.compute(old, new);
        if self.keeps_equal_lines(old, new, &hunks) {
            return hunks;
        }
        // Two texts of one hash: once in the age of the universe, or made on purpose.
        let mut known = std::collections::HashMap::new();
        self.number_lines(old, new, |line| {
            let next = known.len() as u64;
            *known.entry(line.to_vec()).or_insert(next)
        });
        self.compute(old, new)
    }

    /// How many lines the two texts of the last comparison have.
    pub(super) fn line_counts(&self) -> (usize, usize) {
        (self.old.ends.len(), self.new.ends.len())
    }

    /// Lines of the old text of the last comparison.
    pub(super) fn old_lines<'a>(
        &'a self,
        text: &'a [u8],
        range: std::ops::Range<u32>,
    ) -> impl Iterator<Item = &'a [u8]> {
        range.map(|at| self.old.line(text, at))
    }

    /// Lines of the new text of the last comparison.
    pub(super) fn new_lines<'a>(
        &'a self,
        text: &'a [u8],
        range: std::ops::Range<u32>,
    ) -> impl Iterator<Item = &'a [u8]> {
        range.map(|at| self.new.line(text, at))
    }

    /// Whether the first and the last line of the texts have a say in where a hunk slides to.
    pub(super) fn reaches_edges(&self, old: &[u8], new: &[u8], hunk: &Hunk) -> (bool, bool) {
        let of = |side: &Side, text: &[u8], lines: &std::ops::Range<u32>| {
            let (tokens, last) = (&side.tokens, side.tokens.len());
            let (start, end) = (lines.start as usize, lines.end as usize);
            let up = (1..=start).take_while(|by| end > start && tokens[start - by] == tokens[end - by]).count();
            let down = (0..last - end).take_while(|by| end > start && tokens[start + by] == tokens[end + by]).count();
            if up + down == 0 {
                return (start == 0, end == last);
            }
            // The nearest lines that are not blank tell how far those around a place are indented.
            let is_blank = |at: &usize| {
                let line = u32::try_from(*at).map_or(&[][..], |at| side.line(text, at));
                line.trim_ascii().is_empty()
            };
            let above = (0..start - up).rev().take_while(is_blank).count();
            let below = (end + down..last).take_while(is_blank).count();
            (start - up == above, end + down + below == last)
        };
        let (before, after) = (of(&self.old, old, &hunk.before), of(&self.new, new, &hunk.after));
        (before.0 || after.0, before.1 || after.1)
    }

    fn number_lines(&mut self, old: &[u8], new: &[u8], mut hash: impl FnMut(&[u8]) -> u64) {
        self.old.cut(old);
        self.new.cut(new);
        self.table.begin(self.old.ends.len() + self.new.ends.len());
        for (side, text, is_new) in [(&mut self.old, old, false), (&mut self.new, new, true)] {
            side.tokens.clear();
            let mut start = 0;
            for (at, &end) in (0..).zip(&side.ends) {
                let number = self.table.number(hash(&text[start..end as usize]), (at, is_new));
                side.tokens.push(Token(number));
                start = end as usize;
            }
        }
    }

    fn compute(&mut self, old: &[u8], new: &[u8]) -> Vec<Hunk> {
        let numbers = u32::try_from(self.table.hashes.len()).unwrap_or(u32::MAX);
        let (old_side, new_side, places) = (&self.old, &self.new, &self.table.places);
        let indent = |token: Token| {
            let (at, is_new) = places[token.0 as usize];
            let line = if is_new { new_side.line(new, at) } else { old_side.line(old, at) };
            IndentLevel::for_ascii_line(line.iter().copied(), TAB)
        };
        self.aligner.hunks(&self.old.tokens, &self.new.tokens, numbers, indent)
    }

    /// Whether all that stands between the hunks is the same text.
    fn keeps_equal_lines(&self, old: &[u8], new: &[u8], hunks: &[Hunk]) -> bool {
        let last = (self.old.ends.len(), self.new.ends.len());
        let ends = hunks.iter().map(|hunk| (hunk.before.start as usize, hunk.after.start as usize)).chain([last]);
        let (mut old_from, mut new_from) = (0, 0);
        for ((old_to, new_to), hunk) in ends.zip(hunks.iter().map(Some).chain([None])) {
            let same = old[self.old.start(old_from)..self.old.start(old_to)]
                == new[self.new.start(new_from)..self.new.start(new_to)];
            if !same {
                return false;
            }
            if let Some(hunk) = hunk {
                (old_from, new_from) = (hunk.before.end as usize, hunk.after.end as usize);
            }
        }
        true
    }
}

impl Side {
    fn cut(&mut self, text: &[u8]) {
        // Texts are below 512 MiB.
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.ends.clear();
        // Lines are short: finding each one's end by a call of its own takes longer than looking at eight bytes at once.
        let (words, rest) = text.as_chunks::<8>();
        for (at, word) in words.iter().enumerate() {
            let mut ends = line_ends(*word);
            while ends != 0 {
                self.ends.push(position(at * 8 + ends.trailing_zeros() as usize / 8 + 1));
                ends &= ends - 1;
            }
        }
        let before = text.len() - rest.len();
        self.ends.extend(memchr::memchr_iter(b'\n', rest).map(|at| position(before + at + 1)));
        if text.last().is_some_and(|&byte| byte != b'\n') {
            self.ends.push(position(text.len()));
        }
    }

    /// Where a line starts; of the number of lines, where the text ends.
    fn start(&self, line: usize) -> usize {
        line.checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }

    fn line<'a>(&self, text: &'a [u8], at: u32) -> &'a [u8] {
        &text[self.start(at as usize)..self.ends[at as usize] as usize]
    }
}

/// The highest bit of each byte that is a line feed, the first byte lowest.
fn line_ends(word: [u8; 8]) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let other = u64::from_le_bytes(word) ^ u64::from_le_bytes([b'\n'; 8]);
    // Of a byte that is not zero, either the highest bit is set or adding carries into it.
    !(((other & LOW) + LOW) | other | LOW)
}

impl Table {
    fn begin(&mut self, lines: usize) {
        let wanted = (lines * 2).next_power_of_two().max(64);
        self.run = self.run.wrapping_add(1);
        if self.slots.len() < wanted || self.run == 0 {
            self.slots.clear();
            self.slots.resize(wanted, (0, 0));
            self.run = 1;
        }
        self.mask = wanted - 1;
        self.hashes.clear();
        self.places.clear();
    }

    fn number(&mut self, hash: u64, place: (u32, bool)) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash choose a slot")]
        let mut slot = hash as usize & self.mask;
        loop {
            let (run, number) = self.slots[slot];
            if run != self.run {
                let number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
                self.slots[slot] = (self.run, number);
                self.hashes.push(hash);
                self.places.push(place);
                return number;
            }
            if self.hashes[number as usize] == hash {
                return number;
            }
            slot = (slot + 1) & self.mask;
        }
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
            let hunks = differ.hunks(old.as_bytes(), new.as_bytes());
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
        let mut side = Side::default();
        side.cut(b"a\n\n12345678\n123456\nlast");
        assert_eq!(side.ends, [2, 3, 12, 19, 23]);
    }

    #[test]
    fn lines_of_one_hash_do_not_pass_for_the_same() {
        let (old, new): (&[u8], &[u8]) = (b"a\nb\nc\n", b"a\nx\nc\n");
        let mut differ = LineDiffer::default();
        differ.number_lines(old, new, |line| u64::from(line.len() > 99));
        let hunks = differ.compute(old, new);
        assert!(hunks.is_empty() && !differ.keeps_equal_lines(old, new, &hunks));
        let hunks = differ.hunks(old, new);
        assert_eq!((hunks.len(), hunks[0].before.clone(), hunks[0].after.clone()), (1, 1..2, 1..2));
    }
}
