//! Every CSV fixture, written in the ways that people and spreadsheets rewrite files: the numbers stay.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program;

/// The CSV inputs of all formats, but the canonical one that holds damage on purpose.
fn tables() -> Vec<PathBuf> {
    let cases = crate::formats::cases();
    let tables = cases.iter().map(|case| case.join("input.csv")).filter(|path| path.exists());
    tables.filter(|path| !path.components().any(|part| part.as_os_str() == "csv-semicolon")).collect()
}

#[test]
fn every_format_of_tables_is_rewritten_here() {
    let tables = tables();
    for source in tokaudit::sources::SOURCES.iter().filter(|source| source.title().contains("CSV")) {
        let own = |path: &&PathBuf| path.components().any(|part| part.as_os_str() == source.id());
        assert!(tables.iter().any(|path| own(&path)), "{} has no table to rewrite", source.id());
    }
}

/// What a reading tells: spend by model and day, and the value side.
fn told(bytes: &[u8]) -> (Value, Value, String) {
    let ran = read(bytes);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let document = ran.json();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x7q");
    std::fs::write(&path, bytes).expect("a file");
    let values = program::run(&["ledger", "-q", "--table", "values", program::arg(&path)]);
    assert_eq!(values.code, Some(0), "{}", values.stderr);
    // The folder is another one each time.
    let values = values.stdout.replace(program::arg(folder.path()), "");
    (document["rows"].clone(), document["totals"].clone(), values)
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("text");
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

type Table = Vec<Vec<String>>;

fn parse(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("a table");
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    rows.collect()
}

fn write(table: &Table, delimiter: u8, end: csv::Terminator) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(end).from_writer(Vec::new());
    for row in table {
        writer.write_record(row).expect("a row in memory");
    }
    writer.into_inner().expect("bytes in memory")
}

fn lf(table: &Table) -> Vec<u8> {
    write(table, b',', csv::Terminator::Any(b'\n'))
}

/// What a file gives under a name that tells nothing.
fn read(bytes: &[u8]) -> program::Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x7q");
    std::fs::write(&path, bytes).expect("a file");
    program::spend(&[&path], &["--by", "model", "--by", "day"])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("bytes in memory");
    encoder.finish().expect("bytes in memory")
}

/// `1.5` as `1,5`; anything but a plain decimal stays.
fn with_comma(cell: &str) -> String {
    let plain = cell.split_once('.').is_some_and(|(whole, fraction)| {
        !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    });
    if plain { cell.replace('.', ",") } else { cell.to_owned() }
}

#[test]
fn rewritten_tables_give_the_same_numbers() {
    let tables = tables();
    assert!(tables.len() >= 10, "{} tables", tables.len());
    for path in tables {
        let table = parse(&path);
        let plain = told(&lf(&table));
        assert!(plain.1["records"].as_u64() > Some(0) || !plain.2.is_empty(), "{} tells nothing", path.display());
        let reversed: Table = table.iter().map(|row| row.iter().rev().cloned().collect()).collect();
        let commas: Table = table.iter().map(|row| row.iter().map(|cell| with_comma(cell)).collect()).collect();
        let mut noted = table.clone();
        for (at, row) in noted.iter_mut().enumerate() {
            row.push(if at == 0 { "Note".to_owned() } else { "two\nlines".to_owned() });
        }
        let changed: [(&str, Vec<u8>); 7] = [
            ("a byte-order mark", [b"\xef\xbb\xbf".as_slice(), &lf(&table)].concat()),
            ("CR LF", write(&table, b',', csv::Terminator::CRLF)),
            ("reordered columns", lf(&reversed)),
            ("semicolons and comma decimals", write(&commas, b';', csv::Terminator::CRLF)),
            ("a quoted line break", lf(&noted)),
            ("gzip", gzip(&lf(&table))),
            ("UTF-16", utf16(&lf(&table))),
        ];
        for (what, bytes) in changed {
            assert_eq!(told(&bytes), plain, "{} with {what}", path.display());
        }
    }
}

