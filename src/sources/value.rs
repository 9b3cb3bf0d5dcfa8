//! Documents and lines that are held as one JSON value: for formats whose files are small or whose shape varies much.

use std::io::Read;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::lenient::{Count, Dollars};
use super::transcript::instant;
use super::{Batch, LineParser, ReadOptions, StreamParser, Taken};
use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};

/// What stands at a path of keys (`tokens.cache.read`), or null.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |inner, key| inner.get(key).unwrap_or(&Value::Null))
}

/// The text at a path, unless it is absent, empty or no text.
pub(crate) fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    at(value, path).as_str().filter(|text| !text.is_empty())
}

/// The items of the list at a path.
pub(crate) fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).as_array().map_or(&[], Vec::as_slice)
}

/// The count at a path.
pub(crate) fn count(value: &Value, path: &str) -> Count {
    Count::deserialize(at(value, path)).unwrap_or(Count::Invalid)
}

/// The counts at some paths, or `None` when one of them is impossible.
pub(crate) fn counts<const N: usize>(value: &Value, paths: [&str; N]) -> Option<[Option<u64>; N]> {
    let all = paths.map(|path| count(value, path));
    (!all.iter().any(|count| count.is_invalid())).then(|| all.map(Count::get))
}

/// The dollars at a path.
pub(crate) fn dollars(value: &Value, path: &str) -> Option<Money> {
    Dollars::deserialize(at(value, path)).ok().and_then(|amount| amount.0)
}

/// The instant at a path: RFC 3339, or seconds or milliseconds since 1970.
pub(crate) fn time(value: &Value, path: &str) -> Option<DateTime<Utc>> {
    match at(value, path) {
        Value::String(text) => instant(Some(text)).or_else(|| epoch(text.parse().ok()?)),
        Value::Number(number) => match number.as_i64() {
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
    read: fn(&Value, bool, FileId, &mut Batch),
}

impl Document {
    /// `read` gets the document, whether activity is wanted, and the file.
    pub(crate) fn new(options: &ReadOptions, read: fn(&Value, bool, FileId, &mut Batch)) -> Box<Self> {
        Box::new(Self { activity: options.activity, read })
    }
}

impl StreamParser for Document {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        out.counts.lines_read += 1;
        let text = String::from_utf8_lossy(&bytes);
        match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
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
    /// Texts one of which stands in every line that matters when only usage is wanted; empty: every line matters.
    const MARKS: &'static [&'static str];

    /// Takes a line.
    fn take(&mut self, line: &Value, at: Origin, out: &mut Batch) -> Taken;
}

/// A [`LineParser`] over values.
pub(crate) struct ValueLines<T> {
    inner: T,
    activity: bool,
    marks: Vec<memchr::memmem::Finder<'static>>,
}

impl<T: ValueLine + 'static> ValueLines<T> {
    /// Wraps the state of a format.
    pub(crate) fn new(inner: T, options: &ReadOptions) -> Box<Self> {
        let marks = T::MARKS.iter().map(|mark| memchr::memmem::Finder::new(*mark)).collect();
        Box::new(Self { inner, activity: options.activity, marks })
    }
}

impl<T: ValueLine> LineParser for ValueLines<T> {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let skipped = !self.activity && !self.marks.is_empty() && self.marks.iter().all(|m| m.find(line).is_none());
        if skipped {
            let whole = serde_json::from_slice::<IgnoredAny>(line).is_ok();
            return if whole { Taken::Yes } else { Taken::Malformed };
        }
        match serde_json::from_slice::<Value>(line) {
            Ok(value) => self.inner.take(&value, at, out),
            Err(_) => Taken::Malformed,
        }
    }

    fn long_line(&mut self, line: &mut dyn Read, at: Origin, out: &mut Batch) -> Taken {
        match serde_json::from_reader::<_, Value>(line) {
            Ok(value) => self.inner.take(&value, at, out),
            Err(_) => Taken::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_apart_by_size_and_fractions_are_kept() {
        let value: Value = serde_json::from_str(
            r#"{"a":"2026-01-02T03:04:05Z","b":1767323045,"c":1767323045000,"d":1767323045.125,"e":-1,"f":"x"}"#,
        )
        .expect("JSON");
        let read = |key: &str| time(&value, key).map(|at| at.timestamp_millis());
        assert_eq!(read("a"), Some(1_767_323_045_000));
        assert_eq!((read("b"), read("c")), (read("a"), read("a")));
        assert_eq!(read("d"), Some(1_767_323_045_125));
        assert_eq!((read("e"), read("f"), read("g")), (None, None, None));
    }
}
