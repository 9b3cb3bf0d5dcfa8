//! What a file is, is found out behind damage, and what is recognised is read.

use std::io::Write as _;
use std::sync::Arc;

use tokaudit::model::period::Period;
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{Head, Parser, ReadOptions, Reading, SOURCES, Sniff, Undated, read};

use crate::program;

fn options() -> ReadOptions {
    let as_of = "2026-06-01T00:00:00Z".parse().expect("a time");
    ReadOptions { undated: Some(Undated::within(&Period::all(chrono_tz::UTC), as_of)), ..ReadOptions::default() }
}

fn read_bytes(bytes: &[u8]) -> Reading {
    let (size, bytes) = (bytes.len() as u64, bytes.to_vec());
    let input = InputFile::from_content("a file".to_owned(), size, Arc::new(move || Ok(bytes.clone())));
    read(&[input], &options(), &|_| ())
}

/// A fixture of each format that is one JSON value a line: the id of the format, and the content.
fn logs() -> Vec<(&'static str, Vec<u8>)> {
    let mut found: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for case in crate::formats::cases() {
        for entry in walkdir::WalkDir::new(&case).sort_by_file_name() {
            let entry = entry.expect("an entry");
            let skipped = ["README.md", "expected.json"].iter().any(|name| entry.file_name() == *name);
            if skipped || !entry.file_type().is_file() {
                continue;
            }
            let bytes = std::fs::read(entry.path()).expect("a fixture");
            let head = Head::new(&bytes);
            let Some(source) = SOURCES.iter().find(|source| source.sniff(&head) == Sniff::Yes) else { continue };
            let is_lines = matches!(source.open(&head, &options()), Parser::Lines(_));
            let known = found.iter().any(|(id, _)| *id == source.id());
            if is_lines && !known && read_bytes(&bytes).files[0].counts.records_read > 0 {
                found.push((source.id(), bytes));
            }
        }
    }
    found
}

