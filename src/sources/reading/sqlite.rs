//! SQLite databases of other programs, opened for reading only, also while their program runs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// An open database, and the folder of its copy when one had to be made.
pub(crate) struct Database {
    connection: Connection,
    _copy: Option<tempfile::TempDir>,
}

/// How often a copy is begun anew because the program wrote meanwhile, and how long a lock is waited for.
const ATTEMPTS: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a database without changing anything beside it.
///
/// - A program that runs keeps its latest rows in a write-ahead log next to the file. Reading that log needs a shared
///   memory file, which SQLite would create or write to; so where a log stands beside the database both are copied and the
///   copy is read. The same goes for the journal of a transaction that a crash left open.
/// - A database that knows such logs and has none is read as it lies: nobody has it open.
/// - Any other is read under SQLite's own lock, so that no half of a transaction is seen.
///
/// # Errors
/// When the file, or its copy, cannot be opened, or the program that has it open does not pause.
pub(crate) fn open(path: &Path) -> io::Result<Database> {
    if beside(path, LOG).exists() || fs::metadata(beside(path, JOURNAL)).is_ok_and(|journal| journal.len() > 0) {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("copy.db");
        still_copy(path, &copy, &mut || ())?;
        let connection = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, false)?;
        return Ok(Database { connection, _copy: Some(folder) });
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, knows_logs(path)?)?;
    connection.busy_timeout(PATIENCE).map_err(io::Error::other)?;
    Ok(Database { connection, _copy: None })
}

/// The endings of a write-ahead log and of a journal.
const LOG: &str = "-wal";
const JOURNAL: &str = "-journal";

/// Whether the database is in write-ahead mode: byte 18 of its header.
fn knows_logs(path: &Path) -> io::Result<bool> {
    Ok(start(path, 19)?.get(18) == Some(&2))
}

/// The first bytes of a file; none where there is no file.
fn start(path: &Path, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(count).read_to_end(&mut bytes).map(|_| bytes),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(err) => Err(err),
    }
}

/// Copies a database with what stands beside it, as of one instant.
///
/// The log is copied last and only ever grows until it starts anew, and whatever was moved from it into the database
/// meanwhile is still in it; so the two fit together if the log did not start anew, which its header tells. A journal is
/// there for as long as a transaction writes. `meanwhile` runs between the copies: nothing does, but in tests.
fn still_copy(path: &Path, copy: &Path, meanwhile: &mut dyn FnMut()) -> io::Result<()> {
    let state = || -> io::Result<_> {
        let journal = fs::metadata(beside(path, JOURNAL)).and_then(|meta| meta.modified()).ok();
        Ok((start(&beside(path, LOG), 32)?, journal))
    };
    for attempt in 0..ATTEMPTS {
        let before = state()?;
        fs::copy(path, copy)?;
        meanwhile();
        for ending in [LOG, JOURNAL] {
            match fs::copy(beside(path, ending), beside(copy, ending)) {
                Err(err) if err.kind() == io::ErrorKind::NotFound => fs::write(beside(copy, ending), [])?,
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

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn connect(path: &Path, flags: OpenFlags, immutable: bool) -> io::Result<Connection> {
    let opened = if immutable {
        // Percent signs, question and number signs have a meaning in a URI.
        let shown = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Connection::open_with_flags(format!("file:{shown}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(path, flags)
    };
    opened.map_err(io::Error::other)
}

impl Database {
    /// Calls `each` with the named columns of every row of a table, in the order of the rows.
    ///
    /// A table or a column that is not there gives nothing: versions differ.
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

    /// The same with the bytes of each cell.
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
            for (place, cell) in cells.iter_mut().enumerate() {
                *cell = match row.get_ref(place).map_err(io::Error::other)? {
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
    fn a_copy_is_begun_anew_where_the_log_starts_anew() {
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
        still_copy(&path, &copy, &mut || {
            copies += 1;
            // Rows are only appended to the log, which needs no second copy; then the log moves into the database and
            // starts anew.
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
