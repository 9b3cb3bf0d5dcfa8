//! The checked-in schemas are what the types say, and everything that the program writes as JSON is what the schemas say.

use std::path::Path;

use serde_json::{Value, json};

use crate::bless::assert_kept;
use crate::program::{arg, run};

fn schema(name: &str) -> Value {
    let ran = run(&["explain", "schema", name]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.json()
}

/// Asserts that a document is what its schema says.
pub(crate) fn check(name: &str, document: &Value) {
    let validator = jsonschema::validator_for(&schema(name)).expect("a schema");
    let wrong: Vec<String> =
        validator.iter_errors(document).map(|err| format!("{}: {err}", err.instance_path())).take(5).collect();
    assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
}

#[test]
fn checked_in_schemas_are_what_the_types_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema");
    let mut names = tokaudit::schema::names();
    for name in &names {
        let said = tokaudit::schema::of(name).expect("a schema");
        assert_kept(&format!("src/schema/{name}.json"), &said);
    }
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("the schemas")
        .map(|entry| entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    files.sort_unstable();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn documents_of_the_example_are_what_the_schemas_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.json");
    for command in ["audit", "spend", "history", "sources"] {
        let document = run(&[command, "--example", "-q", "--format", "json"]).json();
        check(command, &document);
        if command == "audit" {
            std::fs::write(&report, document.to_string()).expect("a report");
        }
        // A key that no type knows is seen, at the top and below.
        for pointer in ["", "/period", "/reconciliation", "/repos/0"] {
            let mut odd = document.clone();
            let Some(place) = odd.pointer_mut(pointer) else { continue };
            place["surprise"] = json!(1);
            let validator = jsonschema::validator_for(&schema(command)).expect("a schema");
            assert!(!validator.is_valid(&odd), "{command} {pointer}");
        }
    }
    check("compare", &run(&["compare", arg(&report), arg(&report), "--format", "json"]).json());
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "[[gate]]\nid = \"spend\"\nmetric = \"spend\"\nmax = 1.0\n").expect("a policy");
    check("gate", &run(&["gate", arg(&report), "--policy", arg(&policy), "--format", "json"]).json());
}

#[test]
fn lines_of_every_table_are_what_the_schemas_say() {
    for table in tokaudit::report::tables::TABLES {
        let ran = run(&["ledger", "--example", "-q", "--table", table.name]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let name = format!("ledger-{}", table.name);
        let validator = jsonschema::validator_for(&schema(&name)).expect("a schema");
        for line in ran.stdout.lines() {
            let row: Value = serde_json::from_str(line).expect("JSON");
            let wrong: Vec<String> = validator.iter_errors(&row).map(|err| err.to_string()).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:?} in {line}");
        }
        // The value side is the one that the example has no export of.
        assert_eq!(ran.stdout.is_empty(), table.name == "values", "{name}");
    }
}

#[test]
fn unknown_documents_are_refused_with_a_hint() {
    let ran = run(&["explain", "schema", "audits"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("did you mean `audit`"), "{}", ran.stderr);
    assert!(run(&["explain", "schema"]).stdout.contains("ledger-usage"));
}
