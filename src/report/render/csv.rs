//! CSV after RFC 4180, UTF-8, `.` as decimal point; unknown is an empty cell.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay bare.

use std::io::{self, Write};

use super::{Look, Renderer};
use crate::report::Report;
use crate::report::page::Cell;

/// The renderer of `--format csv`.
pub(super) struct CsvRenderer;

impl Renderer for CsvRenderer {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn describe(&self) -> &'static str {
        "one flat table, for spreadsheets"
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(report.table.columns.iter().map(|column| column.name)).map_err(io_error)?;
        for row in &report.table.rows {
            writer.write_record(row.iter().map(text)).map_err(io_error)?;
        }
        writer.flush()
    }
}

pub(in crate::report) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => guarded(text.as_deref().unwrap_or_default()),
        Cell::Count(count) => count.map(|count| count.to_string()).unwrap_or_default(),
        Cell::Money(money) => money.map(|money| money.to_string()).unwrap_or_default(),
        Cell::Number(number) => number.clone().unwrap_or_default(),
        Cell::Bar(_) => String::new(),
    }
}

/// The writer's own error, so that a closed pipe is still known as one.
pub(in crate::report) fn io_error(err: csv::Error) -> io::Error {
    match err.into_kind() {
        csv::ErrorKind::Io(err) => err,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// Keeps a spreadsheet from running a text as a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    #[test]
    fn a_text_is_never_a_formula_and_a_number_stays_one() {
        assert_eq!(text(&Cell::text("=1+1")), "'=1+1");
        assert_eq!(text(&Cell::text("main")), "main");
        assert_eq!(text(&Cell::Money(Some(Money::from_nanos(-5)))), "-0.000000005");
        assert_eq!(text(&Cell::Count(None)), "");
    }
}
