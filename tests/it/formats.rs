//! Every case under `fixtures/sources`: what goes in, and exactly what comes out, as worked by hand in its README.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokaudit::pricing::{PriceBook, without_billing_words};

use crate::program;

/// The folders of all cases: `fixtures/sources/<format>/<case>`.
pub(crate) fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources");
    let folders = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a folder of fixtures");
        let mut all: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).filter(|p| p.is_dir()).collect();
        all.sort();
        all
    };
    folders(&root).iter().flat_map(|format| folders(format)).collect()
}

#[test]
fn every_case_gives_the_numbers_of_its_readme() {
    let cases = cases();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    for case in cases {
        check(&case);
    }
}

#[test]
fn gross_is_not_spend() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources/copilot-usage-report/transition/input.csv");
    let ran = program::run(&["ledger", program::arg(&path)]);
    let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let cell = |key: &str| rows.iter().map(|row| row[key].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>();
    assert_eq!(cell("gross_cost_usd"), ["0.04", "0.5"]);
    assert_eq!(cell("billed_cost_usd"), ["0", "0"]);
    assert_eq!(cell("consumed_unit"), ["requests", "ai-credits"]);
    assert_eq!(cell("coverage"), ["included", "included"]);
}

#[test]
fn the_credits_of_a_message_count_once_for_all_its_requests() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources/codebuff/adviser/input.json");
    let text = std::fs::read_to_string(&case).expect("a fixture");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("chat-messages.json");
    std::fs::write(&path, text.replace("\"id\": \"n2\",", "\"id\": \"n2\", \"credits\": 4,")).expect("a chat");
    let ran = program::run(&["ledger", program::arg(&path)]);
    let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let credits: Vec<&str> = rows.iter().filter_map(|row| row["consumed_quantity"].as_str()).collect();
    assert_eq!((rows.len(), credits), (4, vec!["4"]), "{}", ran.stderr);
}

#[test]
fn a_cell_without_a_value_names_no_project() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources/focus/null-cells/input.csv");
    let ran = program::run(&["ledger", program::arg(&path)]);
    let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 2, "{}", ran.stderr);
    for row in rows {
        assert_eq!(row["vendor_project"], "Cloudish Models");
        assert_eq!(row["provider_name"], Value::Null);
        assert_eq!(row["consumed_unit"], Value::Null);
    }
}

#[test]
fn a_call_told_in_several_files_counts_once() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources/otlp/told-twice");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = std::fs::read_to_string(case.join("input.jsonl")).expect("a fixture");
    let files: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(files.len() >= 10, "{} files", files.len());
    for (at, file) in files.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{at}.jsonl")), file).expect("a file");
    }
    let expected =
        |folder: &Path| std::fs::copy(case.join("expected.json"), folder.join("expected.json")).expect("a file");
    expected(folder.path());
    check(folder.path());
    // Nor does it matter what is written first.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let reversed: String = files.iter().rev().copied().collect();
    std::fs::write(folder.path().join("log"), reversed).expect("a file");
    expected(folder.path());
    check(folder.path());
}

fn check(case: &Path) {
    let shown = case.display();
    // The README and the expectation lie beside the logs; neither is a log.
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_inputs(case, folder.path());
    let text = std::fs::read_to_string(case.join("expected.json")).expect("an expected.json");
    let expected: Value = serde_json::from_str(&text).unwrap_or_else(|err| panic!("{shown}: {err}"));
    let mut arguments = vec!["--by", "model", "--by", "day", "--by", "session"];
    arguments.extend(expected["arguments"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let ran = program::spend(&[folder.path()], &arguments);
    assert_eq!(ran.code, Some(0), "{shown}: {}", ran.stderr);
    let document = ran.json();
    for (name, count) in expected["reconciliation"].as_object().expect("an object") {
        assert_eq!(&document["reconciliation"][name], count, "{shown}: {name}");
    }
    let rows = document["rows"].as_array().expect("rows");
    let wanted = expected["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), wanted.len(), "{shown}: {rows:#?}");
    let book = PriceBook::embedded().expect("the book");
    for row in wanted {
        // A model that is written in several ways has its canonical name in tables.
        let model = |text: &Value| text.as_str().map(|text| canonical(&book, text));
        let same = |key: &str, found: &Value| match key {
            "model" => model(&found["key"][key]) == model(&row[key]),
            _ => found["key"][key] == row[key],
        };
        let found = rows.iter().find(|found| ["model", "day", "session"].iter().all(|key| same(key, found)));
        let found = found.unwrap_or_else(|| panic!("{shown}: no row for {row} in {rows:#?}"));
        for key in ["records", "list_cost_usd", "unpriced_records"] {
            assert_eq!(found[key], row[key], "{shown}: {key} of {row}");
        }
        for key in ["billed_cost_usd", "reported_cost_usd"] {
            if let Some(wanted) = row.get(key) {
                assert_eq!(&found[key], wanted, "{shown}: {key} of {row}");
            }
        }
        for (bucket, count) in row["tokens"].as_object().expect("tokens") {
            assert_eq!(&found["tokens"][bucket], count, "{shown}: {bucket} of {row}");
        }
        for key in ["output_in_doubt", "by_seat"] {
            if let Some(wanted) = row.get(key) {
                assert_eq!(&found[key], wanted, "{shown}: {key} of {row}");
            }
        }
    }
    let noticed = document["diagnostics"].as_array().expect("diagnostics");
    let mut kinds: Vec<&str> = noticed.iter().filter_map(|notice| notice["kind"].as_str()).collect();
    kinds.sort_unstable();
    let wanted: Vec<&str> = expected["kinds"].as_array().expect("kinds").iter().filter_map(Value::as_str).collect();
    assert_eq!(kinds, wanted, "{shown}");
    check_values(folder.path(), &expected, &shown.to_string());
}

/// The name under which tables show a model.
fn canonical(book: &PriceBook, text: &str) -> String {
    let known = book.identify(text).map(|model| book.name_of(model).1.to_owned());
    known.or_else(|| without_billing_words(text)).unwrap_or_else(|| text.to_owned())
}

/// The value side, where a case expects one: so many facts, in order, with these columns.
fn check_values(inputs: &Path, expected: &Value, shown: &str) {
    let Some(wanted) = expected["values"].as_array() else { return };
    let ran = program::run(&["ledger", "-q", "--table", "values", program::arg(inputs)]);
    let facts: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(facts.len(), wanted.len(), "{shown}: {facts:#?}");
    for (fact, wanted) in facts.iter().zip(wanted) {
        for (column, value) in wanted.as_object().expect("an object") {
            assert_eq!(&fact[column], value, "{shown}: {column}");
        }
    }
}

pub(crate) fn copy_inputs(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy_inputs(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            let statements = std::fs::read_to_string(&path).expect("statements");
            let base = rusqlite::Connection::open(target.with_extension("db")).expect("a database");
            base.execute_batch(&statements).expect("tables");
        } else if path.file_name().is_some_and(|name| name != "README.md" && name != "expected.json") {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
