//! One small report in every format, as files to read: `snapshots/spend.*` and `snapshots/audit.*`. A change of a format shows
//! as a difference between files.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::sync::LazyLock;

use calamine::{Data, Reader, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use tokaudit::report::render::RENDERERS;

use crate::bless::assert_kept;
use crate::links::world::{World, code};
use crate::program::{command, finish};

/// Five requests of two people on two branches; one of them has a model without a price.
const USAGE: &str = include_str!("snapshots/usage.csv");

/// The repository: one branch is merged and has a file of twelve lines, the other is not merged.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut world = World::new();
    world.git(&["checkout", "-q", "-b", "feature/cart"]);
    world.write("cart.rs", &code("cart", 12));
    world.commit(30, "kim", "Add a cart");
    world.merge(60, "feature/cart", "Merge pull request #1 from feature/cart");
    world.git(&["checkout", "-q", "-b", "feature/search"]);
    world.write("search.rs", &code("search", 4));
    world.commit(90, "dana", "Try a search");
    world.git(&["checkout", "-q", "main"]);
    world.export("usage.csv", USAGE);
    world.logs();
    world
});

/// Runs a command in the folder above the repository and the logs, and gives the bytes that it writes.
fn written(arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let fixed = ["--repo", "shop", "--no-cache", "-q", "--as-of", "2026-05-31", "--out"];
    let mut command = command(arguments);
    let repository = WORLD.repository();
    command.args(fixed).arg(&out).arg("logs").current_dir(repository.parent().expect("a folder"));
    let ran = finish(&mut command);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
    std::fs::read(out).expect("a report")
}

/// The text of a report, without what changes with a release or a new price book.
fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes).expect("UTF-8");
    let book = tokaudit::pricing::PriceBook::embedded().expect("the price book").date().to_string();
    text.replace(env!("CARGO_PKG_VERSION"), "[version]").replace(&book, "[price book]")
}

/// The cells of each sheet, a line a row.
fn sheets(bytes: Vec<u8>) -> String {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut out = String::new();
    for name in book.sheet_names() {
        writeln!(out, "== {name}").expect("a text");
        for row in book.worksheet_range(&name).expect("a sheet").rows() {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    Data::String(text) => format!("{text:?}"),
                    other => other.to_string(),
                })
                .collect();
            writeln!(out, "{}", cells.join(" | ").trim_end()).expect("a text");
        }
        let formulas = book.worksheet_formula(&name).expect("formulas");
        for (row, column, formula) in formulas.used_cells() {
            let (top, left) = formulas.start().unwrap_or_default();
            let cell = (row + top as usize + 1, column + left as usize + 1);
            writeln!(out, "row {} column {}: ={formula}", cell.0, cell.1).expect("a text");
        }
        out.push('\n');
    }
    text(out.into_bytes())
}

/// The widest line of [`compact`].
const WIDTH: usize = 160;

/// The same JSON with as much on a line as fits: an audit in its usual form has two thousand lines, which nobody reads.
fn compact(json: &[u8]) -> String {
    let parsed: Value = serde_json::from_slice(json).expect("JSON");
    let mut out = String::new();
    write_compact(&parsed, 0, &mut out);
    out + "\n"
}

fn write_compact(value: &Value, depth: usize, out: &mut String) {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (format!("{key:?}: "), value)).collect(),
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        _ => Vec::new(),
    };
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    let whole = value.to_string();
    if parts.is_empty() || depth > 0 && whole.len() + depth <= WIDTH {
        out.push_str(&whole);
        return;
    }
    out.push(open);
    // Every part of the document begins a line; below, short parts share one.
    let mut left = 0_usize;
    for (at, (key, part)) in parts.iter().enumerate() {
        let wanted = key.len() + part.to_string().len() + 2;
        let separator = if at > 0 { "," } else { "" };
        match left.checked_sub(wanted) {
            Some(rest) if depth > 0 => {
                left = rest;
                write!(out, "{separator} ").expect("a text");
            }
            _ => {
                left = (WIDTH - depth).saturating_sub(wanted);
                write!(out, "{separator}\n{:indent$}", "", indent = depth + 1).expect("a text");
            }
        }
        out.push_str(key);
        write_compact(part, depth + 1, out);
    }
    write!(out, "\n{:depth$}{close}", "").expect("a text");
}

/// Compares a report with its snapshot in each format.
fn check(report: &str, arguments: &[&str]) {
    let mut wanted = Vec::new();
    for renderer in RENDERERS {
        let bytes = written(&[arguments, &["--format", renderer.id()]].concat());
        let shown = match renderer.id() {
            "xlsx" => sheets(bytes),
            // A line for each element; the page itself is written without breaks.
            "html" => text(bytes).replace("><", ">\n<"),
            "json" if report == "audit" => text(compact(&bytes).into_bytes()),
            _ => text(bytes),
        };
        let name = format!("{report}.{}.txt", renderer.id());
        assert_kept(&format!("tests/it/snapshots/{name}"), &shown);
        wanted.push(name);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let names = std::fs::read_dir(folder).expect("the snapshots").map(|entry| entry.expect("an entry").file_name());
    let mut kept: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    kept.retain(|name| name.starts_with(&format!("{report}.")));
    kept.sort();
    wanted.sort();
    assert_eq!(kept, wanted, "a snapshot that nothing writes");
}

#[test]
fn a_small_spend_report_is_the_same_in_every_format() {
    check("spend", &["spend", "--by", "branch", "--by", "model"]);
}

#[test]
fn a_small_audit_is_the_same_in_every_format() {
    check("audit", &["audit"]);
}

#[test]
fn a_small_ledger_is_the_same_as_parquet() {
    let bytes = written(&["ledger", "--table", "usage", "--format", "parquet"]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("usage.parquet");
    std::fs::write(&path, bytes).expect("a file");
    let reader = SerializedFileReader::new(File::open(&path).expect("a file")).expect("Parquet");
    let mut out = String::new();
    for (at, row) in reader.get_row_iter(None).expect("rows").enumerate() {
        writeln!(out, "== row {}", at + 1).expect("a text");
        for (name, field) in row.expect("a row").get_column_iter() {
            writeln!(out, "{name} = {field}").expect("a text");
        }
        out.push('\n');
    }
    assert_kept("tests/it/snapshots/ledger.parquet.txt", &text(out.into_bytes()));
}
