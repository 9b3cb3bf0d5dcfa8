//! The features of a prompt, as `src/classify/training/features.py` computes them: change both together.

use super::characters::{FNV, hash_next, hash_word, is_separator};
use super::lexicon::{Lexicon, Listed, Topics};

/// How many characters of a prompt are used.
pub(super) const MAX_CHARS: usize = 512;
/// Bits of a slot number in the table of words.
pub(super) const WORD_BITS: u32 = 16;
/// Bits of a slot number in the table of character runs.
pub(super) const CHAR_BITS: u32 = 16;
/// Bits of a slot number in the table of work types.
pub(super) const TYPE_BITS: u32 = 13;
/// The longest run of characters that is hashed; the shortest has two.
const LONGEST_RUN: usize = 5;
/// How many features describe the text's surface.
pub(super) const SURFACE: usize = 10;

const EXTENSIONS: &[&str] = &[
    "rs", "py", "ts", "tsx", "js", "jsx", "go", "java", "kt", "rb", "php", "c", "h", "cpp", "cc", "cs", "swift",
    "scala", "sh", "bash", "yml", "yaml", "json", "toml", "md", "sql", "html", "css", "scss", "vue", "lock", "xml",
    "gradle", "proto", "tf", "ipynb", "lua", "ex", "exs", "hs", "dart", "csv", "txt", "env", "cfg", "ini", "log",
];

fn slot(hash: u32, bits: u32) -> usize {
    ((hash ^ (hash >> 15)) & ((1 << bits) - 1)) as usize
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextWord {
    from: usize,
    to: usize,
    hash: u32,
    /// The hash of the previous word and this one.
    pair: Option<u32>,
    pub(super) listed: Listed,
}

/// The features of one text, in memory that is reused for the next one.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// The text in lower case, digits as `0`, each run of white space as one blank, a blank at both ends.
    pub(super) points: Vec<u32>,
    /// The words of the text.
    pub(super) words: Vec<TextWord>,
    /// Which marks of code are present. Neither length nor lines count: a long text without code is no less work.
    pub(super) surface: [f64; SURFACE],
    /// Topics that a word of the text is listed under.
    pub(super) topics: Topics,
}

impl Features {
    /// Computes the features of a text, replacing those of the text before.
    pub(super) fn compute(&mut self, text: &str, lexicon: &Lexicon) {
        self.points.clear();
        self.words.clear();
        self.points.push(0x20);
        for c in text.chars().take(MAX_CHARS) {
            let code = u32::from(c);
            if code <= 0x20 || matches!(code, 0x7f | 0x85 | 0xa0 | 0x3000) {
                if self.points.last() != Some(&0x20) {
                    self.points.push(0x20);
                }
            } else if c.is_ascii() {
                self.points.push(if c.is_ascii_digit() { 0x30 } else { u32::from(c.to_ascii_lowercase()) });
            } else {
                self.points.push(c.to_lowercase().next().map_or(code, u32::from));
            }
        }
        if self.points.last() != Some(&0x20) {
            self.points.push(0x20);
        }
        let mut start = None;
        for (at, &c) in self.points.iter().enumerate() {
            match (is_separator(c), start) {
                (false, None) => start = Some(at),
                (true, Some(from)) => {
                    let points = &self.points[from..at];
                    let own = hash_word(points.iter().copied());
                    let pair = self
                        .words
                        .last()
                        .map(|previous| points.iter().copied().fold(hash_next(previous.hash, 0x20), hash_next));
                    let listed = lexicon.look_up(points, own);
                    self.words.push(TextWord { from, to: at, hash: own, pair, listed });
                    start = None;
                }
                _ => {}
            }
        }
        self.topics = self.words.iter().fold(0, |all, word| all | word.listed.topics);
        self.surface = surface(text);
    }

    /// The characters of a word.
    pub(super) fn word(&self, at: usize) -> &[u32] {
        let TextWord { from, to, .. } = self.words[at];
        &self.points[from..to]
    }

    /// Calls `visit` with a slot for each word and each pair of neighbours; returns how many there were.
    pub(super) fn word_slots(&self, bits: u32, mut visit: impl FnMut(usize)) -> usize {
        for word in &self.words {
            visit(slot(word.hash, bits));
            if let Some(pair) = word.pair {
                visit(slot(pair, bits));
            }
        }
        (self.words.len() * 2).saturating_sub(1)
    }

    /// Calls `visit` with a slot for each run of two to five characters.
    pub(super) fn char_slots(&self, mut visit: impl FnMut(usize)) {
        for start in 0..self.points.len() {
            let run = &self.points[start..self.points.len().min(start + LONGEST_RUN)];
            let mut hash = FNV;
            for (at, &c) in run.iter().enumerate() {
                hash = hash_next(hash, c);
                if at > 0 {
                    visit(slot(hash, CHAR_BITS));
                }
            }
        }
    }
}

fn surface(text: &str) -> [f64; SURFACE] {
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
    let bytes = &text.as_bytes()[..end];
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b' ');
    let before = |index: usize| index.checked_sub(1).map_or(b' ', at);
    let mut found = [0.0; SURFACE];
    // All of these marks are ASCII, and no byte of a longer character is.
    for (i, &byte) in bytes.iter().enumerate() {
        match byte {
            b'`' => found[0] = 1.0,
            b'\\' => found[1] = 1.0,
            b'/' if before(i).is_ascii_alphanumeric() && at(i + 1).is_ascii_alphanumeric() => found[1] = 1.0,
            b'.' if at(i + 1).is_ascii_alphanumeric() => {
                let rest = &bytes[i + 1..];
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let known = |extension: &&str| extension.as_bytes().eq_ignore_ascii_case(&rest[..length]);
                if EXTENSIONS.iter().any(known) {
                    found[2] = 1.0;
                }
            }
            b'_' if before(i).is_ascii_alphanumeric() && at(i + 1).is_ascii_alphanumeric() => found[3] = 1.0,
            b'A'..=b'Z' if before(i).is_ascii_lowercase() => found[4] = 1.0,
            b'{' | b'}' | b'[' | b']' | b'<' | b'>' | b';' | b'=' | b'|' | b'$' => found[6] = 1.0,
            b'#' if at(i + 1).is_ascii_digit() => found[8] = 1.0,
            b'-' if at(i + 1) == b'-' && at(i + 2).is_ascii_alphabetic() => found[9] = 1.0,
            _ => {}
        }
        if matches!((byte, at(i + 1)), (b'(', b')') | (b':', b':') | (b'-' | b'=', b'>') | (b'=' | b'!', b'=')) {
            found[5] = 1.0;
        }
        if byte == b'h' && (bytes[i..].starts_with(b"http://") || bytes[i..].starts_with(b"https://")) {
            found[7] = 1.0;
        }
    }
    found
}
