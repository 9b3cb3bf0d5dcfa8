//! SQLite databases of other programs, opened read-only even while that program runs.
//!
//! - In: the path of a database, or its content. Out: its tables, and their cells row by row.
//! - Refuses: damaged databases, and databases that another program never stops writing to.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use crate::sources::Batch;
use crate::sources::figures::findings::Finding;
use crate::sources::figures::known::Known;
use crate::sources::figures::words;

/// The first bytes of every database.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// An open database.
pub struct Database {
    connection: Connection,
    /// The folder of a copy, which is already removed where the system can do that with open files.
    _copy: Option<tempfile::TempDir>,
}

/// The text of a cell, unless it is empty.
pub(crate) fn cell(row: &[Option<String>], column: usize) -> Option<&str> {
    row[column].as_deref().filter(|text| !text.is_empty())
}

/// A table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DatabaseTable {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

/// How often a copy is restarted because the program wrote to the database, and how long to wait for a lock.
const ATTEMPTS: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(5);
/// How large a database may be that is not a file on disk, because it is held in memory.
const MOST_IN_MEMORY: u64 = 1 << 30;

/// Opens a database without changing it or the files next to it.
///
/// - A running program keeps its latest rows in a write-ahead log next to the file, and the index of that log in a shared
///   file. With both, SQLite reads in place and the program sees no more than a reader. Without the shared file no program
///   has the database open, and the index of the log is made in memory.
/// - A database in write-ahead mode without a log is read in place: no program has it open.
/// - A journal belongs to a transaction that goes on, or that a crash left open. To undo it SQLite has to write, so both
///   files are copied to a folder of this user alone, and the copy loses its name as soon as it is open.
/// - Any other database is read under SQLite's own lock, so that no half-finished transaction is seen.
///
/// # Errors
/// When the file, or its copy, cannot be opened, or the program that has it open does not pause.
pub(super) fn open(path: &Path) -> io::Result<Database> {
    if sibling(path, LOG).exists() {
        return open_with_log(path);
    }
    if fs::metadata(sibling(path, JOURNAL)).is_ok_and(|journal| journal.len() > 0) {
        return open_copy(path);
    }
    let mode = if is_write_ahead(path)? { "immutable=1" } else { "mode=ro" };
    let connection = connect(path, mode)?;
    connection.busy_timeout(PATIENCE).map_err(io::Error::other)?;
    Ok(Database { connection, _copy: None })
}

/// Opens a database that is not a file on disk.
///
/// # Errors
/// When it cannot be read, is too large to hold, or is no database.
pub(super) fn read(content: impl Read) -> io::Result<Database> {
    let mut bytes = Vec::new();
    content.take(MOST_IN_MEMORY + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_IN_MEMORY {
        let message = "a packed database of more than 1 GB is too large to hold in memory; unpack it";
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, message));
    }
    // A database in memory has no log: these two bytes of the header ask for one.
    if let Some(version @ [2, 2]) = bytes.get_mut(18..20) {
        version.copy_from_slice(&[1, 1]);
    }
    let mut connection = Connection::open_in_memory().map_err(io::Error::other)?;
    let size = bytes.len();
    connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), size, true).map_err(io::Error::other)?;
    Ok(Database { connection, _copy: None })
}

/// The endings of the files that SQLite keeps next to a database: log, index of the log, journal.
const LOG: &str = "-wal";
const LOG_INDEX: &str = "-shm";
const JOURNAL: &str = "-journal";

/// Whether a file is a log, an index or a journal next to a database, and so is read with it.
pub(super) fn is_beside_a_database(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    [LOG, LOG_INDEX, JOURNAL].iter().filter_map(|ending| name.strip_suffix(ending)).any(|base| {
        let database = path.with_file_name(base);
        first_bytes(&database, MAGIC.len() as u64).is_ok_and(|bytes| bytes == MAGIC)
    })
}

/// Opens a database with its write-ahead log, in place.
fn open_with_log(path: &Path) -> io::Result<Database> {
    if sibling(path, LOG_INDEX).exists() {
        let connection = connect(path, "mode=ro&readonly_shm=1")?;
        connection.busy_timeout(PATIENCE).map_err(io::Error::other)?;
        if is_readable(&connection).is_ok() {
            return Ok(Database { connection, _copy: None });
        }
    }
    // No program has it open. Without locks, and as the only reader, SQLite keeps the index of the log in memory.
    let no_locks = if cfg!(windows) { "win32-none" } else { "unix-none" };
    let connection = connect(path, &format!("mode=ro&vfs={no_locks}"))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(io::Error::other)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(io::Error::other)?;
    is_readable(&connection)?;
    Ok(Database { connection, _copy: None })
}

fn is_readable(connection: &Connection) -> io::Result<()> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(io::Error::other)
}

/// Opens a copy of a database with its journal.
fn open_copy(path: &Path) -> io::Result<Database> {
    let folder = private_folder()?;
    let copy = folder.path().join("copy.db");
    consistent_copy(path, &copy, &mut || ())?;
    let connection = connect(&copy, "mode=rw")?;
    // Undoes what the journal says, before the copy loses its name.
    is_readable(&connection)?;
    let _ = fs::remove_dir_all(folder.path());
    Ok(Database { connection, _copy: Some(folder) })
}

