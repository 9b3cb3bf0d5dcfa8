//! Exports as Parquet: the CSV fixtures of the clouds, rewritten by the same crate's writer, give the numbers of their CSV.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;

use crate::program;

/// The formats that are written as Parquet somewhere.
const FORMATS: [&str; 5] = ["aws-cur-2", "focus", "langfuse-csv", "langsmith-table", "vertex-billing"];

/// What a column holds, by its cells.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
    Time,
}

fn inputs() -> Vec<PathBuf> {
    let cases = crate::formats::cases();
    let inputs = cases.iter().map(|case| case.join("input.csv"));
    inputs
        .filter(|path| FORMATS.iter().any(|format| path.components().any(|part| part.as_os_str() == *format)))
        .collect()
}

fn kind(cells: &[&str]) -> Kind {
    let filled: Vec<&&str> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    let all = |test: &dyn Fn(&str) -> bool| !filled.is_empty() && filled.iter().all(|cell| test(cell));
    if all(&|cell| cell.contains('.') && cell.parse::<f64>().is_ok()) {
        Kind::Number
    } else if all(&|cell| chrono::DateTime::parse_from_rfc3339(cell).is_ok()) {
        Kind::Time
    } else {
        Kind::Text
    }
}

/// The table as Parquet, a row group for every row.
fn written(csv: &Path, compression: Compression) -> Vec<u8> {
    let mut reader = csv::Reader::from_path(csv).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let column = |at: usize| -> Vec<&str> { rows.iter().map(|row| &row[at]).collect() };
    let kinds: Vec<Kind> = (0..header.len()).map(|at| kind(&column(at))).collect();
    let fields = header.iter().zip(&kinds).map(|(name, kind)| {
        let (physical, converted) = match kind {
            Kind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
            Kind::Number => (Physical::DOUBLE, ConvertedType::NONE),
            Kind::Time => (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS),
        };
        let field = Type::primitive_type_builder(name.trim_start_matches('\u{feff}'), physical);
        let field = field.with_repetition(Repetition::OPTIONAL).with_converted_type(converted);
        Arc::new(field.build().expect("a column"))
    });
    let schema = Type::group_type_builder("schema").with_fields(fields.collect()).build().expect("a schema");
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), properties).expect("a writer");
    for row in &rows {
        let mut group = writer.next_row_group().expect("a row group");
        for (cell, kind) in row.iter().zip(&kinds) {
            let mut column = group.next_column().expect("no error").expect("a column");
            let level = [i16::from(!cell.is_empty())];
            let filled = !cell.is_empty();
            match kind {
                Kind::Text => {
                    let values: Vec<ByteArray> = filled.then(|| ByteArray::from(cell)).into_iter().collect();
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&level), None).expect("a cell");
                }
                Kind::Number => {
                    let values: Vec<f64> = filled.then(|| cell.parse().expect("a number")).into_iter().collect();
                    column.typed::<DoubleType>().write_batch(&values, Some(&level), None).expect("a cell");
                }
                Kind::Time => {
                    let millis = |cell| {
                        let at = chrono::DateTime::parse_from_rfc3339(cell).expect("a time");
                        at.timestamp_millis()
                    };
                    let values: Vec<i64> = filled.then(|| millis(cell)).into_iter().collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&level), None).expect("a cell");
                }
            }
            column.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    writer.close().expect("a footer");
    bytes
}

fn read(bytes: &[u8]) -> program::Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x7q");
    std::fs::write(&path, bytes).expect("a file");
    program::spend(&[&path], &["--by", "model", "--by", "day"])
}

#[test]
fn a_parquet_export_gives_the_numbers_of_its_csv() {
    let inputs = inputs();
    let has = |format: &&str| inputs.iter().any(|path| path.components().any(|part| part.as_os_str() == *format));
    assert!(FORMATS.iter().all(has), "{inputs:?}");
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
    ];
    for path in inputs {
        let plain = read(&std::fs::read(&path).expect("a table")).json();
        assert!(plain["totals"]["records"].as_u64() > Some(0), "{}", path.display());
        for codec in codecs {
            let ran = read(&written(&path, codec));
            assert_eq!(ran.code, Some(0), "{} in {codec}: {}", path.display(), ran.stderr);
            for part in ["rows", "totals"] {
                assert_eq!(ran.json()[part], plain[part], "{} in {codec}: {part}", path.display());
            }
        }
    }
}

