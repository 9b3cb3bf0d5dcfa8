//! The features of a prompt, as `src/classify/training/features.py` computes them: change both together.

use super::lexicon::{Lexicon, Listed, Topics};

/// Characters that are looked at.
pub(super) const MOST: usize = 512;
/// Bits of a slot of the word table.
pub(super) const WORD_BITS: u32 = 16;
/// Bits of a slot of the character table.
pub(super) const CHAR_BITS: u32 = 16;
/// Bits of a slot of the table of work types.
pub(super) const TYPE_BITS: u32 = 13;
/// The longest run of characters; the shortest has two.
const LONGEST_RUN: usize = 5;
/// How many features tell of the text's surface.
pub(super) const SURFACE: usize = 12;

const FNV: u32 = 2_166_136_261;
const PRIME: u32 = 16_777_619;
const EXTENSIONS: &[&str] = &[
    "rs", "py", "ts", "tsx", "js", "jsx", "go", "java", "kt", "rb", "php", "c", "h", "cpp", "cc", "cs", "swift",
    "scala", "sh", "bash", "yml", "yaml", "json", "toml", "md", "sql", "html", "css", "scss", "vue", "lock", "xml",
    "gradle", "proto", "tf", "ipynb", "lua", "ex", "exs", "hs", "dart", "csv", "txt", "env", "cfg", "ini", "log",
];

/// Whether a character of a normalised text stands between words.
pub(super) fn is_separator(c: u32) -> bool {
    if c < 0x80 {
        return !matches!(c, 0x30..=0x39 | 0x61..=0x7a);
    }
    match c {
        0xaa | 0xb5 | 0xba => false,
        0x80..=0xbf
        | 0xd7
        | 0xf7
        | 0x2000..=0x2bff
        | 0x3000..=0x303f
        | 0xfe30..=0xfe4f
        | 0xff00..=0xff0f
        | 0xff1a..=0xff20
        | 0xff3b..=0xff40
        | 0xff5b..=0xff65
        | 0x1f000.. => true,
        _ => false,
    }
}

fn step(hash: u32, c: u32) -> u32 {
    (hash ^ c).wrapping_mul(PRIME)
}

/// The hash of a word.
pub(super) fn hash(points: impl IntoIterator<Item = u32>) -> u32 {
    points.into_iter().fold(FNV, step)
}

fn slot(hash: u32, bits: u32) -> usize {
    ((hash ^ (hash >> 15)) & ((1 << bits) - 1)) as usize
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    from: usize,
    to: usize,
    hash: u32,
    /// The hash of the word before it and itself.
    pair: Option<u32>,
    pub(super) listed: Listed,
}

/// A text made ready, in memory that is used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Lower case, digits as `0`, white space as one blank, a blank at both ends.
    pub(super) points: Vec<u32>,
    /// The words.
    pub(super) words: Vec<Word>,
    /// Presence of surface features, and the length.
    pub(super) surface: [f64; SURFACE],
    /// Topics with a word in the text.
    pub(super) topics: Topics,
}

impl Features {
    /// Takes a text; nothing of it is left when the next one comes.
    pub(super) fn take(&mut self, text: &str, lexicon: &Lexicon) {
        self.points.clear();
        self.words.clear();
        self.points.push(0x20);
        for c in text.chars().take(MOST) {
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
                    let own = hash(points.iter().copied());
                    let pair =
                        self.words.last().map(|before| points.iter().copied().fold(step(before.hash, 0x20), step));
                    let listed = lexicon.listed(points, own);
                    self.words.push(Word { from, to: at, hash: own, pair, listed });
                    start = None;
                }
                _ => {}
            }
        }
        self.topics = self.words.iter().fold(0, |all, word| all | word.listed.topics);
        self.surface = surface(text);
    }

    /// A word's characters.
    pub(super) fn word(&self, at: usize) -> &[u32] {
        let Word { from, to, .. } = self.words[at];
        &self.points[from..to]
    }

    /// Calls with one slot a word and one a pair of neighbours; gives back how many there were.
    pub(super) fn word_slots(&self, bits: u32, mut take: impl FnMut(usize)) -> usize {
        for word in &self.words {
            take(slot(word.hash, bits));
            if let Some(pair) = word.pair {
                take(slot(pair, bits));
            }
        }
        (self.words.len() * 2).saturating_sub(1)
    }

    /// Calls with one slot for each run of two to five characters; gives back how many there were.
    pub(super) fn char_slots(&self, mut take: impl FnMut(usize)) -> usize {
        let mut count = 0;
        for start in 0..self.points.len() {
            let run = &self.points[start..self.points.len().min(start + LONGEST_RUN)];
            let mut hash = FNV;
            for (at, &c) in run.iter().enumerate() {
                hash = step(hash, c);
                if at > 0 {
                    take(slot(hash, CHAR_BITS));
                    count += 1;
                }
            }
        }
        count
    }
}

fn surface(text: &str) -> [f64; SURFACE] {
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b' ');
    let before = |index: usize| index.checked_sub(1).map_or(b' ', at);
    let mut found = [0.0; SURFACE];
    // Every mark looked for is ASCII, and no part of another character is.
    for (i, &byte) in bytes.iter().enumerate() {
        match byte {
            b'`' => found[0] = 1.0,
            b'\\' => found[1] = 1.0,
            b'/' if before(i).is_ascii_alphanumeric() && at(i + 1).is_ascii_alphanumeric() => found[1] = 1.0,
            b'.' if at(i + 1).is_ascii_alphanumeric() => {
                let rest = &bytes[i + 1..];
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let known = |one: &&str| one.as_bytes().eq_ignore_ascii_case(&rest[..length]);
                if EXTENSIONS.iter().any(known) {
                    found[2] = 1.0;
                }
            }
            b'_' if before(i).is_ascii_alphanumeric() && at(i + 1).is_ascii_alphanumeric() => found[3] = 1.0,
            b'A'..=b'Z' if before(i).is_ascii_lowercase() => found[4] = 1.0,
            b'{' | b'}' | b'[' | b']' | b'<' | b'>' | b';' | b'=' | b'|' | b'$' => found[6] = 1.0,
            b'\n' => found[8] = 1.0,
            b'#' if at(i + 1).is_ascii_digit() => found[10] = 1.0,
            b'-' if at(i + 1) == b'-' && at(i + 2).is_ascii_alphabetic() => found[11] = 1.0,
            _ => {}
        }
        if matches!((byte, at(i + 1)), (b'(', b')') | (b':', b':') | (b'-' | b'=', b'>') | (b'=' | b'!', b'=')) {
            found[5] = 1.0;
        }
        if byte == b'h' && (bytes[i..].starts_with(b"http://") || bytes[i..].starts_with(b"https://")) {
            found[9] = 1.0;
        }
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(0);
    found[7] = f64::from(length).ln_1p() / 6.0;
    found
}
