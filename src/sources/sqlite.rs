//! SQLite databases of other programs, opened for reading only, also while their program runs.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// An open database, and the folder of its copy when one had to be made.
pub(crate) struct Database {
    connection: Connection,
    _copy: Option<tempfile::TempDir>,
}

/// Opens a database without changing anything beside it.
///
/// A program that runs keeps its latest rows in a write-ahead log next to the file. Reading that log needs a shared
/// memory file, which SQLite would create; so where a log stands beside the database both are copied and the copy is
/// read.
///
/// # Errors
/// When the file, or its copy, cannot be opened.
pub(crate) fn open(path: &Path) -> io::Result<Database> {
    let log = beside(path, "-wal");
    let live = std::fs::metadata(&log).is_ok_and(|meta| meta.len() > 0);
    if !live {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, true)?;
        return Ok(Database { connection, _copy: None });
    }
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("copy.db");
    std::fs::copy(path, &copy)?;
    std::fs::copy(&log, beside(&copy, "-wal"))?;
    let connection = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, false)?;
    Ok(Database { connection, _copy: Some(folder) })
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
