//! Two versions of a file → how many lines git counts, and which lines were deleted and added.
//!
//! The counts are git's `--numstat`; the hunks are for the line ledger. They differ where only white space changed: git
//! counts such a line as deleted and added, but it is still the same line, so the hunks leave it out.

use gix::ObjectId;
use gix::diff::blob::{IndentLevel, InternedInput};
use xxhash_rust::xxh3::xxh3_64;

use super::effective::{count_lines, has_effective_length, is_effective, lines};
use super::exclude;
use super::histogram::Aligner;
use super::index::index;
use super::line_diff::{LineDiffer, Text};
use super::notebook;

/// How many bytes git searches for a NUL, which makes a content binary.
const BINARY_PROBE: usize = 8_000;
/// Content of this size or more is binary to git (`core.bigFileThreshold`).
const BIG_FILE: usize = 512 << 20;
/// What git's `--numstat` says about two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LineCounts {
    pub(super) added: u64,
    pub(super) deleted: u64,
    /// Whether either side is binary; then no lines are counted.
    pub(super) binary: bool,
    /// Whether the content of a side is missing or damaged.
    pub(super) missing: bool,
    /// Why no line of the newer side counts, by its content: a program wrote it.
    pub(super) excluded: Option<&'static str>,
}

/// A hash of a line's text without white space, and the kind of line in the two lowest bits.
///
/// Equal hashes count as equal lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LineMark(u64);

/// The kind of each byte.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    loop {
        kinds[byte as usize] = match byte {
            _ if byte.is_ascii_whitespace() => SPACE,
            b',' | b';' | b'\'' | b'"' | b'(' | b')' | b'\\' => SIGN,
            _ if byte.is_ascii_alphanumeric() => ALPHANUMERIC,
            _ if byte.is_ascii() => 0,
            _ => NOT_ASCII,
        };
        if byte == u8::MAX {
            break kinds;
        }
        byte += 1;
    }
};
const SPACE: u8 = 1;
const ALPHANUMERIC: u8 = 2;
const NOT_ASCII: u8 = 4;
/// Punctuation that formatters add, remove and exchange.
const SIGN: u8 = 8;

/// By byte: the byte itself if formatters leave it alone, else zero.
const UNFORMATTED: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0_u8;
    loop {
        if KINDS[byte as usize] & (SPACE | SIGN) == 0 {
            bytes[byte as usize] = byte;
        }
        if byte == u8::MAX {
            break bytes;
        }
        byte += 1;
    }
};

/// The bytes of lines that formatters leave alone.
fn unformatted<'a>(lines: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = u8> {
    lines.flatten().copied().filter(|&byte| KINDS[usize::from(byte)] & (SPACE | SIGN) == 0)
}

/// Makes the marks of lines and reuses its memory.
#[derive(Default)]
pub(super) struct Marker {
    /// The line without white space.
    text: Vec<u8>,
    /// The sum of all bytes so far that formatters leave alone.
    unformatted_sum: u64,
}

impl Marker {
    pub(super) fn mark(&mut self, line: &[u8]) -> LineMark {
        let text = &mut self.text;
        if text.len() < line.len() {
            text.resize(line.len(), 0);
        }
        let (mut length, mut seen, mut sum) = (0, 0, 0_u64);
        // Writes every byte and overwrites white space, which is faster than copying each short word.
        for &byte in line {
            let kind = KINDS[usize::from(byte)];
            text[length] = byte;
            length += usize::from(kind & SPACE == 0);
            seen |= kind;
            sum += u64::from(UNFORMATTED[usize::from(byte)]);
        }
        self.unformatted_sum = self.unformatted_sum.wrapping_add(sum);
        let wordy = seen & (ALPHANUMERIC | NOT_ASCII) != 0;
        let effective = wordy && if seen & NOT_ASCII == 0 { has_effective_length(line) } else { is_effective(line) };
        let text = xxh3_64(&text[..length]) & !(LineMark::EFFECTIVE | LineMark::WORDY);
        LineMark(text | if effective { LineMark::EFFECTIVE } else { 0 } | if wordy { LineMark::WORDY } else { 0 })
    }
}

