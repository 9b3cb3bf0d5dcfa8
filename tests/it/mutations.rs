//! Every CSV fixture, written in the ways that people and spreadsheets rewrite files: the numbers stay.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::program;

/// The CSV inputs of all formats but the canonical one, whose fixtures hold damage on purpose.
fn tables() -> Vec<PathBuf> {
    let cases = crate::formats::cases();
    let tables = cases.iter().map(|case| case.join("input.csv")).filter(|path| path.exists());
    tables.filter(|path| !path.components().any(|part| part.as_os_str() == "generic")).collect()
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
        let plain = read(&lf(&table)).json();
        let reversed: Table = table.iter().map(|row| row.iter().rev().cloned().collect()).collect();
        let commas: Table = table.iter().map(|row| row.iter().map(|cell| with_comma(cell)).collect()).collect();
        let mut noted = table.clone();
        for (at, row) in noted.iter_mut().enumerate() {
            row.push(if at == 0 { "Note".to_owned() } else { "two\nlines".to_owned() });
        }
        let changed: [(&str, Vec<u8>); 6] = [
            ("a byte-order mark", [b"\xef\xbb\xbf".as_slice(), &lf(&table)].concat()),
            ("CR LF", write(&table, b',', csv::Terminator::CRLF)),
            ("reordered columns", lf(&reversed)),
            ("semicolons and comma decimals", write(&commas, b';', csv::Terminator::CRLF)),
            ("a quoted line break", lf(&noted)),
            ("gzip", gzip(&lf(&table))),
        ];
        for (what, bytes) in changed {
            let ran = read(&bytes);
            assert_eq!(ran.code, Some(0), "{} with {what}: {}", path.display(), ran.stderr);
            let document = ran.json();
            for part in ["rows", "totals"] {
                assert_eq!(document[part], plain[part], "{} with {what}: {part}", path.display());
            }
        }
    }
}

#[test]
fn cut_tables_are_read_or_name_what_is_missing() {
    for path in tables() {
        let table = parse(&path);
        let one: Table = table.iter().take(2).cloned().collect();
        assert_eq!(read(&lf(&one)).code, Some(0), "{}: one row", path.display());
        assert_eq!(read(b"").code, Some(3), "{}: an empty file", path.display());
        for (column, name) in table[0].iter().enumerate() {
            let dropped: Table = table
                .iter()
                .map(|row| {
                    row.iter().enumerate().filter(|(at, _)| *at != column).map(|(_, cell)| cell.clone()).collect()
                })
                .collect();
            let ran = read(&lf(&dropped));
            let named = ran.stderr.contains(&name.to_lowercase());
            assert!(ran.code == Some(0) || named, "{} without {name}: {}", path.display(), ran.stderr);
        }
    }
}
