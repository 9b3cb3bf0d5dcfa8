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
    split(&line, delimiter(&line)).unwrap_or_default()
}

fn delimiter(line: &str) -> u8 {
    let known = |delimiter: u8| {
        let names = split(line, delimiter).unwrap_or_default();
        names.iter().filter(|name| super::columns::Field::named(name).is_some()).count()
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| known(*delimiter)).unwrap_or(b',')
}

/// The cells of one row, quotes taken off; `None` when a quote stays open.
fn split(row: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut splitter = Splitter::new(delimiter);
    let cells = splitter.split(row, quotes(row.as_bytes()))?;
    Some((0..cells.len()).filter_map(|at| cells.get(at).map(str::to_owned)).collect())
}

/// Cuts rows into cells, without a copy where a row has no quote; one serves a whole file.
struct Splitter {
    delimiter: u8,
    reader: csv_core::Reader,
    unquoted: Vec<u8>,
    text: String,
    /// Where each cell ends; behind it stands a delimiter in the row, and nothing in an unquoted one.
    ends: Vec<usize>,
}

/// The cells of one row.
struct Cut<'a> {
    text: &'a str,
    ends: &'a [usize],
    /// Bytes between two cells.
    gap: usize,
}

impl<'a> Cut<'a> {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, at: usize) -> Option<&'a str> {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1)? + self.gap };
        self.text.get(start..*self.ends.get(at)?)
    }
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { delimiter, reader, unquoted: Vec::new(), text: String::new(), ends: Vec::new() }
    }

    fn split<'a>(&'a mut self, row: &'a str, quotes: usize) -> Option<Cut<'a>> {
        self.ends.clear();
        match quotes {
            0 => {
                self.ends.extend(memchr::memchr_iter(self.delimiter, row.as_bytes()));
                self.ends.push(row.len());
                Some(Cut { text: row, ends: &self.ends, gap: 1 })
            }
            odd if odd % 2 == 1 => None,
            _ => Some(self.unquote(row.as_bytes())),
        }
    }

    fn unquote(&mut self, row: &[u8]) -> Cut<'_> {
        let Self { reader, unquoted: cells, ends, text, .. } = self;
        reader.reset();
        // Unquoting only shortens, and there are at most as many cells as bytes, and one.
        cells.resize(cells.len().max(row.len() + 1), 0);
        ends.resize(row.len() + 2, 0);
        let (_, read, mut written, mut count) = reader.read_record(row, cells, ends);
        // An empty input tells the reader that the row ends here.
        let (_, _, more, last) = reader.read_record(&row[read..], &mut cells[written..], &mut ends[count..]);
        written += more;
        count += last;
        let (_, _, _, closing) = reader.read_record(&[], &mut cells[written..], &mut ends[count..]);
        count += closing;
        ends.truncate(count);
        text.clear();
        // Cut at delimiters and quotes, which are ASCII, text stays text.
        text.push_str(&String::from_utf8_lossy(&cells[..ends.last().copied().unwrap_or(0)]));
        Cut { text, ends, gap: 0 }
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
        let mut open = 0;
        let mut first = 0;
        loop {
            let number = lines.number() + 1;
            let Some(line) = lines.next()? else { break };
            out.counts.lines_read += 1;
            let Line::Whole(line) = line else {
                out.reject("bad-row", TOO_LONG, number);
                row.clear();
                open = 0;
                continue;
            };
            open += quotes(line);
            if row.is_empty() && open % 2 == 0 {
                table.row(line, open, Origin { file, line: number }, out);
                open = 0;
                continue;
            }
            if row.is_empty() {
                first = number;
            } else {
                row.push(b'\n');
            }
            row.extend_from_slice(line);
            if open % 2 == 1 && row.len() <= WHOLE_LINE_LIMIT {
                continue;
            }
            table.row(&row, open, Origin { file, line: first }, out);
            row.clear();
            open = 0;
        }
        if !row.is_empty() {
            table.row(&row, open, Origin { file, line: first }, out);
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
    fn row(&mut self, row: &[u8], quotes: usize, at: Origin, out: &mut Batch) {
        if row.trim_ascii().is_empty() {
            return;
        }
        let row = String::from_utf8_lossy(row);
        let Some(cells) = self.splitter.split(&row, quotes) else {
            out.reject("bad-row", "a quote is never closed, so the row cannot be read", at.line);
            return;
        };
        let Some(columns) = &self.columns else {
            self.width = cells.len();
            match Columns::of((0..cells.len()).filter_map(|at| cells.get(at))) {
                Ok(columns) => self.columns = Some(columns),
                Err(_) => out.reject("bad-row", "the first row does not name the canonical columns", at.line),
            }
            return;
        };
        if cells.len() != self.width {
            out.reject("bad-row", "a row has more or fewer cells than the header; it may be cut off", at.line);
            return;
        }
        self.rows.take(&columns.arrange(|place| cells.get(place)), at, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_as_rfc_4180_says() {
        let cells = |row: &str| split(row, b',').unwrap_or_default();
        assert_eq!(cells("a,b,c"), ["a", "b", "c"]);
        assert_eq!(cells("\"a,\"\"x\"\"\nb\",,"), ["a,\"x\"\nb", "", ""]);
        assert_eq!(split("\"open,b", b','), None);
        // Bytes that are no text in one cell leave the next one where it is.
        let lossy = String::from_utf8_lossy(b"\"a\xff\",b,\xc3\xa9").into_owned();
        assert_eq!(cells(&lossy), ["a\u{fffd}", "b", "é"]);
        assert_eq!(cells("é,,x"), ["é", "", "x"]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_finds_columns() {
        assert_eq!(delimiter("date;model;output_tokens"), b';');
        assert_eq!(delimiter("date\tmodel\toutput_tokens"), b'\t');
        assert_eq!(delimiter("date,model,output_tokens"), b',');
        assert_eq!(delimiter("x"), b',');
    }
}
