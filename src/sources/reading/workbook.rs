//! Excel workbooks → their sheets as CSV.
//!
//! - In: an .xlsx file. Out: each sheet as rows of CSV, all of the same length: dates in ISO form, numbers in full without an
//!   exponent, formulas as the values that were saved with them.
//! - Refuses: damaged workbooks, and sheets over a limit.

use std::fs::File;
use std::io::{self, BufReader};

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, Xlsx};

/// An open workbook.
pub(super) struct Workbook {
    book: Xlsx<BufReader<File>>,
}

impl Workbook {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn open(file: BufReader<File>) -> io::Result<Self> {
        Ok(Self { book: Xlsx::new(file).map_err(damaged)? })
    }

    /// The names of the sheets that are tables.
    pub(super) fn sheets(&self) -> Vec<String> {
        let sheets = self.book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        sheets.map(|sheet| sheet.name.clone()).collect()
    }

    /// The rows of a sheet as CSV, at most `limit` bytes of them.
    ///
    /// # Errors
    /// When the sheet is damaged or too large.
    pub(super) fn csv(&mut self, sheet: &str, limit: u64) -> io::Result<Vec<u8>> {
        let is_1904 = self.book.has_1904_epoch();
        let mut cells = self.book.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut rows = Rows::default();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            rows.add(row as usize, column as usize, cell.get_value(), is_1904);
            if rows.bytes > limit {
                return Err(io::Error::other("a sheet is larger than 256 MB; export it as CSV"));
            }
        }
        rows.into_csv()
    }
}

fn damaged(err: calamine::XlsxError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, err.to_string())
}

/// The cells of a sheet.
#[derive(Default)]
struct Rows {
    /// The rows that hold anything, each with the number of empty rows above it.
    rows: Vec<(usize, Vec<String>)>,
    /// The row after the last one.
    next: usize,
    bytes: u64,
    /// Whether the last text of each column, its header as a rule, names a time.
    times: Vec<bool>,
}

impl Rows {
    fn add(&mut self, row: usize, column: usize, value: &DataRef<'_>, is_1904: bool) {
        if self.times.len() <= column {
            self.times.resize(column + 1, false);
        }
        let text = match value {
            DataRef::Empty => return,
            DataRef::Float(number) => self.number(column, *number, is_1904),
            DataRef::Int(number) => number.to_string(),
            DataRef::String(text) => self.text(column, text),
            DataRef::SharedString(text) => self.text(column, text),
            DataRef::Bool(yes) => yes.to_string(),
            DataRef::DateTime(at) => iso(*at).unwrap_or_else(|| at.as_f64().to_string()),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
            DataRef::Error(error) => error.to_string(),
        };
        self.bytes += text.len() as u64 + 1;
        if self.rows.is_empty() || row >= self.next {
            self.rows.push((row.saturating_sub(self.next), Vec::new()));
            self.next = row + 1;
        }
        if let Some((_, cells)) = self.rows.last_mut() {
            cells.resize(cells.len().max(column), String::new());
            cells.push(text);
        }
    }

    fn text(&mut self, column: usize, text: &str) -> String {
        let name = text.to_lowercase();
        self.times[column] = ["date", "time", "day", "_at"].iter().any(|part| name.contains(part));
        text.to_owned()
    }

    /// A number; a date that lost its format is one, too.
    fn number(&self, column: usize, number: f64, is_1904: bool) -> String {
        // From 2000 to 2100.
        let is_date = self.times[column] && (36_526.0..73_051.0).contains(&number);
        let date = is_date.then(|| ExcelDateTime::new(number, ExcelDateTimeType::DateTime, is_1904)).and_then(iso);
        date.unwrap_or_else(|| number.to_string())
    }

    fn into_csv(self) -> io::Result<Vec<u8>> {
        let width = self.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let mut out = Vec::new();
        for (blank, mut cells) in self.rows {
            out.resize(out.len() + blank, b'\n');
            cells.resize(width, String::new());
            let mut writer = csv::Writer::from_writer(&mut out);
            writer.write_record(&cells).map_err(io::Error::other)?;
            writer.flush()?;
        }
        Ok(out)
    }
}

/// A date or a time in ISO form, without a zone; `None` for a duration or a time of no day.
fn iso(at: ExcelDateTime) -> Option<String> {
    if at.is_duration() || at.as_f64() < 1.0 {
        return None;
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return Some(date);
    }
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_iso_times_and_numbers_keep_their_value() {
        let mut rows = Rows::default();
        let at = |serial| DataRef::DateTime(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false));
        let cells = [
            (0, 0, DataRef::SharedString("Usage of May")),
            (2, 0, DataRef::SharedString("Date")),
            (2, 1, DataRef::SharedString("cost, in USD")),
            (3, 0, at(46_143.0)),
            (3, 1, DataRef::Float(0.000_000_1)),
            (4, 0, at(46_143.75)),
            (4, 1, DataRef::Float(12_345_678_901.25)),
            (5, 0, DataRef::Float(46_144.0)),
            (5, 2, DataRef::Float(46_144.0)),
        ];
        for (row, column, value) in &cells {
            rows.add(*row, *column, value, false);
        }
        let csv = String::from_utf8(rows.into_csv().expect("a table")).expect("text");
        assert_eq!(
            csv,
            "Usage of May,,\n\nDate,\"cost, in USD\",\n2026-05-01,0.0000001,\n2026-05-01T18:00:00,12345678901.25,\n\
             2026-05-02,,46144\n"
        );
    }
}
