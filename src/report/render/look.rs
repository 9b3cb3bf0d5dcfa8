//! How a report may look where it goes: the width and colours of a terminal, the style of a table for spreadsheets.

use crate::report::page::Parts;

/// How a page may look on the terminal it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether colour codes are understood.
    pub color: bool,
    /// Whether only ASCII can be shown.
    pub ascii: bool,
    /// Whether the page of an audit has all its tables, instead of a first screen.
    pub details: bool,
    /// The parts of the page that were asked for.
    pub only: Parts,
    /// How a table for spreadsheets is written.
    pub csv: CsvStyle,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
            ascii: false,
            details: false,
            only: Parts::default(),
            csv: CsvStyle::default(),
        }
    }
}

/// How CSV is written, as spreadsheets of other countries expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// The character between cells.
    pub separator: u8,
    /// Whether the decimal separator is a comma.
    pub comma: bool,
    /// Whether the file begins with a byte order mark, which Excel needs for UTF-8.
    pub mark: bool,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self { separator: b',', comma: false, mark: false }
    }
}
