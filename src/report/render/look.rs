//! How a report may look where it goes: the width and colours of a terminal, the style of a table for spreadsheets.

/// How a page may look on the terminal it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether colour codes are understood.
    pub color: bool,
    /// Whether only ASCII can be shown.
    pub ascii: bool,
    /// How a table for spreadsheets is written.
    pub csv: CsvStyle,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 100, color: false, ascii: false, csv: CsvStyle::default() }
    }
}

/// What spreadsheets of other countries want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// What stands between cells.
    pub separator: u8,
    /// Whether a comma is the decimal sign.
    pub comma: bool,
    /// Whether a mark of UTF-8 stands in front, which Excel asks for.
    pub mark: bool,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self { separator: b',', comma: false, mark: false }
    }
}