/// Columns that may be missing, for another version of the export has none, and on which totals hang all the same. Of the
/// canonical columns any but a time and a count may be missing; what is missing is unknown.
const CHANGES: &[&str] = &[
    "aws-cur lineitem/lineitemtype: tokens",
    "aws-cur-2 line_item_line_item_type: records, tokens, cost_usd, billed_cost_usd",
    "aws-cur-2 line_item_line_item_description: tokens",
    "azure-cost pricingcurrency: cost_usd, billed_cost_usd, unpriced_records",
    "azure-cost exchangeratepricingtobilling: cost_usd, billed_cost_usd, unpriced_records",
    "azure-cost chargetype: records, cost_usd, billed_cost_usd",
    "cloudzero-cbf lineitem/type: records, cost_usd, billed_cost_usd",
    "databricks-endpoint-usage entity_name: cost_usd, list_cost_usd, unpriced_records",
    "focus servicecategory: records, cost_usd, billed_cost_usd",
    "focus effectivecost: cost_usd, billed_cost_usd, unpriced_records",
    "focus pricingcurrency: cost_usd, billed_cost_usd, unpriced_records",
    "focus pricingcurrencyeffectivecost: cost_usd, billed_cost_usd, unpriced_records",
    "focus x_billedcostinusd: cost_usd, billed_cost_usd",
    "focus x_billingexchangerate: cost_usd, billed_cost_usd, unpriced_records",
    "focus publishername: records, cost_usd, billed_cost_usd",
    "generic model: cost_usd, list_cost_usd, unpriced_records",
    "generic input_uncached_tokens: tokens, cost_usd, list_cost_usd",
    "generic output_tokens: tokens, cost_usd, list_cost_usd",
    "generic reported_cost_usd: reported_cost_usd",
    "generic response_model: cost_usd, list_cost_usd, unpriced_records",
    "generic input_uncached_tokens: tokens, cost_usd, list_cost_usd",
    "generic cache_read_input_tokens: tokens, cost_usd, list_cost_usd",
    "generic cache_write_5m_tokens: tokens",
    "generic cache_write_1h_tokens: tokens, cost_usd, list_cost_usd",
    "generic output_tokens: tokens, cost_usd, list_cost_usd",
    "generic reasoning_output_tokens: tokens",
    "generic reported_cost_usd: reported_cost_usd",
    "google-cost-table cost type: records, cost_usd, billed_cost_usd",
    "google-cost-table unrounded cost ($): cost_usd, billed_cost_usd",
    "vertex-billing currency_conversion_rate: cost_usd, billed_cost_usd, unpriced_records",
    "vertex-billing credits: cost_usd, billed_cost_usd",
    "vertex-billing cost_type: records, cost_usd, billed_cost_usd",
];

/// The parts of the totals that a table can change.
const TOTALS: [&str; 7] =
    ["records", "tokens", "cost_usd", "list_cost_usd", "billed_cost_usd", "reported_cost_usd", "unpriced_records"];

fn without(table: &Table, column: usize) -> Table {
    let cut = |row: &Vec<String>| {
        row.iter().enumerate().filter(|(at, _)| *at != column).map(|(_, cell)| cell.clone()).collect()
    };
    table.iter().map(cut).collect()
}

#[test]
fn a_table_without_a_column_gives_the_same_totals_or_names_the_column() {
    let mut changes = Vec::new();
    for path in tables() {
        let source = tokaudit::sources::SOURCES
            .iter()
            .find(|source| path.components().any(|part| part.as_os_str() == source.id()))
            .expect("a format");
        let columns = source.columns().join("; ");
        let needed = |name: &str| {
            columns
                .split([';', ','])
                .any(|one| one.trim().trim_start_matches("all or none of ").split(" or ").any(|one| one == name))
        };
        let table = parse(&path);
        let plain = read(&lf(&table)).json();
        for (column, name) in table[0].iter().enumerate() {
            let shown = format!("{} without {name}", path.display());
            let name = name.to_lowercase();
            let ran = read(&lf(&without(&table, column)));
            if needed(&name) {
                // Refused, or read by the canonical columns: the column is named either way.
                let told = if ran.code == Some(0) { &ran.stdout } else { &ran.stderr };
                let near = told.lines().find(|line| line.contains(&format!("{}, without", source.id())));
                assert!(near.is_some_and(|line| line.contains(&name)), "{shown}: {}", ran.stderr);
                continue;
            }
            if ran.code != Some(0) {
                assert!(ran.stderr.contains(&name), "{shown}: {}", ran.stderr);
                continue;
            }
            let document = ran.json();
            assert_eq!(document["inputs"][0]["format"], source.id(), "{shown}");
            let other = |total: &&str| document["totals"][*total] != plain["totals"][*total];
            let changed: Vec<&str> = TOTALS.iter().filter(|total| other(total)).copied().collect();
            if !changed.is_empty() {
                changes.push(format!("{} {name}: {}", source.id(), changed.join(", ")));
            }
        }
    }
    assert_eq!(changes, CHANGES);
}

#[test]
fn a_table_of_one_row_is_read_and_an_empty_file_is_none() {
    for path in tables() {
        let one: Table = parse(&path).into_iter().take(2).collect();
        assert_eq!(read(&lf(&one)).code, Some(0), "{}: one row", path.display());
    }
    assert_eq!(read(b"").code, Some(3), "an empty file");
}