#[test]
fn a_damaged_start_costs_one_line_and_not_the_file() {
    let logs = logs();
    assert!(logs.len() >= 23, "{} formats", logs.len());
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).expect("memory");
        packed.finish().expect("memory")
    };
    let utf16 = |bytes: &[u8]| -> Vec<u8> {
        let text = String::from_utf8_lossy(bytes);
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let mut wrong = Vec::new();
    for (id, whole) in &logs {
        let plain = read_bytes(whole);
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap_or(whole.len());
        let starts: [(&str, Vec<u8>, u64); 7] = [
            ("a line cut in the middle", [&whole[..first / 2], b"\n"].concat(), 1),
            ("a line cut in a key", b"{\"parentUuid\":\"abc\",\"isSide\n".to_vec(), 1),
            ("a long line cut in a text", [b"{\"x\":\"", "y".repeat(70_000).as_bytes(), b"\n"].concat(), 1),
            ("a banner", b"Starting the container at 12:00\n".to_vec(), 1),
            ("blank lines", vec![b'\n'; 70_000], 0),
            ("NUL bytes", vec![0; 64 << 10], 0),
            ("a byte-order mark", b"\xef\xbb\xbf".to_vec(), 0),
        ];
        for (what, start, rejected) in starts {
            let damaged = [start.as_slice(), whole].concat();
            for (wrapped, bytes) in
                [("", damaged.clone()), (" in gzip", gzip(&damaged)), (" in UTF-16", utf16(&damaged))]
            {
                let reading = read_bytes(&bytes);
                let (found, before) = (&reading.files[0], &plain.files[0]);
                let records = before.counts.records_read + rejected;
                if (found.counts.records_read, found.counts.rejected) != (records, before.counts.rejected + rejected)
                    || reading.usage.len() != plain.usage.len()
                {
                    wrong.push(format!(
                        "{id} after {what}{wrapped}: {:?} with {:?} for {:?}",
                        found.format, found.counts, before.counts
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

/// The kinds of notices in a report, with their examples.
fn notices(ran: &program::Ran) -> Vec<(String, String)> {
    let document = ran.json();
    let notice = |notice: &serde_json::Value| {
        (notice["kind"].as_str().unwrap_or_default().to_owned(), notice["examples"].to_string())
    };
    document["diagnostics"].as_array().expect("notices").iter().map(notice).collect()
}

const TABLE: &[u8] = b"timestamp,model,input_tokens,output_tokens\n2026-05-01T08:00:00Z,gpt-5,1000,10\n";

#[test]
fn what_is_recognised_and_not_read_is_an_error_also_in_a_folder() {
    // The keys of a report of costs, in a shape of its own.
    let other =
        br#"{"object": "page", "report": {"start_time": 1777852800, "line_item": "x", "amount": {"value": 2}}}"#;
    let codex = br#"{"timestamp":"2026-05-01T00:00:00Z","type":"newer","payload":{"usage":{"tokens":7}}}"#;
    for (content, exit, kind) in [(&other[..], 0, "unrecognised-file"), (&codex[..], 3, "nothing-read")] {
        let folder = folder(&[("usage.csv", TABLE), ("other.json", content)]);
        let ran = program::spend(&[folder.path()], &[]);
        assert_eq!(ran.code, Some(exit), "{}", ran.stderr);
        let found = notices(&ran);
        assert!(found.iter().any(|(found, places)| found == kind && places.contains("other.json")), "{found:?}");
        assert_eq!(ran.json()["totals"]["records"], 1);
    }
}

#[test]
fn a_session_without_an_answer_and_an_empty_page_are_no_error() {
    let session = br#"{"type":"user","sessionId":"s","uuid":"u","timestamp":"2026-05-01T00:00:00Z","message":{"role":"user","content":"hi"}}"#;
    for (name, content, kind) in
        [("s.jsonl", &session[..], "no-usage"), ("page.json", br#"{"data": [], "has_more": false}"#, "empty-page")]
    {
        let folder = folder(&[(name, content)]);
        let ran = program::spend(&[folder.path()], &[]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let found = notices(&ran);
        assert!(found.iter().any(|(found, _)| found == kind), "{found:?}");
        assert!(found.iter().all(|(found, _)| found != "empty-period"), "{found:?}");
    }
}

#[test]
fn an_empty_period_names_the_days_and_the_month_that_have_records() {
    let folder = folder(&[("usage.csv", TABLE)]);
    let ran = program::spend(&[folder.path()], &["--month", "2024-01"]);
    let found = notices(&ran);
    let place = found.iter().find(|(kind, _)| kind == "empty-period").map(|(_, places)| places.clone());
    let place = place.expect("a notice");
    assert!(place.contains("2026-05-01 to 2026-05-01") && place.contains("--month 2026-05"), "{place}");
}

#[test]
fn a_file_whose_records_are_all_rejected_is_an_error() {
    let bad = b"timestamp,model,input_tokens,output_tokens\n1/2/26,gpt-5,1000,10\n1/3/26,gpt-5,1000,10\n";
    let folder = folder(&[("usage.csv", TABLE), ("bad.csv", bad)]);
    let ran = program::spend(&[folder.path()], &[]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(notices(&ran).iter().any(|(kind, _)| kind == "all-rejected"), "{}", ran.stdout);
}

#[test]
fn titles_above_a_table_and_files_beside_logs_are_named_for_what_they_are() {
    let titled = [b"Usage report\n\"May, all teams\"\n\n", TABLE].concat();
    let folder = folder(&[
        ("usage.csv", &titled),
        ("seats.csv", b"user,assigned_at\na@x.example,2026-05-01\n"),
        ("unknown.jsonl", b"{\"a\":1}\n{\"a\":2}\n"),
    ]);
    let ran = program::spend(&[folder.path()], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.json()["totals"]["records"], 1);
    let found = notices(&ran);
    for (kind, place) in
        [("title-lines", "usage.csv:1"), ("side-file", "--seats"), ("unrecognised-log", "unknown.jsonl")]
    {
        assert!(found.iter().any(|(found, places)| found == kind && places.contains(place)), "{kind}: {found:?}");
    }
}

#[test]
fn the_log_of_a_database_is_read_with_it_and_not_on_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (live, copy) = (folder.path().join("live.db"), folder.path().join("copy"));
    std::fs::create_dir(&copy).expect("a folder");
    let program = rusqlite::Connection::open(&live).expect("a database");
    program
        .execute_batch(
            "PRAGMA journal_mode=WAL;
             CREATE TABLE sessions(id TEXT, created_at TEXT, model_config_json TEXT, provider_name TEXT,
                 accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, working_dir TEXT);
             INSERT INTO sessions VALUES('a', '2026-05-01 08:00:00', '{}', 'openai', 100, 10, '/w');",
        )
        .expect("a table");
    for name in ["live.db", "live.db-wal"] {
        std::fs::copy(folder.path().join(name), copy.join(name)).expect("a copy");
    }
    let ran = program::spend(&[&copy], &[]);
    assert_eq!(ran.json()["totals"]["records"], 1, "{}", ran.stderr);
    let found = notices(&ran);
    assert!(found.iter().all(|(_, places)| !places.contains("-wal")), "{found:?}");
    // The same while the program has it open.
    assert_eq!(program::spend(&[&live], &[]).json()["totals"]["records"], 1);
    drop(program);
}
