//! The first bytes of a file, and the questions that formats ask of them.
//!
//! - In: up to 64 KiB after decompression, or a megabyte if they say too little; of a database, its tables. Out: keys, texts,
//!   tables, file kind.
//! - Refuses: nothing; what lies beyond the head is unknown.

use foldhash::{HashMap, HashMapExt};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::cell::OnceCell;

use crate::sources::reading::sqlite::{self, DatabaseTable};

/// Whether a file is in a format, judged by its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniff {
    /// It is this format.
    Yes,
    /// It is not.
    No,
    /// It comes close, but these columns or keys are missing.
    Missing(Vec<&'static str>),
}

impl Sniff {
    /// The verdict of a format that needs all of these names.
    fn of(wanted: &[&'static str], has: impl Fn(&str) -> bool) -> Self {
        let missing: Vec<&'static str> = wanted.iter().copied().filter(|name| !has(name)).collect();
        match missing.len() {
            0 => Self::Yes,
            some if some * 2 <= wanted.len() => Self::Missing(missing),
            _ => Self::No,
        }
    }
}

/// How many bytes of a file the formats may examine.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// The first bytes of a file after decompression.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    bytes: &'a [u8],
    /// If it is a SQLite database, its tables.
    tables: &'a [DatabaseTable],
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
        Self { bytes: &bytes[blank..], tables: &[], top: OnceCell::new(), keys: OnceCell::new() }
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

    /// Stands for a SQLite database with these tables.
    pub(super) fn of_database(tables: &'a [DatabaseTable]) -> Self {
        Self { tables, ..Self::new(sqlite::MAGIC) }
    }

    /// Whether it is a SQLite database.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.bytes.starts_with(sqlite::MAGIC)
    }

    /// The verdict of a format that is a table of a SQLite database with these columns.
    pub(in crate::sources) fn sniff_table(&self, name: &str, wanted: &[&'static str]) -> Sniff {
        let Some(table) = self.tables.iter().find(|table| table.name == name) else { return Sniff::No };
        Sniff::of(wanted, |column| table.columns.iter().any(|known| known == column))
    }

    /// The bytes, from the first one that is not blank.
    pub(in crate::sources) fn bytes(&self) -> &'a [u8] {
        self.bytes
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

    /// Whether a key at any depth looks like usage or money.
    pub(in crate::sources) fn mentions_usage(&self) -> bool {
        let is = |key: &[u8]| {
            let key = key.to_ascii_lowercase();
            ["usage", "tokens", "cost", "credits"]
                .iter()
                .any(|word| memchr::memmem::find(&key, word.as_bytes()).is_some())
        };
        self.keys().keys().any(|key| is(key))
    }

    /// Whether it is one JSON value a line: the first line is a whole object, or one below it is and another line begins behind it,
    /// or nothing. In an indented document a comma or a bracket follows.
    pub(in crate::sources) fn is_lines(&self) -> bool {
        let whole = |line: &[u8]| line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
        let lines = self.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let mut lines = lines.filter(|line| !line.is_empty());
        let Some(first) = lines.next() else { return false };
        let mut last_is_whole = whole(first);
        if last_is_whole {
            return true;
        }
        let mut below = 0;
        for line in lines {
            if last_is_whole && line.starts_with(b"{") {
                return true;
            }
            last_is_whole = whole(line);
            below += 1;
        }
        let is_cut = self.bytes.len() >= HEAD_BYTES;
        // A very long line that perhaps goes on behind the head.
        let is_long = below <= 1 && first.starts_with(b"{") && first.len() >= HEAD_BYTES / 2;
        is_long || last_is_whole && !is_cut
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
        Sniff::of(wanted, |key| top_keys.iter().any(|known| known == key))
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

    #[test]
    fn a_log_whose_first_lines_are_cut_off_has_a_value_a_line_and_a_document_has_not() {
        let cut = b"{\"a\": {\"b\n";
        let is_lines = |parts: &[&[u8]]| Head::new(&parts.concat()).is_lines();
        assert!(is_lines(&[b"{\"a\": 1}\n", cut]));
        assert!(is_lines(&[cut, cut, b"{\"a\": 1}\n"]));
        assert!(is_lines(&[cut, b"{\"a\": 1}\n", cut, cut]));
        assert!(!is_lines(&[cut]) && !is_lines(&[cut, cut]));
        assert!(!is_lines(&[b"[\n {\"a\": 1},\n {\"a\": 2}\n]\n"]));
        assert!(!is_lines(&[b"{\"data\": [\n{\"a\": 1}\n]}\n"]));
        assert!(!is_lines(&[b"[\n {\"a\": 1\n },\n {\"a\": 2}\n]\n{\"page\": 2,\n \"data\": []}\n"]));
        // What goes on behind the head may go on with a comma.
        let long = [b"[\n".as_slice(), &b"{\"a\": 1},\n".repeat(HEAD_BYTES / 10 - 1)].concat();
        let document = [&long, &vec![b' '; HEAD_BYTES - long.len() - 8][..], b"{\"a\": 1}"].concat();
        assert!(document.len() >= HEAD_BYTES && !Head::new(&document).is_lines());
    }
}
