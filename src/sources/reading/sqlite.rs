//! SQLite databases of other programs, opened read-only even while that program runs.
//!
//! - In: the path of a database. Out: the cells of its tables, row by row.
//! - Refuses: damaged databases, and databases that another program never stops writing to.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::model::origin::{FileId, Origin};
use crate::sources::figures::findings::Finding;
use crate::sources::figures::known::Known;
use crate::sources::figures::words;
use crate::sources::{Batch, DatabaseParser};

/// An open database, with the folder of its copy if one had to be made.
pub(crate) struct Database {
    connection: Connection,
    _copy: Option<tempfile::TempDir>,
}

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
    fn read(&mut self, path: &Path, file: FileId, out: &mut Batch) -> io::Result<()> {
        let mut line = 0;
        let database = open(path)?;
        database.rows(self.table, self.columns, |row| {
            line += 1;
            out.counts.lines_read += 1;
            (self.add)(row, Origin { file, line }, out);
        })?;
        database.check_columns(self.table, self.columns, self.format, out)
    }
}

/// How often a copy is restarted because the program wrote to the database, and how long to wait for a lock.
const ATTEMPTS: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a database without changing it or the files next to it.
///
/// - A running program keeps its latest rows in a write-ahead log next to the file. To read that log, SQLite would create or
///   write a shared memory file; so if there is a log, both are copied and the copy is read. The same holds for the journal
///   of a transaction that a crash left open.
/// - A database in write-ahead mode without such a log is read in place: no program has it open.
/// - Any other database is read under SQLite's own lock, so that no half-finished transaction is seen.
///
/// # Errors
/// When the file, or its copy, cannot be opened, or the program that has it open does not pause.
pub(crate) fn open(path: &Path) -> io::Result<Database> {
    if sibling(path, LOG).exists() || fs::metadata(sibling(path, JOURNAL)).is_ok_and(|journal| journal.len() > 0) {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("copy.db");
        consistent_copy(path, &copy, &mut || ())?;
        let connection = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, false)?;
        return Ok(Database { connection, _copy: Some(folder) });
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, is_write_ahead(path)?)?;
    connection.busy_timeout(PATIENCE).map_err(io::Error::other)?;
    Ok(Database { connection, _copy: None })
}

/// The suffixes of a write-ahead log and of a rollback journal.
const LOG: &str = "-wal";
const JOURNAL: &str = "-journal";

/// Whether the database is in write-ahead mode: byte 18 of its header.
fn is_write_ahead(path: &Path) -> io::Result<bool> {
    Ok(first_bytes(path, 19)?.get(18) == Some(&2))
}

/// The first bytes of a file; empty if there is no file.
fn first_bytes(path: &Path, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(count).read_to_end(&mut bytes).map(|_| bytes),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(err) => Err(err),
    }
}

/// Copies a database with its log or journal, as of one instant.
///
/// The log is copied last. It only grows until it restarts, and rows that moved from it into the database in the meantime are
/// still in it; so the two copies match unless the log restarted, which its header shows. A journal exists for as long as a
/// transaction writes. `between_copies` does nothing except in tests.
fn consistent_copy(path: &Path, copy: &Path, between_copies: &mut dyn FnMut()) -> io::Result<()> {
    let state = || -> io::Result<_> {
        let journal = fs::metadata(sibling(path, JOURNAL)).and_then(|meta| meta.modified()).ok();
        Ok((first_bytes(&sibling(path, LOG), 32)?, journal))
    };
    for attempt in 0..ATTEMPTS {
        let before = state()?;
        fs::copy(path, copy)?;
        between_copies();
        for ending in [LOG, JOURNAL] {
            match fs::copy(sibling(path, ending), sibling(copy, ending)) {
                Err(err) if err.kind() == io::ErrorKind::NotFound => fs::write(sibling(copy, ending), [])?,
                other => drop(other?),
            }
        }
        if state()? == before {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10 << attempt.min(5)));
    }
    Err(io::Error::other("another program keeps writing to the database; close it, or read a copy"))
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn connect(path: &Path, flags: OpenFlags, immutable: bool) -> io::Result<Connection> {
    let opened = if immutable {
        // Percent, question and number signs have a meaning in a URI.
        let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(path, flags)
    };
    opened.map_err(io::Error::other)
}

