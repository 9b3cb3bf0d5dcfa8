//! CSV: rows of cells, read line by line in bounded memory.

use std::io::{self, Read};

use super::columns::Columns;
use super::row::Rows;
use crate::model::origin::{FileId, Origin};
use crate::sources::detect::Head;
use crate::sources::lines::{Line, Lines, WHOLE_LINE_LIMIT};
use crate::sources::{Batch, StreamParser};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The names in the first row, with the delimiter that cuts it into the most known columns.
pub(super) fn header(head: &Head<'_>) -> Vec<String> {
    let line = head.first_line();
    split(line.as_bytes(), delimiter(&line)).unwrap_or_default()
}

fn delimiter(line: &str) -> u8 {
    let known = |delimiter: u8| {
        let names = split(line.as_bytes(), delimiter).unwrap_or_default();
        names.iter().filter(|name| super::columns::Field::named(name).is_some()).count()
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| known(*delimiter)).unwrap_or(b',')
}

/// The cells of one row, quotes taken off; `None` when a quote stays open.
fn split(row: &[u8], delimiter: u8) -> Option<Vec<String>> {
    Splitter::new(delimiter).split(row)
}

/// Cuts rows into cells; building its state tables takes far longer than a row, so one serves a whole file.
struct Splitter {
    reader: csv_core::Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, cells: Vec::new(), ends: Vec::new() }
    }

    fn split(&mut self, row: &[u8]) -> Option<Vec<String>> {
        if quotes(row) % 2 == 1 {
            return None;
        }
        let Self { reader, cells, ends } = self;
        reader.reset();
        // Unquoting only shortens, and there are at most as many cells as bytes, and one.
        cells.resize(cells.len().max(row.len() + 1), 0);
        ends.resize(ends.len().max(row.len() + 2), 0);
        let (_, read, mut written, mut count) = reader.read_record(row, cells, ends);
        // An empty input tells the reader that the row ends here.
        let (_, _, more, last) = reader.read_record(&row[read..], &mut cells[written..], &mut ends[count..]);
        written += more;
        count += last;
        let (_, _, _, closing) = reader.read_record(&[], &mut cells[written..], &mut ends[count..]);
        count += closing;
        let mut start = 0;
        let texts = ends[..count].iter().map(|end| {
            let text = String::from_utf8_lossy(&cells[start..*end]).into_owned();
            start = *end;
            text
        });
        Some(texts.collect())
    }
}

fn quotes(row: &[u8]) -> usize {
    memchr::memchr_iter(b'"', row).count()
}

/// Reads a table whose first row names its columns.
pub(super) struct TableParser {
    delimiter: u8,
}

impl TableParser {
    pub(super) fn new(head: &Head<'_>) -> Self {
        Self { delimiter: delimiter(&head.first_line()) }
    }
}

impl StreamParser for TableParser {
    fn read(&mut self, input: &mut dyn Read, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut lines = Lines::new(input);
        let splitter = Splitter::new(self.delimiter);
        let mut table = Table { splitter, columns: None, width: 0, rows: Rows::default() };
        // A quoted cell may hold line breaks: lines are joined until its quote closes.
        let mut row: Vec<u8> = Vec::new();
        let mut first = 0;
        loop {
            let number = lines.number() + 1;
            let Some(line) = lines.next()? else { break };
            out.counts.lines_read += 1;
            let Line::Whole(line) = line else {
                out.reject("bad-row", TOO_LONG, number);
                row.clear();
                continue;
            };
            if row.is_empty() {
                first = number;
            } else {
                row.push(b'\n');
            }
            row.extend_from_slice(line);
            if quotes(&row) % 2 == 1 && row.len() <= WHOLE_LINE_LIMIT {
                continue;
            }
            table.row(&row, Origin { file, line: first }, out);
            row.clear();
        }
        if !row.is_empty() {
            table.row(&row, Origin { file, line: first }, out);
        }
        Ok(())
    }
}

const TOO_LONG: &str = "a row is too long to hold; a quote may be left open";

struct Table {
    splitter: Splitter,
    columns: Option<Columns>,
    width: usize,
    rows: Rows,
}

impl Table {
    fn row(&mut self, row: &[u8], at: Origin, out: &mut Batch) {
        if row.trim_ascii().is_empty() {
            return;
        }
        let Some(cells) = self.splitter.split(row) else {
            out.reject("bad-row", "a quote is never closed, so the row cannot be read", at.line);
            return;
        };
        let Some(columns) = &self.columns else {
            self.width = cells.len();
            match Columns::of(cells.iter().map(String::as_str)) {
                Ok(columns) => self.columns = Some(columns),
                Err(_) => out.reject("bad-row", "the first row does not name the canonical columns", at.line),
            }
            return;
        };
        if cells.len() != self.width {
            out.reject("bad-row", "a row has more or fewer cells than the header; it may be cut off", at.line);
            return;
        }
        self.rows.take(&columns.arrange(&cells), at, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_as_rfc_4180_says() {
        let cells = |row: &str| split(row.as_bytes(), b',').unwrap_or_default();
        assert_eq!(cells("a,b,c"), ["a", "b", "c"]);
        assert_eq!(cells("\"a,\"\"x\"\"\nb\",,"), ["a,\"x\"\nb", "", ""]);
        assert_eq!(split(b"\"open,b", b','), None);
    }

    #[test]
    fn the_delimiter_is_the_one_that_finds_columns() {
        assert_eq!(delimiter("date;model;output_tokens"), b';');
        assert_eq!(delimiter("date\tmodel\toutput_tokens"), b'\t');
        assert_eq!(delimiter("date,model,output_tokens"), b',');
        assert_eq!(delimiter("x"), b',');
    }
}
