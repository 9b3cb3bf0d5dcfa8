//! Formats that are one table of a SQLite database.
//!
//! - In: a database. Out: what a format's own function makes of each row.
//! - Refuses: nothing; a missing table has no rows, and a missing column has empty cells.

use std::io;

use crate::model::origin::{FileId, Origin};
use crate::sources::reading::sqlite::Database;
use crate::sources::{Batch, DatabaseParser};

/// Reads a format that is one table, a row at a time.
pub(crate) struct TableReader {
    /// The id of the format.
    pub(crate) format: &'static str,
    /// The table.
    pub(crate) table: &'static str,
    /// The columns that `add` gets, in their order.
    pub(crate) columns: &'static [&'static str],
    /// Adds what a row holds.
    pub(crate) add: fn(&[Option<String>], Origin, &mut Batch),
}

impl DatabaseParser for TableReader {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut line = 0;
        database.rows(self.table, self.columns, |row| {
            line += 1;
            out.counts.lines_read += 1;
            (self.add)(row, Origin { file, line }, out);
        })?;
        database.check_columns(self.table, self.columns, self.format, out)
    }
}
