//! What must hold whatever the order, the threads and the cut of the files: on the example, whose truth is known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokaudit::example::{self, Example};
use tokaudit::model::money::Money;

use crate::program::{arg, run, spend};

fn built() -> (tempfile::TempDir, Example) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let example = example::build(folder.path()).expect("the example");
    (folder, example)
}

fn tokens(truth: &example::TokenTruth) -> Value {
    json!([truth.input, truth.cache_read, truth.cache_write_5m, truth.cache_write_1h, truth.output, truth.reasoning])
}

/// The buckets of a row, unknown as zero: the truth knows no unknown.
fn found_tokens(row: &Value) -> Value {
    let names = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning"];
    names.iter().map(|name| json!(row["tokens"][name].as_u64().unwrap_or(0))).collect()
}

fn logs_below(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("an entry").into_path())
        .filter(|path| path.is_file())
        .collect();
    all.sort();
    all
}

#[test]
fn the_example_is_counted_as_it_was_made() {
    let (_folder, example) = built();
    let truth = &example.truth;
    let by = |key: &str| spend(&[&example.logs], &["--by", key]).json();
    let total = by("model");
    assert_eq!(found_tokens(&total["totals"]), tokens(&truth.total.tokens));
    assert_eq!(total["totals"]["records"], truth.total.requests);
    let counts = &total["reconciliation"];
    let expected = &truth.counts;
    for (name, count) in [
        ("files", expected.files),
        ("lines_read", expected.lines),
        ("records_read", expected.read()),
        ("kept", expected.kept),
        ("duplicate", expected.duplicate),
        ("replayed", expected.replayed),
        ("ignored", expected.ignored),
        ("rejected", expected.rejected),
    ] {
        assert_eq!(counts[name], count, "{name}");
    }
    let days: BTreeMap<String, example::SpendTruth> =
        truth.by_day.iter().map(|(day, spend)| (day.to_string(), *spend)).collect();
    let models = truth.by_model.iter().map(|(model, spend)| ((*model).to_string(), *spend)).collect();
    let sources = truth.by_source.iter().map(|(source, spend)| ((*source).to_string(), *spend)).collect();
    let sessions = truth.sessions.iter().map(|session| (session.id.clone(), session.spend)).collect();
    let tables: [(&str, BTreeMap<String, example::SpendTruth>); 4] =
        [("day", days), ("model", models), ("source", sources), ("session", sessions)];
    for (key, expected) in tables {
        let document = by(key);
        let rows = document["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), expected.len(), "{key}");
        for row in rows {
            let name = row["key"][key].as_str().expect("a key");
            let truth = expected.get(name).unwrap_or_else(|| panic!("{key} {name}"));
            assert_eq!(
                (found_tokens(row), &row["records"]),
                (tokens(&truth.tokens), &json!(truth.requests)),
                "{key} {name}"
            );
        }
    }
    for (at, name) in ["shop", "site"].iter().enumerate() {
        let ran = run(&["history", arg(&example.repos[at]), "--format", "json", "-q"]);
        assert_eq!(ran.json()["repos"][0]["merged_lines"], truth.merged_lines(name), "{name}");
    }
}

#[test]
fn order_and_threads_do_not_show() {
    let (_folder, example) = built();
    let files = logs_below(&example.logs);
    let mut forward: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let keys = ["--by", "day", "--by", "session", "--by", "model"];
    let first = spend(&forward, &keys);
    forward.reverse();
    assert_eq!(spend(&forward, &keys).stdout, first.stdout);
    for threads in ["1", "2", "8"] {
        let ran = spend(&forward, &[&keys[..], &["--threads", threads]].concat());
        assert_eq!(ran.stdout, first.stdout, "{threads} threads");
        let audit = ["audit", arg(&example.logs), "--repo", arg(&example.repos[0]), "--format", "json", "-q"];
        let wide = run(&[&audit[..], &["--threads", threads]].concat());
        assert_eq!(wide.stdout, run(&audit).stdout, "{threads} threads");
    }
}

#[test]
fn splitting_and_joining_files_does_not_show() {
    let (folder, example) = built();
    let keys = ["--by", "day", "--by", "session", "--by", "model", "--by", "branch"];
    let numbers = |paths: &[&Path]| {
        let document = spend(paths, &keys).json();
        let mut counts = document["reconciliation"].clone();
        counts.as_object_mut().expect("an object").remove("files");
        (document["rows"].clone(), document["totals"].clone(), counts)
    };
    let whole = numbers(&[&example.logs]);
    let pieces = folder.path().join("pieces");
    std::fs::create_dir(&pieces).expect("a folder");
    let (mut joined, mut claude, mut codex) = (Vec::new(), Vec::new(), Vec::new());
    for (at, path) in logs_below(&example.logs).iter().enumerate() {
        let mut bytes = std::fs::read(path).expect("a log");
        let is_codex = path.components().any(|part| part.as_os_str() == ".codex");
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        // A rollout counts on from line to line, so only transcripts may be cut.
        let size = if is_codex { lines.len() } else { 1 + at * 7 % 23 };
        for (piece, part) in lines.chunks(size.max(1)).enumerate() {
            std::fs::write(pieces.join(format!("{at:03}-{piece:03}")), part.concat()).expect("a piece");
        }
        if bytes.last() != Some(&b'\n') {
            bytes.push(b'\n');
        }
        joined.extend_from_slice(&bytes);
        if is_codex { &mut codex } else { &mut claude }.extend_from_slice(&bytes);
    }
    assert_eq!(numbers(&[&pieces]), whole, "in pieces");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let (claude, codex) = (write("claude", &claude), write("codex", &codex));
    assert_eq!(numbers(&[&claude, &codex]), whole, "one file per agent");
    assert_eq!(numbers(&[&write("all", &joined)]), whole, "one file");
}

#[test]
fn the_rows_of_every_key_sum_to_the_total() {
    let (_folder, example) = built();
    for key in ["day", "week", "month", "model", "provider", "source", "session", "project", "branch", "user", "team"] {
        let document = spend(&[&example.logs], &["--by", key]).json();
        let rows = document["rows"].as_array().expect("rows");
        for bucket in ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output"] {
            let sum: u64 = rows.iter().filter_map(|row| row["tokens"][bucket].as_u64()).sum();
            assert_eq!(document["totals"]["tokens"][bucket], sum, "{key} {bucket}");
        }
        let dollars = |row: &Value| {
            row["list_cost_usd"].as_str().map_or(Money::ZERO, |text| Money::parse_usd(text).expect("money"))
        };
        let sum: Money = rows.iter().map(dollars).sum();
        assert_eq!(dollars(&document["totals"]), sum, "{key}");
    }
    let files = run(&["sources", arg(&example.logs), "--format", "json", "-q"]).json();
    for file in files["files"].as_array().expect("files") {
        let count = |name: &str| file["counts"][name].as_u64().expect("a count");
        let parts =
            ["kept", "duplicate", "replayed", "rejected", "ignored"].iter().map(|name| count(name)).sum::<u64>();
        assert_eq!(count("records_read"), parts, "{file}");
    }
}

