//! Real logs with totals from an independent calculation, where they are at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{arg, git, git_output, spend};
use crate::skip::skip;

/// Tokens and records by source and a second key; zero counts are left out.
type Table = BTreeMap<(String, String), BTreeMap<String, u64>>;

fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpora").join(name);
    if folder.join("expected.json").exists() {
        return Some(folder);
    }
    skip("corpora", name);
    None
}

fn expected(table: &Value) -> Table {
    let book = tokaudit::pricing::PriceBook::embedded().expect("the book");
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
        // Tables have one name for a model, logs have several.
        let name = book.identify(name).map_or(name, |model| book.name_of(model).1);
        let row = all.entry((source.to_owned(), name.to_owned())).or_default();
        for (field, count) in counts.as_object().expect("counts").iter().filter(|(field, _)| *field != "cost_stored") {
            *row.entry(field.clone()).or_default() += count.as_u64().expect("a count");
        }
    }
    all.values_mut().for_each(|row| row.retain(|_, count| *count > 0));
    all
}

fn found(document: &Value, key: &str) -> Table {
    let book = tokaudit::pricing::PriceBook::embedded().expect("the book");
    let row = |row: &Value| {
        let text = |name: &str| row["key"][name].as_str().expect("a key").to_owned();
        let tokens = row["tokens"].as_object().expect("tokens");
        let mut counts: BTreeMap<String, u64> = tokens
            .iter()
            .filter_map(|(name, count)| Some((name.clone(), count.as_u64().filter(|n| *n > 0)?)))
            .collect();
        counts.insert("records".to_owned(), row["records"].as_u64().expect("a count"));
        let name = text(key);
        let name = book.identify(&name).map_or(name.clone(), |model| book.name_of(model).1.to_owned());
        ((text("source"), name), counts)
    };
    document["rows"].as_array().expect("rows").iter().map(row).collect()
}

fn unpack(corpus: &Path, folder: &Path) {
    let packed = std::fs::File::open(corpus.join("logs.tar.zst")).expect("the logs");
    let mut decoder = zstd::stream::read::Decoder::new(packed).expect("zstd");
    decoder.window_log_max(31).expect("a window");
    tar::Archive::new(decoder).unpack(folder).expect("the logs unpack");
}

