//! No figure of a record is passed over in silence: fixtures get figures that no format knows, and lose keys that formats need.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;
use serde_json::{Map, Value};
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{ReadOptions, SOURCES, Undated, UnreadFigure, read};

/// Formats of text without keys, and fixtures without usage of their own.
const WITHOUT_KEYS: [&str; 1] = ["aider"];
/// Formats that count only the value side, or requests without any figure.
const WITHOUT_FIGURES: [&str; 5] =
    ["cursor-code-commits", "cursor-code-tracking", "copilot-metrics", "copilot-chat", "copilot-requests"];

/// What a reading gave.
struct Outcome {
    format: Option<&'static str>,
    /// The counts and amounts of all records.
    records: BTreeSet<String>,
    accepted: u64,
    rejected: u64,
    unread: Vec<UnreadFigure>,
    /// The ids of notices of warnings and errors.
    kinds: Vec<&'static str>,
}

impl Outcome {
    fn reports(&self, name: &str) -> bool {
        self.unread.iter().any(|figure| figure.path.contains(name))
    }
}

fn read_file(shown: &str, path: Option<&Path>, content: Vec<u8>) -> Outcome {
    let input = match path {
        Some(path) => InputFile {
            path: path.to_owned(),
            content: None,
            display_name: shown.to_owned(),
            bytes: 0,
            named: true,
            depth: 0,
        },
        None => {
            let bytes = content.len() as u64;
            let mut input = InputFile::from_content(shown.to_owned(), bytes, Arc::new(move || Ok(content.clone())));
            input.named = true;
            input
        }
    };
    let undated = Some(Undated { at: DateTime::from_timestamp_secs(1_780_000_000).expect("a time"), period: None });
    let reading = read(&[input], &ReadOptions { undated, ..ReadOptions::default() }, &|_| {});
    let file = reading.files[0].clone();
    let kinds = reading.diagnostics.all().iter().map(|notice| notice.kind).collect();
    let records = reading.usage.into_all().map(|observation| {
        let record = observation.record;
        let amounts = (record.billed_cost, record.reported_cost, record.bill.gross_cost, record.bill.quantity_micros);
        format!("{} {:?} {:?} {amounts:?}", record.origin.line, record.tokens, record.request_count)
    });
    Outcome {
        format: file.format,
        records: records.collect(),
        accepted: file.counts.records_read - file.counts.rejected - file.counts.ignored,
        rejected: file.counts.rejected,
        unread: file.unread,
        kinds,
    }
}

/// The inputs of all fixtures, with the format that each is of.
fn inputs() -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for case in crate::formats::cases() {
        let format = case.parent().and_then(Path::file_name).expect("a format").to_string_lossy().into_owned();
        for entry in walkdir::WalkDir::new(&case).sort_by_file_name() {
            let path = entry.expect("an entry").into_path();
            let is_input = path.is_file() && !path.ends_with("README.md") && !path.ends_with("expected.json");
            if is_input {
                all.push((format.clone(), path));
            }
        }
    }
    all
}

/// The values of a JSON file; none if it is something else.
fn values(text: &str) -> Vec<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Vec::new();
    }
    serde_json::Deserializer::from_str(text).into_iter().map_while(Result::ok).collect()
}

fn write(values: &[Value]) -> Vec<u8> {
    values.iter().map(|value| format!("{value}\n")).collect::<String>().into_bytes()
}

/// Gets the path of an object and the object.
type Each<'a> = dyn FnMut(&[String], &mut Map<String, Value>) + 'a;

/// Calls `each` with every object in a value, and the path to it: keys, and `[]` for the items of lists.
fn each_object(value: &mut Value, path: &mut Vec<String>, each: &mut Each<'_>) {
    match value {
        Value::Object(entries) => {
            each(path, entries);
            for (key, value) in entries.iter_mut() {
                path.push(key.clone());
                each_object(value, path, each);
                path.pop();
            }
        }
        Value::Array(items) => {
            path.push("[]".to_owned());
            items.iter_mut().for_each(|item| each_object(item, path, each));
            path.pop();
        }
        _ => {}
    }
}