impl LineMark {
    const EFFECTIVE: u64 = 1;
    const WORDY: u64 = 2;

    /// The same mark for a line that a program wrote, which is never effective.
    fn written_by_program(self) -> Self {
        Self(self.0 & !Self::EFFECTIVE)
    }

    /// Whether the line is effective, unless its file is excluded.
    pub(super) fn is_effective(self) -> bool {
        self.0 & Self::EFFECTIVE != 0
    }

    /// Whether the line has a letter or digit, unlike blank lines and brackets.
    pub(super) fn is_wordy(self) -> bool {
        self.0 & Self::WORDY != 0
    }

    /// The hash of the text: equal for lines that differ only in white space.
    pub(super) fn text(self) -> u64 {
        self.0 >> 2
    }
}

/// Lines of the old version replaced by lines of the new one; either may be empty. Lines count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) old_start: u32,
    pub(super) old_lines: u32,
    pub(super) new_start: u32,
    pub(super) new_lines: u32,
}

/// The difference of two versions of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Difference {
    pub(super) counts: LineCounts,
    /// Text lines of the old version; 0 if there is no file or it is binary.
    pub(super) old_lines: u32,
    /// Text lines of the new version.
    pub(super) new_lines: u32,
    /// The hunks in order, without lines that changed only in white space.
    pub(super) hunks: Vec<Hunk>,
    /// The old lines of all hunks, in order.
    pub(super) removed: Vec<LineMark>,
    /// The new lines of all hunks, in order.
    pub(super) added: Vec<LineMark>,
    /// Lines that changed only in white space.
    pub(super) respaced: u32,
    /// Deleted and added lines in hunks whose text is the same before and after, except for white space and the
    /// punctuation that formatters add and remove.
    pub(super) reformatted: u64,
}

impl Difference {
    /// In a file that people and a program write, as a notebook, marks the program's lines as not effective.
    fn leave_out_machine_written(&mut self, old: Option<Version<'_>>, new: Option<Version<'_>>) {
        let olds = self.hunks.iter().flat_map(|hunk| hunk.old_start..hunk.old_start + hunk.old_lines);
        let news = self.hunks.iter().flat_map(|hunk| hunk.new_start..hunk.new_start + hunk.new_lines);
        if let Some(own) = old.filter(|_| !self.removed.is_empty()).and_then(|side| side.written_by_hand()) {
            leave_out(&mut self.removed, olds, &own);
        }
        if let Some(own) = new.filter(|_| !self.added.is_empty()).and_then(|side| side.written_by_hand()) {
            leave_out(&mut self.added, news, &own);
        }
    }
}

/// Marks lines that a person did not write as not effective; `own` says by line whether a person did.
fn leave_out(marks: &mut [LineMark], lines: impl Iterator<Item = u32>, own: &[bool]) {
    for (mark, line) in marks.iter_mut().zip(lines) {
        if own.get(line as usize) != Some(&true) {
            *mark = mark.written_by_program();
        }
    }
}

/// One side of a comparison; `is_text` is what the `diff` attribute says, which overrides the search for NUL.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    pub(super) id: ObjectId,
    /// `None` if it is missing or damaged in this clone.
    pub(super) content: Option<&'a [u8]>,
    pub(super) is_text: Option<bool>,
    /// Whether only the sources of its cells can be effective.
    pub(super) is_notebook: bool,
}

impl<'a> Version<'a> {
    fn text(&self) -> &'a [u8] {
        self.content.unwrap_or_default()
    }

    /// By line: whether it can be effective; `None` if all can.
    fn written_by_hand(&self) -> Option<Vec<bool>> {
        if self.is_notebook {
            return Some(notebook::source_lines(lines(self.text())));
        }
        exclude::is_lfs_pointer(self.text()).then(Vec::new)
    }

    /// Whether it has no lines; a content that is missing has none that could be known.
    pub(super) fn is_binary(&self) -> bool {
        let Some(content) = self.content else { return true };
        content.len() >= BIG_FILE || self.is_text.map_or_else(|| is_binary(content), |is_text| !is_text)
    }
}

