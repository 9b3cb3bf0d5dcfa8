//! A damaged number never becomes a smaller record: in every JSON fixture, each count and each amount is damaged in turn.
//!
//! Which numbers are counts is found out and not listed: those that change what is counted when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;
use tokaudit::diagnostics::Diagnostic;
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{ReadOptions, SOURCES, Undated, read};

/// JSON formats that hold no count that is kept: amounts of money and quantities, or requests only.
const WITHOUT_COUNTS: [&str; 19] = [
    "anthropic-cost-report",
    "antigravity",
    "augment-credits",
    "aws-cost-explorer",
    "chatgpt",
    "claude-chat",
    "cloudflare-logpush",
    "copilot-billing",
    "crush",
    "devin-consumption",
    "droid-session",
    "focus-json",
    "gemini-workspace",
    "kiro-log",
    "langsmith-usage",
    "litellm-report",
    "m365-copilot",
    "openai-costs",
    "vertex-billing-json",
];

/// Formats that combine several lines to one record, or count sums for what is beyond their parts, so that a damaged line
/// leaves what the others say.
const COMBINED: [&str; 10] = [
    "claude-code",
    "claude-code-headless",
    "codex",
    "copilot-chat-journal",
    "copilot-cli",
    "goose",
    "grok-build",
    "hermes",
    "opencode",
    "qwen-code-headless",
];

/// A fixture as one input.
struct Fixture {
    shown: String,
    text: String,
    is_sql: bool,
}

impl Fixture {
    /// All fixtures that are JSON, or statements that make a database.
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources");
        let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
        let files = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
        files
            .filter(|path| !path.ends_with("README.md") && !path.ends_with("expected.json"))
            .filter_map(Self::new)
            .collect()
    }

    fn new(path: PathBuf) -> Option<Self> {
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let is_sql = path.extension().is_some_and(|extension| extension == "sql");
        let is_json = text.trim_start().starts_with(['{', '[']);
        let shown = path.display().to_string();
        (is_sql || is_json).then_some(Self { shown, text, is_sql })
    }

    /// Reads a text in place of the fixture's own.
    fn read(&self, text: &str) -> Outcome {
        let folder = self.is_sql.then(|| tempfile::tempdir().expect("a temporary folder"));
        let input = if let Some(folder) = &folder {
            let path = folder.path().join("base.db");
            let base = rusqlite::Connection::open(&path).expect("a database");
            base.execute_batch(&format!("PRAGMA synchronous=OFF; BEGIN; {text}; COMMIT;")).expect("tables");
            InputFile { path, content: None, display_name: self.shown.clone(), bytes: 0, named: true, depth: 0 }
        } else {
            let bytes = text.as_bytes().to_vec();
            InputFile::from_content(self.shown.clone(), bytes.len() as u64, Arc::new(move || Ok(bytes.clone())))
        };
        let undated = Some(Undated { at: DateTime::from_timestamp_secs(1_780_000_000).expect("a time"), period: None });
        let reading = read(&[input], &ReadOptions { undated, ..ReadOptions::default() }, &|_| {});
        let file = &reading.files[0];
        let mut outcome = Outcome {
            format: file.format,
            rejected: file.counts.rejected,
            diagnostics: reading.diagnostics.all(),
            ..Outcome::default()
        };
        for record in reading.usage.into_all().map(|observation| observation.record) {
            let bill = &record.bill;
            let amounts = (record.billed_cost, record.reported_cost, bill.gross_cost, bill.quantity_micros);
            let amounts = (amounts, bill.currency_cost);
            outcome.counts.push((record.origin.line, format!("{:?} {:?}", record.tokens, record.request_count)));
            outcome.amounts.push((record.origin.line, format!("{amounts:?}")));
        }
        for fact in reading.values.into_sorted() {
            let line = fact.origin.line;
            let lines =
                (fact.lines_added, fact.lines_removed, fact.ai_lines_tab, fact.ai_lines_agent, fact.non_ai_lines);
            let rest = (fact.sessions, fact.commits, fact.pull_requests, fact.accepts, fact.rejects);
            outcome.counts.push((line, format!("{lines:?} {rest:?}")));
        }
        outcome.counts.sort();
        outcome.amounts.sort();
        outcome
    }
}

/// What a reading gave.
#[derive(Default)]
struct Outcome {
    format: Option<&'static str>,
    /// Line and counts of every record and fact.
    counts: Vec<(u64, String)>,
    /// Line and amounts of every record.
    amounts: Vec<(u64, String)>,
    rejected: u64,
    diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// The places that a kind of notice names.
    fn places(&self, kind: &str) -> Vec<&str> {
        let noticed = self.diagnostics.iter().filter(|notice| notice.kind == kind);
        noticed.flat_map(|notice| notice.examples.iter().map(String::as_str)).collect()
    }
}

/// A number in a text: where it is, and how a text is quoted there.
struct Number {
    start: usize,
    end: usize,
    value: f64,
    quote: &'static str,
}