fn change(all: &[Value], each: &mut Each<'_>) -> Vec<u8> {
    let mut all = all.to_vec();
    all.iter_mut().for_each(|value| each_object(value, &mut Vec::new(), each));
    write(&all)
}

/// The places of numbers that are read: where one more changes what is counted.
fn read_keys(shown: &str, all: &[Value], plain: &Outcome) -> Vec<(Vec<String>, String)> {
    let mut keys: BTreeSet<(Vec<String>, String)> = BTreeSet::new();
    change(all, &mut |path, entries| {
        for (key, _) in entries.iter().filter(|(_, value)| value.as_f64().is_some_and(|number| number != 0.0)) {
            keys.insert((path.to_vec(), key.clone()));
        }
    });
    let is_read = |(path, key): &(Vec<String>, String)| {
        let more = change(all, &mut |here, entries| {
            if here == path
                && let Some(value) = entries.get_mut(key)
                && let Some(number) = value.as_f64()
            {
                *value = if value.is_u64() { (value.as_u64().unwrap_or(0) + 1).into() } else { (number * 2.0).into() };
            }
        });
        let outcome = read_file(shown, None, more);
        outcome.format == plain.format && outcome.records != plain.records
    };
    keys.into_iter().filter(is_read).collect()
}

/// Names like those of tokens, money or usage, which tell a figure from a time or a status.
fn looks_like_usage(path: &[String], key: &str) -> bool {
    let names = ["token", "cost", "usage", "credit", "amount", "price", "spend", "units", "cached", "Token", "Cost"];
    let figures = |key: &String| names.iter().any(|name| key.contains(name));
    path.last().is_some_and(figures) || figures(&key.to_owned())
}

#[test]
fn figures_that_no_format_knows_are_reported_in_every_format_of_json() {
    let (mut tried, mut silent) = (BTreeSet::new(), Vec::new());
    for (format, path) in inputs() {
        let text = String::from_utf8(std::fs::read(&path).expect("a fixture")).unwrap_or_default();
        let all = values(&text);
        let shown = path.display().to_string();
        let plain = read_file(&shown, None, write(&all));
        if all.is_empty() || plain.accepted == 0 {
            continue;
        }
        if !plain.unread.is_empty() {
            silent.push(format!("{shown} has figures that are not read: {:?}", plain.unread));
        }
        let keys = read_keys(&shown, &all, &plain);
        let places: BTreeSet<&Vec<String>> =
            keys.iter().filter(|(path, key)| looks_like_usage(path, key)).map(|(path, _)| path).collect();
        for place in places {
            let added = [
                ("advisor_tokens", Value::from(7)),
                ("surcharge_usd", Value::from(3.5)),
                ("sideUsage", serde_json::json!({"seen": 11})),
            ];
            let more = change(&all, &mut |here, entries| {
                if here == place {
                    entries.extend(added.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
                }
            });
            let outcome = read_file(&shown, None, more);
            for (name, _) in &added {
                if !outcome.reports(name) || !outcome.kinds.contains(&"unread-figures") {
                    silent.push(format!("{format}: {shown}: {name} at {place:?}"));
                }
            }
            tried.insert(format.clone());
        }
    }
    assert!(silent.is_empty(), "passed over:\n{}", silent.join("\n"));
    assert!(tried.len() > 30, "{} formats: {tried:?}", tried.len());
}

#[test]
fn columns_that_no_format_knows_are_reported_in_every_format_of_tables() {
    let mut tried = BTreeSet::new();
    for (format, path) in inputs().into_iter().filter(|(_, path)| path.ends_with("input.csv")) {
        let text = String::from_utf8(std::fs::read(&path).expect("a fixture")).expect("text");
        let shown = path.display().to_string();
        let plain = read_file(&shown, None, text.clone().into_bytes());
        if plain.accepted == 0 {
            continue;
        }
        assert_eq!(plain.unread, [], "{shown} has columns that are not read");
        let header = text.lines().next().unwrap_or("");
        let delimiter = [',', ';', '\t'].into_iter().max_by_key(|sign| header.matches(*sign).count()).expect("three");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(u8::try_from(delimiter).expect("ASCII"))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut writer = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).expect("ASCII"))
            .flexible(true)
            .from_writer(vec![]);
        for (at, row) in reader.records().enumerate() {
            let more = if at == 0 { ["advisor_tokens", "Surcharge (USD)", "sideUsage"] } else { ["7", "3", "11"] };
            writer.write_record(row.expect("a row").iter().chain(more)).expect("memory");
        }
        let outcome = read_file(&shown, None, writer.into_inner().expect("memory"));
        assert_eq!(outcome.format, plain.format, "{shown}");
        if WITHOUT_FIGURES.contains(&format.as_str()) {
            continue;
        }
        for name in ["advisor_tokens", "Surcharge (USD)", "sideUsage"] {
            assert!(outcome.reports(name), "{shown}: {name} is passed over: {:?}", outcome.unread);
        }
        tried.insert(format);
    }
    for source in SOURCES.iter().filter(|source| source.title().contains("CSV")) {
        let id = source.id();
        assert!(
            tried.contains(id) || WITHOUT_FIGURES.contains(&id) || WITHOUT_KEYS.contains(&id),
            "{id} was not tried"
        );
    }
}

