//! Documents and lines that are held as one JSON value: for formats whose files are small or whose shape varies much.

use std::io::Read;

use chrono::{DateTime, Utc};

use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};
use crate::sources::json::lenient::{Count, Dollars};
use crate::sources::json::node::{Arena, Node};
use crate::sources::transcript::instant;
use crate::sources::{Batch, LineParser, ReadOptions, StreamParser, Taken};

/// What stands at a path of keys (`tokens.cache.read`), or null.
pub(crate) fn at<'v>(value: &'v Node<'v>, path: &str) -> &'v Node<'v> {
    value.at(path, b'.').unwrap_or(&Node::Null)
}

/// Whether a map stands at a path.
pub(crate) fn has_map(value: &Node<'_>, path: &str) -> bool {
    matches!(at(value, path), Node::Map(_))
}

/// The text at a path, unless it is absent, empty or no text.
pub(crate) fn text<'v>(value: &'v Node<'v>, path: &str) -> Option<&'v str> {
    at(value, path).as_text().filter(|text| !text.is_empty())
}

/// The items of the list at a path.
pub(crate) fn list<'v>(value: &'v Node<'v>, path: &str) -> &'v [Node<'v>] {
    if let Node::List(items) = at(value, path) { items } else { &[] }
}

/// The count at a path.
pub(crate) fn count(value: &Node<'_>, path: &str) -> Count {
    Count::of(at(value, path))
}

/// The counts at some paths, or `None` when one of them is impossible.
pub(crate) fn counts<const N: usize>(value: &Node<'_>, paths: [&str; N]) -> Option<[Option<u64>; N]> {
    let all = paths.map(|path| count(value, path));
    (!all.iter().any(|count| count.is_invalid())).then(|| all.map(Count::get))
}

/// The dollars at a path.
pub(crate) fn dollars(value: &Node<'_>, path: &str) -> Option<Money> {
    Dollars::of(at(value, path)).0
}

/// The instant at a path: RFC 3339, or seconds or milliseconds since 1970.
pub(crate) fn time(value: &Node<'_>, path: &str) -> Option<DateTime<Utc>> {
    match at(value, path) {
        Node::Text(text) => instant(Some(text)).or_else(|| epoch(text.parse().ok()?)),
        Node::Number(number) => match number.as_i64() {
            Some(whole) => epoch(whole),
            None => epoch_text(&number.to_string()),
        },
        _ => None,
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
pub(crate) fn epoch(number: i64) -> Option<DateTime<Utc>> {
    match number {
        ..0 => None,
        0..100_000_000_000 => DateTime::from_timestamp_secs(number),
        100_000_000_000..100_000_000_000_000 => DateTime::from_timestamp_millis(number),
        100_000_000_000_000..100_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
        _ => Some(DateTime::from_timestamp_nanos(number)),
    }
}

/// Seconds with a fraction, as text: a float would lose the last digits.
fn epoch_text(number: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = number.split_once('.')?;
    let millis = format!("{fraction:0<3}");
    let millis: i64 = millis.get(..3)?.parse().ok()?;
    let seconds: i64 = whole.parse().ok()?;
    // Some tools log milliseconds with a fraction.
    if seconds >= 100_000_000_000 { epoch(seconds) } else { DateTime::from_timestamp_millis(seconds * 1000 + millis) }
}

/// Reads a file that is one JSON document.
pub(crate) struct Document {
    activity: bool,
    read: fn(&Node<'_>, bool, FileId, &mut Batch),
}

impl Document {
    /// `read` gets the document, whether activity is wanted, and the file.
    pub(crate) fn new(options: &ReadOptions, read: fn(&Node<'_>, bool, FileId, &mut Batch)) -> Box<Self> {
        Box::new(Self { activity: options.activity, read })
    }
}

impl StreamParser for Document {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        out.counts.lines_read += 1;
        let text = String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned());
        match Arena::default().read(text.trim_start_matches('\u{feff}')) {
            Ok(document) => (self.read)(&document, self.activity, file, out),
            Err(err) => out.reject(
                "bad-document",
                "a file is no whole JSON document (cut off or damaged); nothing of it is counted",
                err.line() as u64,
            ),
        }
        Ok(())
    }
}

/// Reads the lines of one format as values.
pub(crate) trait ValueLine {
    /// Takes a line.
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken;
}

/// A [`LineParser`] over values.
pub(crate) struct ValueLines<T> {
    inner: T,
    arena: Arena,
}

impl<T: ValueLine + 'static> ValueLines<T> {
    /// Wraps the state of a format.
    pub(crate) fn new(inner: T) -> Box<Self> {
        Box::new(Self { inner, arena: Arena::default() })
    }
}

impl<T: ValueLine> LineParser for ValueLines<T> {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        self.arena.clear();
        match self.arena.parse(line) {
            Some(value) => self.inner.take(&value, at, out),
            None => Taken::Malformed,
        }
    }

    fn long_line(&mut self, line: &mut dyn Read, at: Origin, out: &mut Batch) -> Taken {
        let mut bytes = Vec::new();
        match line.read_to_end(&mut bytes) {
            Ok(_) => self.line(&bytes, at, out),
            Err(_) => Taken::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_apart_by_size_and_fractions_are_kept() {
        let text = r#"{"a":"2026-01-02T03:04:05Z","b":1767323045,"c":1767323045000,"d":1767323045.125,"e":-1,"f":"x"}"#;
        let arena = Arena::default();
        let value = arena.read(text).expect("JSON");
        let read = |key: &str| time(&value, key).map(|at| at.timestamp_millis());
        assert_eq!(read("a"), Some(1_767_323_045_000));
        assert_eq!((read("b"), read("c")), (read("a"), read("a")));
        assert_eq!(read("d"), Some(1_767_323_045_125));
        assert_eq!((read("e"), read("f"), read("g")), (None, None, None));
    }
}