/// Clones the repository of a corpus with all its references.
fn mirror(corpus: &Path, clone: &Path) {
    let bundle = corpus.join("repo.bundle");
    git_output(corpus, &["-c", "init.defaultBranch=main", "clone", "-q", "--mirror", arg(&bundle), arg(clone)]);
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
        Err(err) => skip("python3", &format!("the independent cost of {name} ({err})")),
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

/// Precision and recall of pairs of session and commit, where truth is strong; weak truth is neither right nor wrong.
fn score(rows: &[Value], truth: &str) -> (f64, f64) {
    use std::collections::BTreeSet;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let truth: Vec<Value> = truth.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
    let known = truth.iter().filter(|session| !session["log_file"].is_null());
    let (mut sessions, mut weak, mut strong) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for session in known {
        sessions.insert(text(&session["session_id"]));
        for link in session["links"].as_array().expect("links") {
            let pair = (text(&session["session_id"]), text(&link["sha"]));
            if link["files_overlap"].as_u64() > Some(0) {
                strong.insert(pair)
            } else {
                weak.insert(pair)
            };
        }
    }
    let claimed: BTreeSet<(String, String)> = rows
        .iter()
        .filter(|row| row["sha"].is_string())
        .map(|row| (text(&row["session_id"]), text(&row["sha"])))
        .filter(|pair| sessions.contains(&pair.0) && !weak.contains(pair))
        .collect();
    let right = claimed.intersection(&strong).count();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred pairs")]
    let share = |of: usize| right as f64 / of.max(1) as f64;
    (share(claimed.len()), share(strong.len()))
}

#[test]
fn explicit_links_are_those_of_the_checkpoints() {
    for name in ["entire-cli", "entire-skills"] {
        let Some(corpus) = corpus(name) else { continue };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (logs, clone) = (folder.path().join("logs"), folder.path().join("repo.git"));
        unpack(&corpus, &logs);
        mirror(&corpus, &clone);
        let branch = "refs/heads/entire/checkpoints/v1:refs/heads/entire/checkpoints/v1";
        git_output(&clone, &["fetch", "-q", arg(&corpus.join("checkpoints.bundle")), branch]);
        let arguments = ["ledger", "--table", "links", "-q", "--no-cache", arg(&logs), "--repo", arg(&clone)];
        let ran = crate::program::run(&arguments);
        let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
        let explicit: Vec<Value> = rows.iter().filter(|row| row["tier"] == "explicit").cloned().collect();
        let truth = std::fs::read_to_string(corpus.join("truth.jsonl")).expect("the truth");
        let (precision, recall) = score(&explicit, &truth);
        assert!(precision >= 0.99 && recall >= 0.99, "{name}: {precision:.3} {recall:.3}");
    }
}

/// Requests that merges name, each reviewed an hour before: what a forge would export of them, about.
fn pulls_of(repository: &Path) -> Value {
    let log = git(repository, &["log", "--first-parent", "--format=%H %ct %s"]).output().expect("git runs");
    let log = String::from_utf8_lossy(&log.stdout).into_owned();
    let pulls = log.lines().filter_map(|line| {
        let (id, rest) = line.split_once(' ')?;
        let (seconds, subject) = rest.split_once(' ')?;
        let digits: String = subject.split_once('#')?.1.chars().take_while(char::is_ascii_digit).collect();
        let merged = chrono::DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
        let label = if digits.len().is_multiple_of(2) { "bug" } else { "feature" };
        let at = |hours: i64| (merged - chrono::TimeDelta::hours(hours)).to_rfc3339();
        Some(serde_json::json!({
            "number": digits.parse::<u64>().ok()?, "mergeCommit": {"oid": id}, "state": "MERGED", "mergedAt": at(0),
            "createdAt": at(30), "author": {"login": "dana"}, "labels": [{"name": label}],
            "reviews": [{"author": {"login": "eve"}, "state": "COMMENTED", "submittedAt": at(20)}], "commits": [],
        }))
    });
    Value::Array(pulls.collect())
}

#[test]
fn every_dollar_of_every_corpus_has_one_fate() {
    use tokaudit::model::money::Money;
    for name in ["entire-cli", "entire-skills", "nimbus", "aider-monochromatic"] {
        let Some(corpus) = corpus(name) else { continue };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (logs, clone) = (folder.path().join("logs"), folder.path().join("repo.git"));
        unpack(&corpus, &logs);
        mirror(&corpus, &clone);
        let export = folder.path().join("pulls.json");
        let pulls = pulls_of(&clone);
        std::fs::write(&export, pulls.to_string()).expect("a file");
        let mut arguments = vec!["audit", arg(&logs), "--repo", arg(&clone), "--no-cache", "-q", "--format", "json"];
        if pulls.as_array().is_some_and(|pulls| !pulls.is_empty()) {
            arguments.extend(["--pull-requests", arg(&export)]);
        }
        let ran = crate::program::run(&arguments);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        let document = ran.json();
        let money = |value: &Value| Money::parse_usd(value.as_str().unwrap_or("0")).expect("an amount");
        let total = money(&document["scope"]["development"]["cost_usd"]);
        let rows = |value: &Value| value.as_array().expect("rows").clone();
        let sum = |rows: &[Value]| rows.iter().map(|row| money(&row["cost_usd"])).sum::<Money>();
        let (classes, cells) = (rows(&document["waterfall"]), rows(&document["fates"]["cells"]));
        assert_eq!(
            (sum(&classes), sum(&cells), money(&document["fates"]["total_usd"])),
            (total, total, total),
            "{name}"
        );
        for margin in ["purpose", "fate"] {
            let mut sums: BTreeMap<String, Money> = BTreeMap::new();
            for cell in &cells {
                *sums.entry(cell[margin].to_string()).or_default() += money(&cell["cost_usd"]);
            }
            assert_eq!(sums.into_values().sum::<Money>(), total, "{name} by {margin}");
        }
    }
}
