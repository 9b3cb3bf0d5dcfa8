//! Parquet → CSV with the same columns, one row group in memory at a time.
//!
//! - In: a Parquet file on disk. Out: its header and rows as lines of CSV: times in RFC 3339, decimals and floats in full,
//!   null as an empty cell, lists and maps as JSON. Each field of a struct is a column, `service.description`; what is nested in
//!   those is JSON.
//! - Refuses: damaged or truncated files, and columns compressed with Brotli, LZ4 or LZO, which are not built in.

use std::fs::File;
use std::io::{self, Read};

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Value};

/// The first bytes of a Parquet file.
pub(in crate::sources) const MAGIC: &[u8] = b"PAR1";

/// Reads a Parquet file as CSV, its header first.
pub(in crate::sources) struct ParquetRows {
    rows: RowIter<'static>,
    /// How many columns each field takes; more than one if it is a struct.
    widths: Vec<Option<usize>>,
    ready: io::Cursor<Vec<u8>>,
}

impl ParquetRows {
    /// Opens a file.
    ///
    /// # Errors
    /// When the file has no readable footer because it is truncated or damaged.
    pub(in crate::sources) fn open(file: File) -> io::Result<Self> {
        let reader = guarded(|| SerializedFileReader::new(file))?;
        let schema = reader.metadata().file_metadata().schema();
        let mut names: Vec<String> = Vec::new();
        let mut widths = Vec::new();
        for field in schema.get_fields() {
            let inner = fields_of_struct(field);
            widths.push(inner.map(<[_]>::len));
            match inner {
                Some(inner) => names.extend(inner.iter().map(|one| format!("{}.{}", field.name(), one.name()))),
                None => names.push(field.name().to_owned()),
            }
        }
        let ready = io::Cursor::new(csv_line(&names)?);
        Ok(Self { rows: reader.into_iter(), widths, ready })
    }

    /// The header as a line of CSV.
    pub(in crate::sources) fn header(&self) -> &[u8] {
        self.ready.get_ref()
    }
}

impl Read for ParquetRows {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready.position() == self.ready.get_ref().len() as u64 {
            let rows = &mut self.rows;
            let Some(row) = guarded(|| rows.next().transpose())? else { return Ok(0) };
            self.ready = io::Cursor::new(csv_line(&cells(&row, &self.widths))?);
        }
        self.ready.read(out)
    }
}

/// Turns a panic of the Parquet library, which trusts damaged files too far, into an error.
fn guarded<T>(read: impl FnOnce() -> parquet::errors::Result<T>) -> io::Result<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|err| io::Error::new(io::ErrorKind::InvalidData, explain_error(&err.to_string()))),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "the Parquet file is damaged")),
    }
}

/// The library's message, with advice if the compression (Brotli, LZ4, LZO) is not built in.
fn explain_error(err: &str) -> String {
    if err.contains("Disabled feature") || err.contains("codec type") {
        return format!("{err}; write the file again with gzip, Snappy or Zstandard columns, or as CSV");
    }
    err.to_owned()
}

fn csv_line(cells: &[String]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(cells).map_err(io::Error::other)?;
    writer.into_inner().map_err(|err| io::Error::other(err.to_string()))
}

/// The fields of a struct; `None` for lists, maps and plain values.
fn fields_of_struct(field: &Type) -> Option<&[TypePtr]> {
    let info = field.get_basic_info();
    let is_plain = info.logical_type_ref().is_none() && info.converted_type() == ConvertedType::NONE;
    let is_one = !info.has_repetition() || info.repetition() != Repetition::REPEATED;
    (field.is_group() && is_plain && is_one).then(|| field.get_fields())
}

fn cells(row: &Row, widths: &[Option<usize>]) -> Vec<String> {
    let mut cells = Vec::with_capacity(widths.len());
    for ((_, field), width) in row.get_column_iter().zip(widths) {
        match (field, width) {
            (Field::Group(inner), Some(_)) => cells.extend(inner.get_column_iter().map(|(_, field)| text(field))),
            // A struct that is null.
            (_, Some(width)) => cells.extend(std::iter::repeat_n(String::new(), *width)),
            (field, None) => cells.push(text(field)),
        }
    }
    cells
}

fn text(field: &Field) -> String {
    let instant = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        // Never with an exponent; whole numbers without decimals.
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Date(days) => {
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1);
            let day = epoch.and_then(|epoch| match u64::try_from(*days) {
                Ok(days) => epoch.checked_add_days(Days::new(days)),
                Err(_) => epoch.checked_sub_days(Days::new(u64::from(days.unsigned_abs()))),
            });
            day.map(|day| day.to_string()).unwrap_or_default()
        }
        Field::TimestampMillis(at) => instant(DateTime::from_timestamp_millis(*at)).unwrap_or_default(),
        Field::TimestampMicros(at) => instant(DateTime::from_timestamp_micros(*at)).unwrap_or_default(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => json(field).to_string(),
        plain => plain.to_string(),
    }
}

fn json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(yes) => Value::Bool(*yes),
        Field::Group(row) => {
            Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect())
        }
        Field::ListInternal(list) => Value::Array(list.elements().iter().map(json).collect()),
        Field::MapInternal(map) => {
            let entries: Map<String, Value> =
                map.entries().iter().map(|(key, value)| (text(key), json(value))).collect();
            Value::Object(entries)
        }
        Field::Byte(_) | Field::Short(_) | Field::Int(_) | Field::Long(_) | Field::Double(_) | Field::Float(_) => {
            serde_json::from_str(&text(field)).unwrap_or_else(|_| Value::String(text(field)))
        }
        other => Value::String(text(other)),
    }
}
