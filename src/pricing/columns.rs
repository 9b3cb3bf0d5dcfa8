//! CSV tables with named columns, the format of all price tables.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::edit_distance;
use crate::model::sanitise::described;

/// One line of a table, read by column name.
pub(super) struct TableLine<'a> {
    location: String,
    header: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
}

impl TableLine<'_> {
    /// The trimmed text of a column; empty when the column is blank or missing.
    pub(super) fn text(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).map_or("", str::trim)
    }

    /// Parses a column; blank is `None`.
    pub(super) fn parse<T>(&self, column: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        parse(text).map(Some).map_err(|problem| self.error(column, &problem))
    }

    /// Parses a column that must not be blank.
    pub(super) fn require<T>(&self, column: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T> {
        self.parse(column, parse)?.ok_or_else(|| self.error(column, "is empty"))
    }

    /// An input error at this line and column.
    pub(super) fn error(&self, column: &str, problem: &str) -> Error {
        Error::input(
            format!("{}: column `{column}`: {problem}", self.location),
            "prices are plain decimals in USD per million tokens and dates are YYYY-MM-DD",
        )
    }
}

/// Reads a table and converts each line to a value.
///
/// - Columns may be in any order; optional ones may be missing.
/// - Errors: an unknown, repeated or missing column (with the nearest known one), malformed CSV, and whatever `read` refuses;
///   each with the file and, if there is one, the line.
pub(super) fn read_table<T>(
    path: &Path,
    text: &str,
    known: &[&str],
    required: &[&str],
    mut read: impl FnMut(&TableLine<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|cause| broken(path, &cause))?.clone();
    check_header(path, &header, known, required)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|cause| broken(path, &cause))?;
        let line = record.position().map_or(0, csv::Position::line);
        let location = format!("{}:{line}", path.display());
        rows.push(read(&TableLine { location, header: &header, record: &record })?);
    }
    Ok(rows)
}

fn check_header(path: &Path, header: &csv::StringRecord, known: &[&str], required: &[&str]) -> Result<()> {
    for (at, name) in header.iter().enumerate() {
        if !known.contains(&name) {
            // A log given by mistake has content here, so the name is not quoted.
            let near = edit_distance::nearest(name, known.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            return Err(Error::input(
                format!("{}:1: column {} is not known: its name is {}", path.display(), at + 1, described(name)),
                format!("{near}the columns are {}", known.join(", ")),
            ));
        }
        if header.iter().take(at).any(|earlier| earlier == name) {
            return Err(Error::input(
                format!("{}:1: column `{name}` appears twice", path.display()),
                "keep one of them",
            ));
        }
    }
    for name in required {
        if !header.iter().any(|column| column == *name) {
            return Err(Error::input(
                format!("{}:1: column `{name}` is missing", path.display()),
                format!("the first line names the columns; {} are required", required.join(", ")),
            ));
        }
    }
    Ok(())
}

fn broken(path: &Path, cause: &csv::Error) -> Error {
    let line = cause.position().map_or(1, csv::Position::line);
    Error::input(format!("{}:{line}: not readable as CSV: {cause}", path.display()), "check quotes and commas")
}
