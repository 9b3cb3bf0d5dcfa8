//! Writes the rows of a canonical table in one format, as they come, so that a long table needs no memory.

mod parquet;

use std::io::{self, Write};

use super::page::Cell;
use super::render::{CsvStyle, csv_cell, csv_error, csv_writer};
use super::tables::{FOCUS, Kind, TableSpec};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// One JSON object a line.
    Jsonl,
    /// RFC 4180 with a header.
    Csv(CsvStyle),
    /// Apache Parquet with typed columns.
    Parquet,
}

/// Writes rows in one format.
pub struct Sink<'a> {
    table: &'static TableSpec,
    to: To<'a>,
}

enum To<'a> {
    Jsonl(&'a mut dyn Write),
    Csv(Box<csv::Writer<&'a mut dyn Write>>, CsvStyle),
    Parquet(Box<parquet::Parquet<'a>>),
}

impl<'a> Sink<'a> {
    /// Begins a table: the header is written even when no row follows.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(table: &'static TableSpec, format: RowFormat, out: &'a mut dyn Write) -> io::Result<Self> {
        let to = match format {
            RowFormat::Jsonl => To::Jsonl(out),
            RowFormat::Parquet => To::Parquet(Box::new(parquet::Parquet::new(table, out)?)),
            RowFormat::Csv(style) => {
                let mut writer = csv_writer(style, out)?;
                writer.write_record(table.columns.iter().map(|column| column.name)).map_err(csv_error)?;
                To::Csv(Box::new(writer), style)
            }
        };
        Ok(Self { table, to })
    }

    /// Writes a row, whose cells have the names and the order of the table's columns.
    pub(super) fn row(&mut self, cells: &[(&'static str, Cell)]) -> io::Result<()> {
        let known = self.table.columns.iter().map(|column| column.name);
        if !cells.iter().map(|(name, _)| *name).eq(known) {
            return Err(io::Error::other(format!("a row has not the columns of table {}", self.table.name)));
        }
        match &mut self.to {
            To::Jsonl(out) => {
                let kinds = self.table.columns.iter().map(|column| column.kind);
                let object: serde_json::Map<String, serde_json::Value> = cells
                    .iter()
                    .zip(kinds)
                    .map(|((name, cell), kind)| ((*name).to_owned(), json_cell(cell, kind)))
                    .collect();
                serde_json::to_writer(&mut **out, &object)?;
                out.write_all(b"\n")
            }
            To::Csv(writer, style) => {
                // Programs that guess types would take amounts that are all whole for integers, which FOCUS forbids.
                let has_points = std::ptr::eq(self.table, &raw const FOCUS);
                let text = |cell: &Cell| match cell {
                    Cell::Money(Some(_)) | Cell::Number(Some(_)) if has_points => {
                        with_point(csv_cell(cell, *style), style.comma)
                    }
                    _ => csv_cell(cell, *style),
                };
                writer.write_record(cells.iter().map(|(_, cell)| text(cell))).map_err(csv_error)
            }
            To::Parquet(writer) => writer.row(cells.iter().map(|(_, cell)| cell)),
        }
    }

    /// Writes what is held back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self) -> io::Result<()> {
        match self.to {
            To::Jsonl(out) => out.flush(),
            To::Csv(mut writer, _) => writer.flush(),
            To::Parquet(writer) => writer.finish(),
        }
    }
}

/// A decimal with at least one place behind its point.
fn with_point(mut number: String, is_comma: bool) -> String {
    if !number.contains(['.', ',']) {
        number.push_str(if is_comma { ",0" } else { ".0" });
    }
    number
}

fn json_cell(cell: &Cell, kind: Kind) -> serde_json::Value {
    match cell {
        Cell::Text(Some(text)) if kind == Kind::Flag => (text == "true").into(),
        Cell::Text(text) | Cell::Number(text) => text.clone().into(),
        Cell::Count(count) => (*count).into(),
        Cell::Money(money) => money.map(|money| money.to_string()).into(),
        Cell::Figure(_, value) => value.as_f64().into(),
        Cell::Bar(_) => serde_json::Value::Null,
    }
}