impl Number {
    /// The numbers of a JSON text, also of JSON or statements inside texts, and texts that are numbers.
    fn all(text: &str) -> Vec<Self> {
        let bytes = text.as_bytes();
        let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let mut numbers = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if !is_part(bytes[at]) || at == 0 || bytes[at - 1].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let end = at + bytes[at..].iter().take_while(|byte| is_part(**byte)).count();
            let before = text[..at].trim_end().as_bytes().last().copied().unwrap_or(b' ');
            let after = text[end..].trim_start().as_bytes().first().copied().unwrap_or(b' ');
            let is_bare = matches!(before, b':' | b',' | b'[' | b'(') && matches!(after, b',' | b'}' | b']' | b')');
            let is_text = before == b'"' && matches!(after, b'"' | b'\\');
            if let Ok(value) = text[at..end].parse()
                && (is_bare || is_text)
            {
                let last_quote = text[..at].rfind(['"', '\'']).unwrap_or(0);
                let quote = match (&text[..last_quote], bytes[last_quote]) {
                    _ if is_text => "",
                    (_, b'\'') => "'",
                    (before, _) if before.ends_with('\\') => "\\\"",
                    _ => "\"",
                };
                numbers.push(Self { start: at, end, value, quote });
            }
            at = end;
        }
        numbers
    }

    fn replaced(&self, text: &str, with: &str) -> String {
        [&text[..self.start], with, &text[self.end..]].concat()
    }

    /// The text with a word in place of the number.
    fn with_word(&self, text: &str) -> String {
        self.replaced(text, &format!("{0}x{0}", self.quote))
    }
}

/// The lines of what differs between two readings in its numbers alone: with the same records, which know the same.
fn changed(before: &[(u64, String)], after: &[(u64, String)]) -> BTreeSet<u64> {
    let shape = |all: &[(u64, String)]| -> Vec<String> {
        let mut shapes: Vec<String> =
            all.iter().map(|(_, text)| text.replace(|c: char| c.is_ascii_digit(), "")).collect();
        shapes.sort();
        shapes
    };
    if shape(before) != shape(after) {
        return BTreeSet::new();
    }
    before.iter().filter(|one| !after.contains(one)).map(|(line, _)| *line).collect()
}

/// Whether every record is one of the others, as often as there.
fn is_part_of(part: &[(u64, String)], whole: &[(u64, String)]) -> bool {
    let mut left: Vec<&str> = whole.iter().map(|(_, text)| text.as_str()).collect();
    part.iter().all(|(_, text)| left.iter().position(|other| other == text).map(|at| left.swap_remove(at)).is_some())
}

/// What a number of a fixture changes when it changes: the lines of the records whose counts, and whose amounts differ.
fn effect(fixture: &Fixture, plain: &Outcome, number: &Number) -> (BTreeSet<u64>, BTreeSet<u64>) {
    for probe in [number.value + 1.0, number.value - 1.0] {
        let outcome = fixture.read(&number.replaced(&fixture.text, &probe.to_string()));
        let counts = changed(&plain.counts, &outcome.counts);
        let amounts = changed(&plain.amounts, &outcome.amounts);
        if !counts.is_empty() || !amounts.is_empty() {
            return (counts, amounts);
        }
    }
    Default::default()
}

/// Puts a damage in the place of a number, and checks that the record is rejected and named, and nothing else changed.
fn check(fixture: &Fixture, plain: &Outcome, number: &Number, lines: &BTreeSet<u64>, damage: &str) {
    let text = if damage == "x" { number.with_word(&fixture.text) } else { number.replaced(&fixture.text, damage) };
    let outcome = fixture.read(&text);
    let line = fixture.text[..number.start].matches('\n').count() as u64 + 1;
    let shown = format!("{}: {damage} for {} in line {line}", fixture.shown, number.value);
    assert!(outcome.rejected > plain.rejected, "{shown} is kept: {:?} {:?}", outcome.counts, outcome.amounts);
    // The line of the value that holds the number, or that of the record which several lines make.
    let places = lines.iter().chain([&line]).map(|line| format!("{}:{line}", fixture.shown));
    let noticed = [outcome.places("bad-count"), outcome.places("bad-amount")].concat();
    assert!(places.into_iter().any(|place| noticed.contains(&place.as_str())), "{shown}: {noticed:?}");
    let format = plain.format.unwrap_or_default();
    if !COMBINED.contains(&format) {
        assert!(is_part_of(&outcome.counts, &plain.counts), "{shown} changes others: {:?}", outcome.counts);
        assert!(is_part_of(&outcome.amounts, &plain.amounts), "{shown} changes others: {:?}", outcome.amounts);
    }
}

#[test]
fn a_damaged_count_or_amount_rejects_its_record_and_says_where() {
    let (mut counts, mut amounts): (BTreeMap<&str, u32>, BTreeSet<&str>) = Default::default();
    for fixture in Fixture::all() {
        let plain = fixture.read(&fixture.text);
        let format = plain.format.unwrap_or_else(|| panic!("{} is in no format", fixture.shown));
        counts.entry(format).or_default();
        for number in Number::all(&fixture.text) {
            let (of_counts, of_amounts) = effect(&fixture, &plain, &number);
            if !of_counts.is_empty() {
                *counts.entry(format).or_default() += 1;
                for damage in ["-5", "1.5", "1e30", "x"] {
                    check(&fixture, &plain, &number, &of_counts, damage);
                }
            } else if !of_amounts.is_empty() {
                // Amounts may be negative or fractional.
                amounts.insert(format);
                check(&fixture, &plain, &number, &of_amounts, "x");
            }
        }
    }
    let without: Vec<&str> = counts.iter().filter(|(_, numbers)| **numbers == 0).map(|(format, _)| *format).collect();
    assert_eq!(without, WITHOUT_COUNTS, "formats of which no count was damaged");
    assert!(amounts.len() >= 15, "amounts of {amounts:?} only");
    for source in SOURCES.iter().filter(|source| !source.keys().is_empty()) {
        assert!(counts.contains_key(source.id()), "{} has no JSON fixture", source.id());
    }
}