/// A folder that only this user can look into.
fn private_folder() -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

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

/// Copies a database with its journal, as of one instant.
///
/// A journal exists for as long as a transaction writes, and it holds what the pages were before; so the two copies match
/// unless another transaction began, which the age of the journal shows. `between_copies` does nothing except in tests.
fn consistent_copy(path: &Path, copy: &Path, between_copies: &mut dyn FnMut()) -> io::Result<()> {
    let state = || fs::metadata(sibling(path, JOURNAL)).and_then(|meta| meta.modified()).ok();
    for attempt in 0..ATTEMPTS {
        let before = state();
        copy_privately(path, copy)?;
        between_copies();
        match copy_privately(&sibling(path, JOURNAL), &sibling(copy, JOURNAL)) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => fs::write(sibling(copy, JOURNAL), [])?,
            other => other?,
        }
        if state() == before {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10 << attempt.min(5)));
    }
    Err(io::Error::other("another program keeps writing to the database; close it, or read a copy"))
}

/// Copies the content of a file, but not who may read it.
fn copy_privately(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::copy(&mut source, &mut options.open(to)?).map(drop)
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Connects to a file, with parameters of SQLite's own.
fn connect(path: &Path, parameters: &str) -> io::Result<Connection> {
    let mut uri = "file:".to_owned();
    // Any byte but these may have a meaning in a URI, or be no text.
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ => drop(write!(uri, "%{byte:02x}")),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("{uri}?{parameters}"), flags).map_err(io::Error::other)
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
        // Older versions lack whole tables.
        if columns.is_empty() {
            return Ok(());
        }
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

    /// The columns of a table; none if there is no such table. A view is not one: it may never end.
    fn columns(&self, table: &str) -> io::Result<Vec<String>> {
        let tables = self.tables()?;
        Ok(tables.into_iter().find(|known| known.name == table).map(|known| known.columns).unwrap_or_default())
    }

    /// The tables with their columns, but neither views nor virtual tables.
    ///
    /// # Errors
    /// When the database is damaged or encrypted.
    pub(super) fn tables(&self) -> io::Result<Vec<DatabaseTable>> {
        let query = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
                     WHERE t.type = 'table' AND t.sql NOT LIKE 'create virtual%' ORDER BY t.rowid, c.cid";
        let mut statement = self.connection.prepare(query).map_err(io::Error::other)?;
        let mut rows = statement.query([]).map_err(io::Error::other)?;
        let mut tables: Vec<DatabaseTable> = Vec::new();
        while let Some(row) = rows.next().map_err(io::Error::other)? {
            let name: String = row.get(0).map_err(io::Error::other)?;
            let column: String = row.get(1).map_err(io::Error::other)?;
            match tables.last_mut() {
                Some(table) if table.name == name => table.columns.push(column),
                _ => tables.push(DatabaseTable { name, columns: vec![column] }),
            }
        }
        Ok(tables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(connection: &Connection, query: &str) -> String {
        connection.query_row(query, [], |row| row.get::<_, String>(0)).expect(query)
    }

    #[test]
    fn a_copy_is_restarted_when_another_transaction_begins() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let program = Connection::open(&path).expect("a database");
        program.execute_batch("PRAGMA cache_size=2; CREATE TABLE t(x); BEGIN").expect("a table");
        let write = || {
            for _ in 0..20 {
                program.execute("INSERT INTO t VALUES(zeroblob(3000))", []).expect("a row");
            }
        };
        write();
        let mut copies = 0;
        consistent_copy(&path, &copy, &mut || {
            copies += 1;
            if copies == 1 {
                program.execute_batch("COMMIT; BEGIN").expect("another transaction");
                write();
            }
        })
        .expect("a copy");
        let read = connect(&copy, "mode=rw").expect("a database");
        assert_eq!((copies, one(&read, "SELECT CAST(count(*) AS TEXT) FROM t")), (2, "20".to_owned()));
        assert_eq!(one(&read, "PRAGMA integrity_check"), "ok");
    }

    #[test]
    fn a_log_is_read_in_place_with_and_without_its_index() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // A name that needs care in a URI.
        let path = folder.path().join("50% of #1?.db");
        let program = Connection::open(&path).expect("a database");
        program.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(7)").expect("a row");
        let count = |path: &Path| {
            let database = open(path).expect("a database");
            one(&database.connection, "SELECT CAST(sum(x) AS TEXT) FROM t")
        };
        assert_eq!(count(&path), "7");
        let copy = folder.path().join("copy.db");
        fs::copy(&path, &copy).expect("a copy");
        fs::copy(sibling(&path, LOG), sibling(&copy, LOG)).expect("a copy of the log");
        assert_eq!(count(&copy), "7");
        assert!(!sibling(&copy, LOG_INDEX).exists() && sibling(&copy, LOG).exists());
        assert!(is_beside_a_database(&sibling(&copy, LOG)) && !is_beside_a_database(&copy));
    }
}