/// Compares two versions; `None` means that the file does not exist.
///
/// A binary version has no lines: git counts none, and in the line ledger the lines of a file die where it turns binary
/// and are born where it turns back.
pub(super) fn compare(differ: &mut LineDiffer, old: Option<Version<'_>>, new: Option<Version<'_>>) -> Difference {
    let binary = |side: Option<Version<'_>>| side.is_some_and(|side| side.is_binary());
    let (old_binary, new_binary) = (binary(old), binary(new));
    let (old_text, new_text) = (text_of(old), text_of(new));
    let mut difference = if old_binary == new_binary || old.is_none() || new.is_none() {
        compare_texts(differ, old_text, new_text)
    } else {
        replace_all(old_text.bytes, new_text.bytes)
    };
    difference.counts.binary = old_binary || new_binary;
    difference.counts.missing = [old, new].into_iter().flatten().any(|side| side.content.is_none());
    if difference.counts.binary {
        (difference.counts.added, difference.counts.deleted) = (0, 0);
    } else {
        difference.counts.excluded = new.or(old).and_then(|side| exclude::by_content(side.text()));
        difference.leave_out_machine_written(old, new);
    }
    difference
}

fn text_of(side: Option<Version<'_>>) -> Text<'_> {
    let text = side.filter(|side| !side.is_binary()).map(|side| Text { id: Some(side.id), bytes: side.text() });
    text.unwrap_or(Text { id: None, bytes: &[] })
}

/// All old lines deleted and all new ones added.
fn replace_all(old: &[u8], new: &[u8]) -> Difference {
    let mut building = Building::default();
    building.difference.old_lines = lines_u32(count_lines(old));
    building.difference.new_lines = lines_u32(count_lines(new));
    building.push(0, lines(old), 0, lines(new));
    building.finish()
}

fn compare_texts(differ: &mut LineDiffer, old: Text<'_>, new: Text<'_>) -> Difference {
    if old.bytes.is_empty() || new.bytes.is_empty() {
        return replace_all(old.bytes, new.bytes);
    }
    let compared = differ.compare(old, new);
    let mut building = Building::default();
    let sum = |side: fn(&gix::diff::blob::Hunk) -> usize| compared.hunks.iter().map(side).sum();
    building.difference.hunks.reserve_exact(compared.hunks.len());
    building.difference.removed.reserve_exact(sum(|hunk| hunk.before.len()));
    building.difference.added.reserve_exact(sum(|hunk| hunk.after.len()));
    building.difference.old_lines = index(compared.old_lines);
    building.difference.new_lines = index(compared.new_lines);
    for hunk in compared.hunks {
        let (old_start, new_start) = (hunk.before.start, hunk.after.start);
        let old_lines = differ.old_lines(old.bytes, hunk.before);
        building.push(old_start, old_lines, new_start, differ.new_lines(new.bytes, hunk.after));
    }
    building.finish()
}

/// Collects hunks and the marks of their lines.
#[derive(Default)]
struct Building {
    difference: Difference,
    marker: Marker,
}

impl Building {
    fn push<'a>(
        &mut self,
        old_start: u32,
        old: impl Iterator<Item = &'a [u8]> + Clone,
        new_start: u32,
        new: impl Iterator<Item = &'a [u8]> + Clone,
    ) {
        let marker = &mut self.marker;
        let difference = &mut self.difference;
        let (removed_before, added_before) = (difference.removed.len(), difference.added.len());
        marker.unformatted_sum = 0;
        difference.removed.extend(old.clone().map(|line| marker.mark(line)));
        let sum_before = std::mem::take(&mut marker.unformatted_sum);
        difference.added.extend(new.clone().map(|line| marker.mark(line)));
        let (old_lines, new_lines) = (difference.removed.len() - removed_before, difference.added.len() - added_before);
        difference.counts.deleted += old_lines as u64;
        difference.counts.added += new_lines as u64;
        // Equal bytes have equal sums, so most hunks need no comparison byte by byte.
        if sum_before == marker.unformatted_sum && unformatted(old).eq(unformatted(new)) {
            difference.reformatted += (old_lines + new_lines) as u64;
        }
        if old_lines > 0 && new_lines > 0 {
            self.leave_out_respaced(old_start, removed_before, new_start, added_before);
        } else if old_lines + new_lines > 0 {
            difference.hunks.push(Hunk {
                old_start,
                old_lines: index(old_lines),
                new_start,
                new_lines: index(new_lines),
            });
        }
    }

    /// Splits the last hunk so that lines that differ only in white space are in none.
    fn leave_out_respaced(&mut self, old_start: u32, removed_from: usize, new_start: u32, added_from: usize) {
        let difference = &mut self.difference;
        let old: Vec<LineMark> = difference.removed.split_off(removed_from);
        let new: Vec<LineMark> = difference.added.split_off(added_from);
        let mut keep = |old_part: std::ops::Range<usize>, new_part: std::ops::Range<usize>| {
            difference.hunks.push(Hunk {
                old_start: old_start + index(old_part.start),
                old_lines: index(old_part.len()),
                new_start: new_start + index(new_part.start),
                new_lines: index(new_part.len()),
            });
            difference.removed.extend_from_slice(&old[old_part]);
            difference.added.extend_from_slice(&new[new_part]);
        };
        if share_no_text(&old, &new) {
            keep(0..old.len(), 0..new.len());
            return;
        }
        let texts = |marks: &[LineMark]| marks.iter().map(|mark| mark.text()).collect::<Vec<u64>>();
        let input = InternedInput::new(TextHashes(texts(&old)), TextHashes(texts(&new)));
        // As git would indent the lines without their white space.
        let blank = self.marker.mark(b"").text();
        let indent = |token| {
            let line: &[u8] = if input.interner[token] == blank { b"" } else { b"x" };
            IndentLevel::for_ascii_line(line.iter().copied(), 1)
        };
        let hunks = Aligner::default().hunks(&input.before, &input.after, input.interner.num_tokens(), indent);
        let mut changed = 0;
        for hunk in hunks {
            let old_part = hunk.before.start as usize..hunk.before.end as usize;
            changed += old_part.len();
            keep(old_part, hunk.after.start as usize..hunk.after.end as usize);
        }
        difference.respaced += index(old.len() - changed);
    }

    fn finish(mut self) -> Difference {
        self.difference.hunks.shrink_to_fit();
        self.difference.removed.shrink_to_fit();
        self.difference.added.shrink_to_fit();
        self.difference
    }
}