#[test]
fn columns_that_no_format_knows_are_reported_in_every_database() {
    let mut tried = BTreeSet::new();
    for (format, path) in inputs().into_iter().filter(|(_, path)| path.extension().is_some_and(|end| end == "sql")) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = folder.path().join("base.db");
        let base = rusqlite::Connection::open(&database).expect("a database");
        base.execute_batch(&std::fs::read_to_string(&path).expect("a fixture")).expect("tables");
        let shown = path.display().to_string();
        let plain = read_file(&shown, Some(&database), Vec::new());
        if plain.accepted == 0 {
            continue;
        }
        assert_eq!(plain.unread, [], "{shown} has columns that are not read");
        let names = base
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .and_then(|mut tables| tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>());
        for table in names.expect("names") {
            for column in ["advisor_tokens INTEGER DEFAULT 7", "surcharge_usd REAL DEFAULT 3.5"] {
                base.execute(&format!("ALTER TABLE \"{table}\" ADD COLUMN {column}"), []).expect("a column");
            }
        }
        let outcome = read_file(&shown, Some(&database), Vec::new());
        for name in ["advisor_tokens", "surcharge_usd"] {
            assert!(outcome.reports(name), "{shown}: {name} is passed over: {:?}", outcome.unread);
        }
        tried.insert(format);
    }
    assert!(tried.len() >= 3, "{tried:?}");
}

#[test]
fn a_renamed_key_is_reported_or_its_file_is_not_claimed() {
    let mut silent = Vec::new();
    for (format, path) in inputs() {
        let text = String::from_utf8(std::fs::read(&path).expect("a fixture")).unwrap_or_default();
        let all = values(&text);
        let shown = path.display().to_string();
        let plain = read_file(&shown, None, write(&all));
        if all.is_empty() || plain.accepted == 0 {
            continue;
        }
        for (place, key) in read_keys(&shown, &all, &plain) {
            if !looks_like_usage(&place, &key) {
                continue;
            }
            let renamed = change(&all, &mut |here, entries| {
                if *here == *place
                    && let Some(value) = entries.remove(&key)
                {
                    entries.insert(format!("renamed_{key}"), value);
                }
            });
            let outcome = read_file(&shown, None, renamed);
            let told = ["unread-figures", "absent-key", "unrecognised-input", "near-format", "missing-names"];
            let is_told = outcome.kinds.iter().any(|kind| told.contains(kind)) || outcome.rejected > plain.rejected;
            // A file that another format claims and finds nothing in is the business of recognition.
            let is_of_another = outcome.format != plain.format && outcome.accepted == 0;
            if !is_told && !is_of_another {
                silent.push(format!("{format}: {shown}: {key} at {place:?}: {:?}", outcome.kinds));
            }
        }
    }
    assert!(silent.is_empty(), "renamed without a word:\n{}", silent.join("\n"));
}