impl Database {
    /// Calls `each` with the named columns of every row of a table, in the order of the rows.
    ///
    /// Versions of a program differ: a missing table has no rows, a missing column has empty cells.
    ///
    /// # Errors
    /// When the database is damaged.
    pub(crate) fn rows(
        &self,
        table: &str,
        columns: &[&str],
        mut each: impl FnMut(&[Option<String>]),
    ) -> io::Result<()> {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned())
        };
        self.cells(table, columns, |cells| {
            let cells: Vec<Option<String>> = cells.iter_mut().map(|cell| cell.take().map(text)).collect();
            each(&cells);
        })
    }

    /// Like [`Database::rows`], with cells as bytes.
    ///
    /// # Errors
    /// When the database is damaged.
    pub(crate) fn cells(
        &self,
        table: &str,
        columns: &[&str],
        mut each: impl FnMut(&mut [Option<Vec<u8>>]),
    ) -> io::Result<()> {
        let known = self.columns(table)?;
        if known.is_empty() {
            return Ok(());
        }
        let wanted: Vec<String> = columns
            .iter()
            .map(|name| if known.iter().any(|k| k == name) { format!("\"{name}\"") } else { "NULL".to_owned() })
            .collect();
        let query = format!("SELECT {} FROM \"{table}\"", wanted.join(", "));
        let mut statement = self.connection.prepare(&query).map_err(io::Error::other)?;
        let mut rows = statement.query([]).map_err(io::Error::other)?;
        let mut cells = vec![None; columns.len()];
        while let Some(row) = rows.next().map_err(io::Error::other)? {
            for (at, cell) in cells.iter_mut().enumerate() {
                *cell = match row.get_ref(at).map_err(io::Error::other)? {
                    ValueRef::Null => None,
                    ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
                    ValueRef::Real(number) => Some(number.to_string().into_bytes()),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
                };
            }
            each(&mut cells);
        }
        Ok(())
    }

    /// Sums the columns of usage or money that are not read, and notes those that are read and that the table lacks, if any of
    /// its rows was accepted.
    ///
    /// # Errors
    /// When the database is damaged.
    pub(crate) fn check_columns(
        &self,
        table: &str,
        read: &[&str],
        format: &'static str,
        out: &mut Batch,
    ) -> io::Result<()> {
        if out.accepted() == 0 {
            return Ok(());
        }
        let (known, columns) = (Known::of(format), self.columns(table)?);
        for name in read.iter().filter(|name| words::is_figure(name) && !columns.iter().any(|column| column == *name)) {
            out.figures.found.add(Finding::Absent, format, name, 0, 1);
        }
        for name in columns {
            if read.contains(&name.as_str()) || !words::is_figure(&name) || known.is_left(&name) {
                continue;
            }
            let column = format!("\"{}\"", name.replace('"', "\"\""));
            let query =
                format!("SELECT count(*), CAST(sum({column}) AS TEXT) FROM \"{table}\" WHERE {column} + 0 <> 0");
            let (count, sum): (i64, Option<String>) = self
                .connection
                .query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?)))
                .map_err(io::Error::other)?;
            out.figures.found.add_column(format, &name, count.unsigned_abs(), sum.as_deref().unwrap_or("0"), 1);
        }
        Ok(())
    }

    fn columns(&self, table: &str) -> io::Result<Vec<String>> {
        let query = format!("SELECT name FROM pragma_table_info('{table}')");
        let mut statement = self.connection.prepare(&query).map_err(io::Error::other)?;
        let names = statement.query_map([], |row| row.get::<_, String>(0)).map_err(io::Error::other)?;
        names.collect::<Result<_, _>>().map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_restarted_when_the_log_restarts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let program = Connection::open(&path).expect("a database");
        let write = |rows: u32| {
            for _ in 0..rows {
                program.execute("INSERT INTO t VALUES(zeroblob(3000))", []).expect("a row");
            }
        };
        program
            .execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(x)")
            .expect("a table");
        write(10);
        let mut copies = 0;
        consistent_copy(&path, &copy, &mut || {
            copies += 1;
            // Appended rows need no second copy; a log that moves into the database and restarts does.
            write(10);
            if copies == 1 {
                program.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).expect("a checkpoint");
                write(10);
            }
        })
        .expect("a copy");
        let read = Connection::open(&copy).expect("a database");
        let one = |query: &str| read.query_row(query, [], |row| row.get::<_, String>(0)).expect(query);
        assert_eq!((copies, one("SELECT CAST(count(*) AS TEXT) FROM t")), (2, "40".to_owned()));
        assert_eq!(one("PRAGMA integrity_check"), "ok");
    }
}
