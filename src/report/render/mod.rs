//! Renderers: a report in one format each. A renderer formats; it does not compute, sort or round in its own way.

mod csv;
mod html;
mod json;
mod look;
mod markdown;
mod openmetrics;
mod screen;
mod table;
mod xlsx;

pub use self::csv::table as csv_table;
pub(super) use self::csv::{io_error as csv_error, text as csv_cell, writer as csv_writer};
pub use look::{CsvStyle, Look};
pub(super) use markdown::{MARK, escaped};

use std::io::{self, Write};

use super::Report;

/// Every format of a report.
pub static RENDERERS: &[&dyn Renderer] = &[
    &table::TableRenderer,
    &json::JsonRenderer,
    &csv::CsvRenderer,
    &markdown::MarkdownRenderer,
    &html::HtmlRenderer,
    &openmetrics::OpenMetricsRenderer,
    &xlsx::XlsxRenderer,
];

/// Writes a report in one format.
pub trait Renderer: Sync {
    /// The value of `--format`.
    fn id(&self) -> &'static str;

    /// One line of help.
    fn describe(&self) -> &'static str;

    /// How a file of it ends.
    fn extension(&self) -> &'static str {
        self.id()
    }

    /// Whether it writes bytes that a terminal cannot show.
    fn is_binary(&self) -> bool {
        false
    }

    /// Whether it writes tables for spreadsheets: one that is chosen by name, or each in a file of its own.
    fn is_tabular(&self) -> bool {
        false
    }

    /// Whether its page already shows the notes, so that standard error need not repeat them.
    fn shows_notes(&self) -> bool {
        false
    }

    /// Writes the report.
    ///
    /// # Errors
    /// Only those of the writer.
    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()>;
}

/// The renderer of that name.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Renderer> {
    RENDERERS.iter().copied().find(|renderer| renderer.id() == id)
}
