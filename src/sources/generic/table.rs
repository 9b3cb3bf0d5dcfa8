//! A table whose first row names its columns → rows of the canonical columns, line by line in bounded memory.
//!
//! - In: CSV, cells separated by comma, semicolon, tab or bar. Out: cells in the order of the fields, handed to [`RowReader`].
//! - Refuses: rows that lack cells of needed columns, or have more than the header.

use std::io::{self, Read};

use super::columns::{ArrangedCells, Field, FieldColumns};
use super::row::{ID, RowReader};
use crate::model::origin::{FileId, Origin};
use crate::sources::reading::detect::Head;
use crate::sources::rejection::{BAD_TIME, NO_TIME};
use crate::sources::table::cells::{self, Cells, DELIMITERS, RAGGED};
use crate::sources::table::conventions::Conventions;
use crate::sources::table::totals::{TOTAL_ROW, Totals, is_labelled};
use crate::sources::table::undecided::{TableRows, Undecided};
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
        let mut table = Undecided::new(CanonicalTable {
            columns: None,
            width: 0,
            needed: 0,
            rows: RowReader::new(Conventions::unknown(self.delimiter)),
            totals: Totals::default(),
            trial: Batch::default(),
            unread: UnreadColumns::new(ID),
        });
        cells::rows(input, self.delimiter, file, out, &mut |cells, at, out| table.add(cells, at, out))?;
        table.finish(out);
        Ok(())
    }
}

struct CanonicalTable {
    /// Unknown until the first row.
    columns: Option<FieldColumns>,
    width: usize,
    needed: usize,
    rows: RowReader,
    totals: Totals,
    /// Where rows are read that are not counted.
    trial: Batch,
    unread: UnreadColumns,
}

impl CanonicalTable {
    fn read_header(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        self.width = cells.len();
        match FieldColumns::new(cells.iter()) {
            Ok(columns) => {
                columns.warn_cents(at, out);
                self.needed = columns.needed();
                self.unread.set_header(cells.iter());
                self.unread.keep(1, |column, _| columns.reads(column), out);
                self.columns = Some(columns);
            }
            Err(_) => out.reject("bad-row", "the first row does not name the canonical columns", at.line),
        }
    }

    /// Whether a row without a time is the sum of those before it.
    fn is_total_without_time(&mut self, cells: &ArrangedCells<'_>, at: Origin) -> bool {
        self.rows.conventions.set_trial(true);
        let record = self.rows.record(cells, at, &mut self.trial);
        self.rows.conventions.set_trial(false);
        record.is_ok_and(|record| self.totals.is_sum(&record))
    }
}

impl TableRows for CanonicalTable {
    fn conventions(&self) -> &Conventions {
        &self.rows.conventions
    }

    fn examine(&mut self, cells: Cells<'_>, at: Origin) {
        if let Some(columns) = self.columns.as_ref().filter(|_| cells.fit(self.width, self.needed)) {
            // What matters is only what the conventions have learned.
            let _ = self.rows.record(&columns.arrange(|column| cells.get(column)), at, &mut self.trial);
        }
    }

    fn add(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        let Some(columns) = &self.columns else { return self.read_header(cells, at, out) };
        if !cells.fit(self.width, self.needed) {
            return out.reject_record(RAGGED, at);
        }
        let arranged = columns.arrange(|column| cells.get(column));
        let mut record = self.rows.record(&arranged, at, out);
        if self.rows.conventions.is_open() {
            return;
        }
        let is_total = match &record {
            Ok(record) => is_labelled(cells) && self.totals.is_sum(record),
            Err(NO_TIME | BAD_TIME) => self.is_total_without_time(&arranged, at),
            Err(_) => false,
        };
        if is_total {
            return out.ignore_record(TOTAL_ROW, at);
        }
        if let Ok(record) = &record {
            self.totals.add(record);
        }
        let before = out.accepted();
        self.rows.keep(&arranged, &mut record, at, out);
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
