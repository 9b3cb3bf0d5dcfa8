//! A table whose first row names its columns → rows of the canonical columns, line by line in bounded memory.
//!
//! - In: CSV, cells separated by comma, semicolon, tab or bar. Out: cells in the order of the fields, handed to [`RowReader`].
//! - Refuses: rows with more or fewer cells than the header.

use std::io::{self, Read};

use super::columns::{Field, FieldColumns};
use super::row::{ID, RowReader};
use crate::model::origin::{FileId, Origin};
use crate::sources::reading::detect::Head;
use crate::sources::table::cells::{self, Cells, DELIMITERS};
use crate::sources::table::unread::UnreadColumns;
use crate::sources::{Batch, StreamParser};

/// The names in the first row, split at the delimiter that finds the most known columns.
pub(super) fn header(head: &Head<'_>) -> Vec<String> {
    let line = head.first_line();
    cells::header(&line, delimiter(&line))
}

fn delimiter(line: &str) -> u8 {
    let known =
        |delimiter: &u8| cells::header(line, *delimiter).iter().filter(|name| Field::from_name(name).is_some()).count();
    DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b',')
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
        let rows = RowReader::with_comma(matches!(self.delimiter, b';' | b'\t'));
        let mut table = CanonicalTable { columns: None, width: 0, rows, unread: UnreadColumns::new(ID) };
        cells::rows(input, self.delimiter, file, out, &mut |cells, at, out| table.add_row(cells, at, out))
    }
}

struct CanonicalTable {
    /// Unknown until the first row.
    columns: Option<FieldColumns>,
    width: usize,
    rows: RowReader,
    unread: UnreadColumns,
}

impl CanonicalTable {
    fn add_row(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        let Some(columns) = &self.columns else {
            self.width = cells.len();
            match FieldColumns::new(cells.iter()) {
                Ok(columns) => {
                    columns.warn_cents(at, out);
                    self.unread.set_header(cells.iter());
                    self.unread.keep(1, |column, _| columns.reads(column), out);
                    self.columns = Some(columns);
                }
                Err(_) => out.reject("bad-row", "the first row does not name the canonical columns", at.line),
            }
            return;
        };
        if cells.len() != self.width {
            out.reject("bad-row", "a row has more or fewer cells than the header; it may be cut off", at.line);
            return;
        }
        let before = out.accepted();
        self.rows.add_row(&columns.arrange(|column| cells.get(column)), at, out);
        if out.accepted() > before {
            self.unread.add_row(|column| cells.get(column), at.line, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_finds_columns() {
        assert_eq!(delimiter("date;model;output_tokens"), b';');
        assert_eq!(delimiter("date\tmodel\toutput_tokens"), b'\t');
        assert_eq!(delimiter("date,model,output_tokens"), b',');
        assert_eq!(delimiter("x"), b',');
    }
}
