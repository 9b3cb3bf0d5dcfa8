//! Recognition of files whose first bytes say too little: a damaged or foreign first line, a banner, titles above a table, or
//! keys behind a long text.
//!
//! - In: the first megabyte of a file that no format accepts by its head. Out: the format, and where what it reads begins.
//! - Refuses: nothing; files that are not text are not looked at.

use std::ops::Range;

use crate::sources::Source;
use crate::sources::reading::detect::{HEAD_BYTES, Head};
use crate::sources::reading::options::ReadOptions;
use crate::sources::reading::recognise::recognise;

/// How many bytes are looked at.
pub(super) const FAR_BYTES: usize = 1 << 20;
/// How many lines of JSON are looked at.
const JSON_LINES: usize = 64;
/// Below how many of them the lines are looked at as well.
const JSON_STARTS: usize = 8;
/// How many lines may be above the header of a table.
const TITLE_LINES: usize = 20;

/// Where a format begins in a file.
pub(super) struct Found {
    pub(super) source: &'static dyn Source,
    /// The byte at which its first line begins.
    pub(super) offset: usize,
    /// The lines before it.
    pub(super) lines: u64,
}

/// Looks for a format in the lines of a file.
pub(super) fn look_further(start: &[u8], options: &ReadOptions) -> Option<Found> {
    let text = &start[..start.len().min(HEAD_BYTES)];
    if is_packed(text) {
        return None;
    }
    // JSON in a document is an example.
    let start = lines(start).find(|line| is_fence(&start[line.clone()])).map_or(start, |line| &start[..line.start]);
    let found = |source, offset: usize, number: usize| Found { source, offset, lines: number as u64 };
    let lines = || lines(start).enumerate();
    let json = || lines().filter(|(_, line)| Head::new(&start[line.clone()]).is_json());
    // As if the file began there; a line alone says less, but nothing below it can mislead.
    let below = |line: &Range<usize>| {
        let end = start.len().min(line.end.max(line.start + HEAD_BYTES));
        recognise(&Head::new(&start[line.start..end]), options)
    };
    let whole = json().take(JSON_LINES).filter(|(_, line)| line.end == start.len() || is_whole(&start[line.clone()]));
    for (at, (number, line)) in whole.enumerate() {
        let source = if at < JSON_STARTS { below(&line) } else { None };
        if let Some(source) = source.or_else(|| recognise(&Head::new(&start[line.clone()]), options)) {
            return Some(found(source, line.start, number));
        }
    }
    // A document of several lines.
    for (number, line) in json().take(JSON_STARTS) {
        if let Some(source) = below(&line) {
            return Some(found(source, line.start, number));
        }
    }
    if Head::new(text).is_binary() {
        return None;
    }
    // The header of a table may be longer than a head.
    for (number, line) in lines().take(TITLE_LINES + 1) {
        let head = Head::new(&start[line.start..]);
        if let Some(source) = recognise(&head, options).filter(|_| !head.is_json()) {
            return Some(found(source, line.start, number));
        }
    }
    None
}

/// Whether a file of JSON has one object a line, which no program writes but a log.
pub(super) fn is_log(start: &[u8]) -> bool {
    lines(start).take(JSON_LINES).filter(|line| is_whole(&start[line.clone()])).nth(1).is_some()
}

/// Whether a line is a whole JSON object.
fn is_whole(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// A page of an interface that says itself that it holds nothing: its only list is empty.
pub(super) fn is_empty_page(start: &[u8]) -> bool {
    const LISTS: [&str; 6] = ["data", "results", "items", "records", "rows", "value"];
    let Ok(page) = serde_json::from_slice::<serde_json::Value>(start) else { return false };
    match page {
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(page) => {
            let mut lists = page.iter().filter(|(_, value)| value.is_array());
            let only = lists.next().filter(|_| lists.next().is_none());
            only.is_some_and(|(key, list)| LISTS.contains(&key.as_str()) && list.as_array().is_some_and(Vec::is_empty))
        }
        _ => false,
    }
}

/// Whether a line begins or ends a block of code in a Markdown document.
fn is_fence(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"```") || line.starts_with(b"~~~")
}

/// Whether the first bytes are those of an archive, a picture or a program, in which a line means nothing.
fn is_packed(start: &[u8]) -> bool {
    const STARTS: [&[u8]; 7] =
        [b"PK\x03\x04", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x7fELF"];
    STARTS.iter().any(|magic| start.starts_with(magic))
}

/// The lines, without their breaks.
fn lines(start: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = start.get(at..).filter(|rest| !rest.is_empty())?;
        let line = at..memchr::memchr(b'\n', rest).map_or(start.len(), |end| at + end);
        at = line.end + 1;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(text: &str) -> Option<(&'static str, u64)> {
        look_further(text.as_bytes(), &ReadOptions::default()).map(|found| (found.source.id(), found.lines))
    }

    #[test]
    fn a_format_is_found_behind_other_lines() {
        let line = r#"{"timestamp":"2026-05-01T00:00:00Z","type":"session_meta","payload":{"id":"s"}}"#;
        assert_eq!(format(line), Some(("codex", 0)));
        assert_eq!(format(&format!("Starting up\n{{\"x\": \"cut o\n\n{line}\n")), Some(("codex", 3)));
        let table = "timestamp,model,provider_name,input_tokens,output_tokens\n";
        assert_eq!(format(&format!("Usage of May\n\nby,team\n{table}")), Some(("generic", 3)));
        assert_eq!(format(&format!("{}{table}", "title\n".repeat(30))), None);
        assert_eq!(format(&format!("# The log\n\nA line is like this:\n\n```json\n{line}\n```\n")), None);
        assert_eq!(format("PK\x03\x04\n{\"timestamp\":\"\",\"type\":\"\",\"payload\":{}}"), None);
    }

    #[test]
    fn a_page_without_items_says_that_it_is_empty() {
        assert!(is_empty_page(br#"{"data": [], "has_more": false, "next_page": null}"#));
        assert!(is_empty_page(b"[]"));
        assert!(!is_empty_page(br#"{"data": [1]}"#) && !is_empty_page(br#"{"data": [], "other": [1]}"#));
        assert!(!is_empty_page(br#"{"name": "shop", "files": []}"#) && !is_empty_page(b"{}"));
    }

    #[test]
    fn a_log_has_an_object_on_each_of_two_lines() {
        assert!(is_log(b"{\"a\":1}\n{\"b\":2}\n"));
        assert!(!is_log(b"{\"a\":1}\n") && !is_log(b"{\n \"a\": {}\n}\n") && !is_log(b"text\nmore\n"));
    }
}
