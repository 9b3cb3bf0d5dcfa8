//! Small inputs in shapes that users of such tools reported, with answers worked by hand: `../shared/data/cases`, one folder a
//! case. Skipped where they are absent.
//!
//! [`OPEN`] lists the cases that do not pass yet. A case that begins to fail, and a listed one that passes,
//! both fail the test: the list can only get shorter.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::program;

/// The cases that do not give their answer yet.
const OPEN: &[&str] = &[];

#[test]
fn every_case_gives_its_answer_unless_it_is_listed_as_open() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cases");
    if !root.is_dir() {
        return crate::skip::skip("corpora", "the cases in ../shared/data");
    }
    let mut folders: Vec<String> = Vec::new();
    for group in ["agents", "exports"] {
        let entries =
            std::fs::read_dir(root.join(group)).expect("a folder of cases").map(|entry| entry.expect("an entry"));
        let cases = entries.filter(|entry| entry.path().join("expected.json").exists());
        folders.extend(cases.map(|entry| format!("{group}/{}", entry.file_name().display())));
    }
    folders.sort();
    assert!(folders.len() >= 189, "cases are missing: {}", folders.len());
    let failures: Vec<(String, Vec<String>)> =
        folders.into_par_iter().map(|case| (case.clone(), differences(&root.join(&case)))).collect();
    let open: BTreeSet<&str> = OPEN.iter().copied().collect();
    let mut wrong = Vec::new();
    for (case, differences) in &failures {
        match (differences.is_empty(), open.contains(case.as_str())) {
            (true, true) => wrong.push(format!("{case} passes now: remove it from OPEN")),
            (false, false) => wrong.push(format!("{case}: {}", differences.join("; "))),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(open.iter().all(|case| failures.iter().any(|(known, _)| known == case)), "OPEN names no case");
}

/// What a case gives that its `expected.json` does not ask for; nothing where it passes.
fn differences(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let arguments = expected["command"].as_array().expect("a command").iter();
    let arguments: Vec<&str> = arguments.map(|argument| argument.as_str().expect("a text")).collect();
    let ran = program::finish(program::command(&arguments).arg("--no-progress").current_dir(folder));
    let mut wrong = match serde_json::from_str::<Value>(&ran.stdout) {
        Ok(document) => different_figures(&expected, &document),
        Err(_) if expected["totals"].as_object().is_none_or(Map::is_empty) => Vec::new(),
        Err(_) => vec![format!("exit code {:?}: {}", ran.code, ran.stderr)],
    };
    let code = expected.get("exit").unwrap_or(&Value::from(0)).as_i64();
    if code.is_some() && code != ran.code.map(i64::from) {
        wrong.push(format!("exit code {:?}: {}", ran.code, ran.stderr));
    }
    let says =
        |key: &str| expected[key].as_str().map(|wanted| Regex::new(wanted).expect("a pattern").is_match(&ran.stderr));
    if says("not_says") == Some(true) {
        wrong.push(format!("says {}", expected["not_says"]));
    }
    // A clear refusal is as right as the figure, as long as nothing is counted above it.
    let is_refused = says("or_says") == Some(true)
        && (expected["or_any"] == true || !wrong.iter().any(|line| line.ends_with("(above)")));
    if is_refused { Vec::new() } else { wrong }
}

fn different_figures(expected: &Value, document: &Value) -> Vec<String> {
    let mut wrong = compare("totals", &expected["totals"], &document["totals"]);
    let rows = document["rows"].as_array().expect("rows");
    let name = |row: &Value| {
        let parts = row["key"].as_object().expect("a key").values();
        parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect::<Vec<_>>().join("|")
    };
    for keys in ["by_model", "by_key"] {
        let Some(groups) = expected[keys].as_object() else { continue };
        for (key, figures) in groups {
            match rows.iter().find(|row| name(row) == *key) {
                Some(row) => wrong.extend(compare(key, figures, row)),
                None => wrong.push(format!("{key} is missing")),
            }
        }
        let others = rows.iter().filter(|row| !groups.contains_key(&name(row)) && row["records"] != 0);
        if keys == "by_model" && !groups.is_empty() {
            wrong.extend(others.map(|row| format!("{} is not expected", name(row))));
        }
    }
    wrong
}

/// Compares the figures that are expected; an unknown count equals 0.
fn compare(group: &str, expected: &Value, row: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (figure, wanted) in expected.as_object().expect("figures") {
        let tokens = &row["tokens"];
        let (wanted, found) = if figure.ends_with("usd") {
            (nanos(wanted), nanos(&row[figure]))
        } else if figure == "cache_write" {
            let kinds = tokens.as_object().expect("tokens").iter().filter(|(kind, _)| kind.starts_with(figure));
            (whole(wanted), kinds.map(|(_, count)| whole(count)).sum())
        } else if figure == "records" {
            (whole(wanted), whole(&row[figure]))
        } else {
            (whole(wanted), whole(&tokens[figure]))
        };
        if wanted != found {
            let above = if figure.ends_with("usd") && found > wanted { " (above)" } else { "" };
            wrong.push(format!("{group}: {figure} is {found} instead of {wanted}{above}"));
        }
    }
    wrong
}

fn whole(count: &Value) -> i128 {
    count.as_i64().unwrap_or_default().into()
}

/// An amount in nano-dollars; an unknown one equals 0.
fn nanos(amount: &Value) -> i128 {
    let text = match amount {
        Value::Null => return 0,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
    let (dollars, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let parse = |text: &str| text.parse::<i128>().expect("an amount");
    sign * (parse(dollars) * 1_000_000_000 + parse(&format!("{fraction:0<9}")[..9]))
}
