//! Real logs with totals from an independent calculation, where they are at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{arg, spend};

/// Tokens and records by source and a second key; zero counts are left out.
type Table = BTreeMap<(String, String), BTreeMap<String, u64>>;

fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpora").join(name);
    if folder.join("expected.json").exists() {
        return Some(folder);
    }
    eprintln!("skipped: the corpus {name} is not here");
    None
}

fn expected(table: &Value) -> Table {
    let mut all = Table::new();
    for (key, counts) in table.as_object().expect("an object") {
        let (bucket, name) = key.split_once('|').expect("source|name");
        let source = match bucket {
            "claude" | "claude_subagent_embedded" => "claude-code",
            "codex" => "codex",
            "gemini" => "gemini-cli",
            "opencode" => "opencode",
            other => panic!("no format for {other}"),
        };
        let row = all.entry((source.to_owned(), name.to_owned())).or_default();
        for (field, count) in counts.as_object().expect("counts").iter().filter(|(field, _)| *field != "cost_stored") {
            *row.entry(field.clone()).or_default() += count.as_u64().expect("a count");
        }
    }
    all.values_mut().for_each(|row| row.retain(|_, count| *count > 0));
    all
}

fn found(document: &Value, key: &str) -> Table {
    let row = |row: &Value| {
        let text = |name: &str| row["key"][name].as_str().expect("a key").to_owned();
        let tokens = row["tokens"].as_object().expect("tokens");
        let mut counts: BTreeMap<String, u64> = tokens
            .iter()
            .filter_map(|(name, count)| Some((name.clone(), count.as_u64().filter(|n| *n > 0)?)))
            .collect();
        counts.insert("records".to_owned(), row["records"].as_u64().expect("a count"));
        ((text("source"), text(key)), counts)
    };
    document["rows"].as_array().expect("rows").iter().map(row).collect()
}

fn unpack(corpus: &Path, folder: &Path) {
    let packed = std::fs::File::open(corpus.join("logs.tar.zst")).expect("the logs");
    let mut decoder = zstd::stream::read::Decoder::new(packed).expect("zstd");
    decoder.window_log_max(31).expect("a window");
    tar::Archive::new(decoder).unpack(folder).expect("the logs unpack");
}

fn check(name: &str) {
    let Some(corpus) = corpus(name) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    unpack(&corpus, folder.path());
    let text = std::fs::read_to_string(corpus.join("expected.json")).expect("the totals");
    let totals: Value = serde_json::from_str(&text).expect("JSON");
    for (key, table) in [("model", "by_model"), ("day", "by_day_utc")] {
        let document = spend(&[folder.path()], &["--by", "source", "--by", key]).json();
        assert_eq!(found(&document, key), expected(&totals[table]), "{name} by {key}");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_cost.py");
    let arguments = [arg(&script), arg(folder.path()), env!("CARGO_BIN_EXE_tokaudit")];
    match Command::new("python3").args(arguments).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}: {said}");
        }
        Err(err) => eprintln!("skipped: the independent cost of {name} needs python3 ({err})"),
    }
}

#[test]
fn aider_monochromatic_is_exact() {
    let Some(corpus) = corpus("aider-monochromatic") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    unpack(&corpus, folder.path());
    let text = std::fs::read_to_string(corpus.join("expected.json")).expect("the totals");
    let wanted: Value = serde_json::from_str(&text).expect("JSON");
    let document = spend(&[folder.path()], &["--by", "source"]).json();
    let totals = &document["totals"];
    assert_eq!(totals["records"], wanted["messages"]);
    assert_eq!(totals["tokens"]["input"].as_f64(), wanted["sent"].as_f64());
    assert_eq!(totals["tokens"]["output"].as_f64(), wanted["received"].as_f64());
    let cost = totals["reported_cost_usd"].as_str().expect("a cost");
    assert_eq!(cost, wanted["cost_message_sum"].to_string());
}

#[test]
fn nimbus_is_exact() {
    check("nimbus");
}

#[test]
fn entire_cli_is_exact() {
    check("entire-cli");
}

#[test]
fn entire_skills_is_exact() {
    check("entire-skills");
}