/// Whether the two sides have no line in common, ignoring white space.
fn share_no_text(old: &[LineMark], new: &[LineMark]) -> bool {
    /// Up to this many comparisons are cheaper than sorting.
    const FEW: usize = 64;
    if old.len() * new.len() <= FEW {
        return !old.iter().any(|a| new.iter().any(|b| a.text() == b.text()));
    }
    let mut texts: Vec<u64> = old.iter().map(|mark| mark.text()).collect();
    texts.sort_unstable();
    !new.iter().any(|mark| texts.binary_search(&mark.text()).is_ok())
}

/// Hashes of texts as tokens of the comparison.
struct TextHashes(Vec<u64>);

impl gix::diff::blob::TokenSource for TextHashes {
    type Token = u64;
    type Tokenizer = std::vec::IntoIter<u64>;

    fn tokenize(&self) -> Self::Tokenizer {
        self.0.clone().into_iter()
    }

    fn estimate_tokens(&self) -> u32 {
        index(self.0.len())
    }
}

/// A number of lines in 32 bits, which is enough for texts below 512 MiB.
fn lines_u32(lines: u64) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// Whether git would call a content binary.
pub(super) fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(BINARY_PROBE)]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix::diff::blob::sources::byte_lines;

    fn id_of(content: &[u8]) -> ObjectId {
        gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, content).expect("a hash")
    }

    fn version(content: &[u8]) -> Option<Version<'_>> {
        Some(Version { id: id_of(content), content: Some(content), is_text: None, is_notebook: false })
    }

    fn counts(old: Option<&[u8]>, new: Option<&[u8]>, text: Option<bool>) -> LineCounts {
        let side = |content| Version { id: id_of(content), content: Some(content), is_text: text, is_notebook: false };
        compare(&mut LineDiffer::default(), old.map(side), new.map(side)).counts
    }

    fn lines_of(old: &str, new: &str) -> (u64, u64) {
        let counts = counts(Some(old.as_bytes()), Some(new.as_bytes()), None);
        (counts.added, counts.deleted)
    }

    fn hunks(old: &str, new: &str) -> Vec<(u32, u32, u32, u32)> {
        let found = compare(&mut LineDiffer::default(), version(old.as_bytes()), version(new.as_bytes())).hunks;
        found.iter().map(|hunk| (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)).collect()
    }

    #[test]
    fn counts_lines_as_git_does() {
        assert_eq!(lines_of("a\nb\nc\n", "a\nx\nc\n"), (1, 1));
        assert_eq!(lines_of("a\n", "a"), (1, 1));
        assert_eq!(lines_of("a", "a\nb"), (2, 1));
        assert_eq!(lines_of("a\nb", "b"), (0, 1));
        assert_eq!(lines_of("b", "a\nb"), (1, 0));
        assert_eq!(lines_of("xb", "b"), (1, 1));
        assert_eq!(lines_of("a\rb\r", "a\rc\r"), (1, 1));
        assert_eq!(lines_of("a\r\n", "a\n"), (1, 1));
        assert_eq!(lines_of("", "a\n\n"), (2, 0));
        assert_eq!(lines_of("same", "same"), (0, 0));
        assert_eq!(lines_of("a\na\n", "a\na\na\n"), (1, 0));
    }

    #[test]
    fn trimming_keeps_counts_and_totals_of_the_untrimmed_texts() {
        // All pairs of short texts over a small alphabet, ends included.
        let mut texts = vec![Vec::new()];
        for length in 1..=5 {
            for code in 0..3_usize.pow(length) {
                texts.push((0..length).map(|at| b"ab\n"[code / 3_usize.pow(at) % 3]).collect::<Vec<u8>>());
            }
        }
        for old in texts.iter().step_by(3) {
            for new in &texts {
                let found = compare(&mut LineDiffer::default(), version(old), version(new));
                let input = InternedInput::new(byte_lines(old), byte_lines(new));
                let level = |_| IndentLevel::for_ascii_line([], 1);
                let plain = Aligner::default().hunks(&input.before, &input.after, input.interner.num_tokens(), level);
                let sum = |lines: fn(&gix::diff::blob::Hunk) -> usize| plain.iter().map(lines).sum::<usize>() as u64;
                let expected = (sum(|hunk| hunk.after.len()), sum(|hunk| hunk.before.len()));
                assert_eq!((found.counts.added, found.counts.deleted), expected, "{old:?} {new:?}");
                assert_eq!(u64::from(found.old_lines), count_lines(old), "{old:?} {new:?}");
                assert_eq!(u64::from(found.new_lines), count_lines(new), "{old:?} {new:?}");
                let change = i64::from(found.new_lines) - i64::from(found.old_lines);
                assert_eq!(found.added.len() as i64 - found.removed.len() as i64, change, "{old:?} {new:?}");
            }
        }
    }

    #[test]
    fn lines_that_changed_only_in_white_space_stay() {
        assert_eq!(hunks("a b\nold one\nc d\n", "  a b\nnew one\nc  d\n"), [(1, 1, 1, 1)]);
        assert_eq!(hunks("x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"), []);
        assert_eq!(hunks("if a {\nb();\n}\n", "if a {\n  if x {\n    b();\n  }\n}\n"), [(1, 0, 1, 1), (2, 0, 3, 1)]);
        let found = compare(&mut LineDiffer::default(), version(b"a b\nc\n"), version(b"a  b\nd\n"));
        assert_eq!((found.respaced, found.counts.added, found.counts.deleted), (1, 2, 2));
    }

    #[test]
    fn hunks_slide_to_where_git_puts_them() {
        let old = "fn a() {\n    1\n}\n\nfn c() {\n    3\n}\n";
        let new = "fn a() {\n    1\n}\n\nfn b() {\n    2\n}\n\nfn c() {\n    3\n}\n";
        assert_eq!(hunks(old, new), [(4, 0, 4, 4)]);
        let many = |count: usize| "same\n".repeat(count);
        assert_eq!(hunks(&many(40), &many(41)), [(40, 0, 40, 1)]);
        // Git puts this hunk far above the end of the text.
        let indents = [2, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 2, 2, 2];
        let lines = indents.iter().enumerate().map(|(at, &by)| format!("{}line {at}\n", "    ".repeat(by)));
        let text: String = lines.collect();
        assert_eq!(hunks(&text, &text.repeat(2)), [(4, 0, 4, 14)]);
    }

    #[test]
    fn a_nul_in_the_first_bytes_or_an_attribute_makes_binary() {
        let far = [vec![b'x'; BINARY_PROBE], vec![0]].concat();
        let near = [vec![b'x'; BINARY_PROBE - 1], vec![0]].concat();
        assert!(!counts(None, Some(&far), None).binary);
        assert!(counts(None, Some(&near), None).binary);
        assert!(counts(Some(&near), Some(b"text\n"), None).binary);
        assert!(counts(None, Some(b"text\n"), Some(false)).binary);
        assert_eq!(counts(None, Some(&near), Some(true)).added, 1);
    }

    #[test]
    fn a_file_that_turns_binary_loses_its_lines_uncounted() {
        let found = compare(&mut LineDiffer::default(), version(b"a\nb\n"), version(b"a\0\n"));
        assert_eq!((found.old_lines, found.new_lines, found.removed.len()), (2, 0, 2));
        assert_eq!((found.counts.added, found.counts.deleted, found.counts.binary), (0, 0, true));
        let back = compare(&mut LineDiffer::default(), version(b"a\0\n"), version(b"a\nb\n"));
        assert_eq!((back.old_lines, back.new_lines, back.added.len()), (0, 2, 2));
    }

    #[test]
    fn lines_broken_elsewhere_are_reformatted() {
        let same = |old: &str, new: &str| {
            compare(&mut LineDiffer::default(), version(old.as_bytes()), version(new.as_bytes())).reformatted
        };
        assert_eq!(same("call(one, two)\nnext\n", "call(\n    one,\n    two,\n)\nnext\n"), 5);
        assert_eq!(same("x = 'a'\n", "x = \"a\";\n"), 2);
        assert_eq!(same("a\n\n\nb\n", "a\nb\n"), 2);
        assert_eq!(same("call(one, two)\n", "call(one, three)\n"), 0);
        assert_eq!(same("call(ab)\n", "call(ba)\n"), 0);
        assert_eq!(same("a\nb\n", "a\nx\nb\n"), 0);
    }

    #[test]
    fn marks_tell_effective_lines_and_ignore_white_space() {
        let mut marker = Marker::default();
        let mut mark = |line: &str| marker.mark(line.as_bytes());
        assert_eq!(mark("  let a = 1;\n").text(), mark("let a=1;").text());
        assert_ne!(mark("let a = 1;").text(), mark("let b = 1;").text());
        assert!(mark("let a = 1;").is_effective() && !mark("}\n").is_effective());
        assert!(mark("ok\n").is_wordy() && !mark("ok\n").is_effective() && !mark("  })\n").is_wordy());
    }
}