#[test]
fn an_export_reads_back_to_the_same_totals() {
    let (folder, example) = built();
    let original = spend(&[&example.logs], &["--by", "model"]).json();
    for format in ["csv", "jsonl"] {
        let path = folder.path().join(format!("usage.{format}"));
        let ran = run(&["ledger", arg(&example.logs), "--format", format, "--out", arg(&path), "-q"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let back = spend(&[&path], &["--by", "model"]).json();
        assert_eq!((&back["rows"], &back["totals"]), (&original["rows"], &original["totals"]), "{format}");
        // Beside its own source an export adds nothing: its records carry the ids of the original.
        let both = spend(&[&example.logs, &path], &["--by", "model"]).json();
        assert_eq!(both["totals"]["list_cost_usd"], original["totals"]["list_cost_usd"], "{format}");
        assert_eq!(both["totals"]["records"], original["totals"]["records"], "{format}");
    }
}

#[test]
fn a_price_of_ones_own_replaces_the_books() {
    let (folder, example) = built();
    let prices = folder.path().join("prices.csv");
    std::fs::write(
        &prices,
        "model,input,cache_read,cache_write_5m,cache_write_1h,output\nacme-internal-7b,1,1,1,1,1\n",
    )
    .expect("a file");
    let before = spend(&[&example.logs], &[]).json();
    let after = spend(&[&example.logs], &["--prices", arg(&prices)]).json();
    assert_eq!(after["totals"]["unpriced_records"], 0);
    let dollars = |document: &Value| {
        Money::parse_usd(document["totals"]["list_cost_usd"].as_str().expect("text")).expect("money")
    };
    // A dollar a million tokens, whatever their kind: a micro-dollar each.
    let tokens = before["totals"]["unpriced_tokens"].as_u64().expect("a count");
    assert!(tokens > 0);
    assert_eq!(dollars(&after) - dollars(&before), Money::from_nanos(i128::from(tokens) * 1_000));
}
