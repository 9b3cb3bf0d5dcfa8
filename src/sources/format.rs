//! What a format has to provide.

use crate::model::origin::{FileId, Origin};
use crate::sources::batch::Batch;
use crate::sources::reading::ReadOptions;
use crate::sources::reading::detect::{Head, Sniff};
use crate::sources::reading::sqlite::Database;

/// A usage-log format.
pub trait Source: Sync {
    /// Stable kebab-case id, as `--as` takes it and reports show it.
    fn id(&self) -> &'static str;

    /// What people call it.
    fn title(&self) -> &'static str;

    /// Where it comes from, how to export it, how it is counted and what it lacks: what `explain` prints.
    fn about(&self) -> &'static str;

    /// The columns that a table must have, which are all that tokens and money depend on; none if it is not a table.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Sets of keys: a JSON export has all keys of one set, at any depth. None if more than its keys identifies the format.
    fn keys(&self) -> &'static [&'static [&'static str]] {
        &[]
    }

    /// Whether it reads a column or key of this name no matter what else is in the file, as with the canonical columns.
    fn knows(&self, _name: &str) -> bool {
        false
    }

    /// Whether the first bytes of a file look like this format.
    fn sniff(&self, head: &Head<'_>) -> Sniff;

    /// The parser for a file of this format, given its first bytes.
    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser;
}

/// How a format reads the bytes of a file.
pub enum Parser {
    /// One JSON value per line. Such files can be concatenated, also those of different formats.
    Lines(Box<dyn LineParser>),
    /// The whole stream, decompressed.
    Stream(Box<dyn StreamParser>),
    /// A database.
    Database(Box<dyn DatabaseParser>),
}

/// Reads one format that writes one JSON value a line.
pub trait LineParser {
    /// Reads a whole line, or declines it as another format's.
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken;

    /// Reads a line that is too long to hold in memory, as a stream that ends with the line.
    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken;

    /// Called at the end of the file.
    fn finish(&mut self, _out: &mut Batch) {}
}

/// What a [`LineParser`] did with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The line is in this format, whether or not it has usage.
    Yes,
    /// The line is valid JSON of another shape.
    Foreign,
    /// The line is not JSON.
    Malformed,
}

/// Reads a format that is not made of lines.
pub trait StreamParser {
    /// Reads the stream to its end.
    ///
    /// # Errors
    /// Only errors of the reader; bad records are counted in `out`.
    fn read(&mut self, input: &mut dyn std::io::Read, file: FileId, out: &mut Batch) -> std::io::Result<()>;
}

/// Reads a format that is a database file.
pub trait DatabaseParser {
    /// Reads all rows.
    ///
    /// # Errors
    /// When the database is damaged; bad records are counted in `out`.
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()>;
}