#[test]
fn a_damaged_parquet_file_is_an_error_and_never_a_panic() {
    let path = inputs().into_iter().find(|path| path.to_string_lossy().contains("aws-cur-2")).expect("a report");
    let whole = written(&path, Compression::SNAPPY);
    for part in 1..8 {
        let ran = read(&whole[..whole.len() * part / 8]);
        assert_ne!(ran.code, Some(0), "{part} eighths");
        assert!(ran.stderr.contains("cannot be read to its end"), "{part} eighths: {}", ran.stderr);
    }
    for at in (4..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let ran = read(&damaged);
        assert!(ran.code.is_some_and(|code| code < 100), "byte {at}: {:?} {}", ran.code, ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "byte {at}: {}", ran.stderr);
    }
}

#[test]
fn a_compression_that_is_not_built_in_says_what_to_do() {
    let path = inputs().into_iter().find(|path| path.to_string_lossy().contains("vertex-billing")).expect("a report");
    let mut bytes = written(&path, Compression::SNAPPY);
    // A column's codec stands behind its name in the footer, twice its number: Snappy is 1, Brotli 4.
    let (name, codec) = (b"cost\x15", b"\x02");
    let named: Vec<usize> = memchr::memmem::find_iter(&bytes, &[name.as_slice(), codec].concat()).collect();
    assert!(!named.is_empty());
    for at in named {
        bytes[at + name.len()] = 8;
    }
    let ran = read(&bytes);
    assert_eq!(ran.code, Some(3), "{}", ran.stdout);
    assert!(ran.stderr.contains("brotli") && ran.stderr.contains("write the file again with gzip"), "{}", ran.stderr);
}

#[test]
fn unknown_columns_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let table = folder.path().join("t.csv");
    let path = inputs().into_iter().find(|path| path.to_string_lossy().contains("aws-cur-2")).expect("a report");
    let text = std::fs::read_to_string(path).expect("a table");
    std::fs::write(&table, text.replace("line_item_unblended_cost", "cost")).expect("a table");
    let ran = read(&written(&table, Compression::SNAPPY));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("aws-cur-2, without line_item_unblended_cost"), "{}", ran.stderr);
}

#[test]
fn the_fields_of_nested_columns_are_columns() {
    let schema = "message bill {
        required group service { required binary id (UTF8); required binary description (UTF8); }
        required group sku { required binary description (UTF8); }
        optional group usage { required double amount; required binary unit (UTF8); }
        required binary usage_start_time (UTF8);
        required binary usage_end_time (UTF8);
        required binary currency (UTF8);
        required double cost;
    }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default()).expect("a writer");
    for (service, cost, has_usage) in
        [("Vertex AI", 1.25, true), ("Gemini API", 0.5, false), ("Cloud Storage", 9.0, true)]
    {
        let mut group = writer.next_row_group().expect("a row group");
        let level = [i16::from(has_usage)];
        let texts = ["2026-03-04T08:00:00Z", "2026-03-04T09:00:00Z", "USD"];
        let texts = ["s1", service, "Input", "", "count"].into_iter().chain(texts).chain([""]);
        for (at, text) in texts.enumerate() {
            let mut column = group.next_column().expect("no error").expect("a column");
            let levels = matches!(at, 3 | 4).then_some(level.as_slice());
            let is_filled = levels.is_none() || has_usage;
            if text.is_empty() {
                let number = if at == 3 { 600.0 } else { cost };
                let values: Vec<f64> = is_filled.then_some(number).into_iter().collect();
                column.typed::<DoubleType>().write_batch(&values, levels, None).expect("a cell");
            } else {
                let values: Vec<ByteArray> = is_filled.then(|| ByteArray::from(text)).into_iter().collect();
                column.typed::<ByteArrayType>().write_batch(&values, levels, None).expect("a cell");
            }
            column.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    writer.close().expect("a footer");
    let ran = read(&bytes);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let document = ran.json();
    assert_eq!((&document["totals"]["billed_cost_usd"], &document["totals"]["records"]), (&"1.75".into(), &2.into()));
    assert_eq!(document["inputs"][0]["format"], "vertex-billing");
}
