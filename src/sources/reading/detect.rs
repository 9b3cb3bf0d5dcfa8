//! The first bytes of a file, and the questions that formats ask of them.
//!
//! - In: up to 64 KiB after decompression. Out: keys, texts, tables, file kind.
//! - Refuses: nothing; what lies beyond the head is unknown.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::sources::Sniff;

/// How many bytes of a file the formats may examine.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// How many files of an archive are named.
const ARCHIVE_NAMES: usize = 8;

/// The first bytes of a file after decompression.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    bytes: &'a [u8],
    /// Every format asks for keys, so they are parsed once.
    top: OnceCell<Vec<String>>,
    keys: OnceCell<HashMap<&'a [u8], Vec<&'a [u8]>>>,
}

impl<'a> Head<'a> {
    /// Wraps the first bytes of a file, without a byte-order mark and leading white space.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let blank = bytes.iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
        Self { bytes: &bytes[blank..], top: OnceCell::new(), keys: OnceCell::new() }
    }

    /// Whether it holds nothing but white space.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether it holds control bytes that text logs never contain.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.bytes.iter().any(|b| *b < 9 || (14..=26).contains(b))
    }

    /// Whether it is a SQLite database.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.bytes.starts_with(b"SQLite format 3\0")
    }

    /// Whether a SQLite database holds this table, as far as the head reaches.
    #[must_use]
    pub fn has_table(&self, name: &str) -> bool {
        let quotes = [("", ""), ("`", "`"), ("\"", "\""), ("'", "'"), ("[", "]")];
        let heads = ["CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "];
        heads.iter().flat_map(|head| quotes.map(|quote| (head, quote))).any(|(head, (open, close))| {
            let create = format!("{head}{open}{name}{close}");
            memchr::memmem::find_iter(self.bytes, create.as_bytes())
                .any(|at| matches!(self.bytes.get(at + create.len()), Some(b' ' | b'(' | b'\n' | b'\r' | b'\t')))
        })
    }

    /// Whether it contains this text anywhere.
    #[must_use]
    pub fn has_text_anywhere(&self, text: &str) -> bool {
        memchr::memmem::find(self.bytes, text.as_bytes()).is_some()
    }

    /// The names of the first files in a zip archive, as far as the head reaches; `None` if it is not an archive.
    #[must_use]
    pub fn archived(&self) -> Option<Vec<String>> {
        const ENTRY: &[u8] = b"PK\x03\x04";
        if !self.bytes.starts_with(ENTRY) {
            return None;
        }
        let name = |at: usize| -> Option<String> {
            let length = usize::from(u16::from_le_bytes([*self.bytes.get(at + 26)?, *self.bytes.get(at + 27)?]));
            let name = self.bytes.get(at + 30..at + 30 + length)?;
            Some(String::from_utf8_lossy(name).chars().filter(|letter| !letter.is_control()).collect())
        };
        Some(memchr::memmem::find_iter(self.bytes, ENTRY).filter_map(name).take(ARCHIVE_NAMES).collect())
    }

    /// Whether it starts like a JSON object or a JSON array.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.bytes.first(), Some(b'{' | b'['))
    }

    /// Whether it contains `"key":` as a JSON key, at any depth.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        self.keys().contains_key(key.as_bytes())
    }

    /// Whether it contains `"key": "value"`, at any depth.
    #[must_use]
    pub fn has_text(&self, key: &str, value: &str) -> bool {
        let is = |rest: &[u8]| {
            rest.strip_prefix(b"\"")
                .and_then(|rest| rest.strip_prefix(value.as_bytes()))
                .is_some_and(|rest| rest.starts_with(b"\""))
        };
        self.keys().get(key.as_bytes()).is_some_and(|all| all.iter().any(|rest| is(rest)))
    }

    /// The keys of the first JSON object, at its top level, as far as the head reaches.
    #[must_use]
    pub fn top_keys(&self) -> &[String] {
        self.top.get_or_init(|| {
            let mut keys = Vec::new();
            let mut json = serde_json::Deserializer::from_slice(self.bytes);
            // An object that extends beyond the head ends in an error, but its first keys are collected.
            let _ = TopKeys(&mut keys).deserialize(&mut json);
            keys
        })
    }

    /// The verdict of a format that needs all of these keys at the top level.
    pub(in crate::sources) fn sniff_keys(&self, wanted: &[&'static str]) -> Sniff {
        let top_keys = self.top_keys();
        let missing: Vec<&'static str> =
            wanted.iter().copied().filter(|key| !top_keys.iter().any(|known| known == key)).collect();
        match missing.len() {
            0 => Sniff::Yes,
            some if some * 2 <= wanted.len() => Sniff::Missing(missing),
            _ => Sniff::No,
        }
    }

    /// The keys at any depth, with the bytes that follow each `"key":` and its white space. Keys inside an escaped text do
    /// not count.
    fn keys(&self) -> &HashMap<&'a [u8], Vec<&'a [u8]>> {
        self.keys.get_or_init(|| {
            let mut keys: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
            let bytes = self.bytes;
            let mut open: Option<usize> = None;
            for quote in memchr::memchr_iter(b'"', bytes) {
                if let (Some(rest), Some(open)) = (bytes[quote + 1..].trim_ascii_start().strip_prefix(b":"), open)
                    && (open == 0 || bytes[open - 1] != b'\\')
                {
                    keys.entry(&bytes[open + 1..quote]).or_default().push(rest.trim_ascii_start());
                }
                open = Some(quote);
            }
            keys
        })
    }

    /// The first line as text, without a line break.
    #[must_use]
    pub fn first_line(&self) -> std::borrow::Cow<'a, str> {
        let end = memchr::memchr(b'\n', self.bytes).unwrap_or(self.bytes.len());
        String::from_utf8_lossy(self.bytes[..end].trim_ascii_end())
    }
}

/// Collects the keys of an object and skips its values.
struct TopKeys<'a>(&'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for TopKeys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopKeys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.push(key);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_inside_an_escaped_text_does_not_count() {
        let head = Head::new(b"\n{\"text\": \"{\\\"payload\\\": 1}\", \"type\" : \"user\"}");
        assert!(!head.has_key("payload"));
        assert!(head.has_text("type", "user"));
        assert!(!head.has_text("type", "use"));
        assert!(head.is_json());
        assert!(!head.has_text("type", "users") && !head.has_text("text", "user") && !head.has_key("user"));
        assert_eq!(head.top_keys(), ["text", "type"]);
        assert_eq!(Head::new(b"{\"a\": {\"b\": 1}, \"c\": \"cut of").top_keys(), ["a", "c"]);
    }
}
