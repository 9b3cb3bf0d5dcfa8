//! CSV after RFC 4180, UTF-8, `.` as decimal point; unknown is an empty cell.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay bare.

use std::io::{self, Write};

use super::look::CsvStyle;
use super::{Look, Renderer};
use crate::model::quantity::Quantity;
use crate::report::Report;
use crate::report::page::{Cell, Table};

/// The renderer of `--format csv`.
pub(super) struct CsvRenderer;

impl Renderer for CsvRenderer {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn describe(&self) -> &'static str {
        "one flat table, for spreadsheets"
    }

    fn is_tabular(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        table(&report.table, look.csv, out)
    }
}

/// Writes one table with its header.
///
/// # Errors
/// Those of the writer.
pub fn table(table: &Table, style: CsvStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = writer(style, out)?;
    writer.write_record(table.columns.iter().map(|column| column.name)).map_err(io_error)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| text(cell, style))).map_err(io_error)?;
    }
    writer.flush()
}

/// A writer in a style.
pub(in crate::report) fn writer(style: CsvStyle, out: &mut dyn Write) -> io::Result<csv::Writer<&mut dyn Write>> {
    if style.mark {
        out.write_all("\u{feff}".as_bytes())?;
    }
    Ok(csv::WriterBuilder::new().delimiter(style.separator).from_writer(out))
}

pub(in crate::report) fn text(cell: &Cell, style: CsvStyle) -> String {
    let number = |text: String| if style.comma { text.replacen('.', ",", 1) } else { text };
    match cell {
        Cell::Text(text) => guarded(text.as_deref().unwrap_or_default()),
        Cell::Count(count) => count.map(|count| count.to_string()).unwrap_or_default(),
        Cell::Money(money) => money.map(|money| number(money.to_string())).unwrap_or_default(),
        Cell::Number(Some(text)) if text.parse::<f64>().is_ok() => number(text.clone()),
        Cell::Number(text) => text.clone().unwrap_or_default(),
        Cell::Figure(_, Quantity::Money(money)) => number(money.to_string()),
        Cell::Figure(_, value) => number(value.as_f64().to_string()),
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
        let text = |cell: &Cell| text(cell, CsvStyle::default());
        assert_eq!(text(&Cell::text("=1+1")), "'=1+1");
        assert_eq!(text(&Cell::text("main")), "main");
        assert_eq!(text(&Cell::Money(Some(Money::from_nanos(-5)))), "-0.000000005");
        assert_eq!(text(&Cell::Count(None)), "");
    }

    #[test]
    fn a_comma_is_the_decimal_sign_of_numbers_alone() {
        let style = CsvStyle { comma: true, ..CsvStyle::default() };
        assert_eq!(text(&Cell::Money(Some(Money::from_nanos(1_500_000_000))), style), "1,5");
        assert_eq!(text(&Cell::Number(Some("2026-05-01T09:00:00.5Z".to_owned())), style), "2026-05-01T09:00:00.5Z");
        assert_eq!(text(&Cell::text("v1.2"), style), "v1.2");
    }
}
