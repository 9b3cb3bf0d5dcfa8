//! A workbook: a sheet a topic, typed cells, frozen headers, filters, named totals, a live sum check, definitions.
//!
//! Money is a number of dollars with its format; a text is written as a text and never runs as a formula. The bytes depend on
//! the report alone: the file's own dates are fixed.

use std::collections::HashSet;
use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use super::{Look, Renderer};
use crate::metrics::{METRICS, Quantity};
use crate::report::Report;
use crate::report::document::{AuditDoc, Body, MetricDoc};
use crate::report::page::{Cell, Table};
use crate::report::topics::METRIC_COLUMNS;

/// The renderer of `--format xlsx`.
pub(super) struct XlsxRenderer;

/// Rows of a sheet, without the header; in a longer table the last one sums the rest.
const MOST_ROWS: usize = 1_048_575;
/// Characters of a cell.
const MOST_CHARS: usize = 32_000;
/// Characters of a sheet's name.
const MOST_NAME: usize = 31;
const DOLLARS: &str = "$#,##0.00####";

impl Renderer for XlsxRenderer {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn describe(&self) -> &'static str {
        "a workbook with a sheet a topic"
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let bytes = workbook(report).map_err(io::Error::other)?;
        out.write_all(&bytes)
    }
}

/// How cells look.
struct Formats {
    header: Format,
    title: Format,
    money: Format,
    whole: Format,
    share: Format,
    day: Format,
    wrapped: Format,
}

fn workbook(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(clean(&report.page.title)).set_creation_datetime(&created));
    let formats = Formats {
        header: Format::new().set_bold().set_background_color(0xDDE6F0),
        title: Format::new().set_bold().set_font_size(14),
        money: Format::new().set_num_format(DOLLARS),
        whole: Format::new().set_num_format("#,##0"),
        share: Format::new().set_num_format("0.0%"),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        wrapped: Format::new().set_text_wrap(),
    };
    let mut names = HashSet::new();
    summary(book.add_worksheet(), report, &formats, &mut names)?;
    if let Body::Audit(audit) = &report.document.body {
        bar(&mut book, audit, &formats, &mut names)?;
        metrics(book.add_worksheet(), &audit.metrics, &formats, &mut names)?;
    }
    for section in &report.page.sections {
        let Some(whole) = report.whole_table(section) else { continue };
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&section.title, &mut names))?;
        table(sheet, &whole, &formats)?;
        sums(sheet, &whole, &formats)?;
    }
    let [units, sessions] = ["verdicts", "session_verdicts"].map(|topic| report.topic(topic));
    for (title, rows) in [
        ("Verdicts", units.as_ref()),
        ("Verdicts by session", sessions.as_ref()),
        ("Pivot", report.pivot.as_ref()),
        ("Data", Some(&report.table)),
    ] {
        let Some(rows) = rows else { continue };
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(title, &mut names))?;
        // All are the source of pivot tables and filters, so nothing may be below their rows.
        table(sheet, rows, &formats)?;
    }
    if matches!(report.document.body, Body::Audit(_)) {
        definitions(book.add_worksheet(), &formats, &mut names)?;
    }
    book.save_to_buffer()
}

/// A name that a sheet may have and no other sheet has.
fn sheet_name(title: &str, taken: &mut HashSet<String>) -> String {
    let plain: String =
        title.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).take(MOST_NAME).collect();
    let plain = if plain.trim().is_empty() { "Sheet".to_owned() } else { plain };
    let mut name = plain.clone();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        let end = format!(" {number}");
        name = plain.chars().take(MOST_NAME - end.len()).collect::<String>() + &end;
        number += 1;
    }
    name
}

/// A text that a cell can hold.
fn clean(text: &str) -> String {
    let shown: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).take(MOST_CHARS).collect();
    if text.chars().nth(MOST_CHARS).is_some() { shown + "…" } else { shown }
}

fn summary(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
    names: &mut HashSet<String>,
) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name("Summary", names))?;
    sheet.write_string_with_format(0, 0, clean(&report.page.title), &formats.title)?;
    let mut row = 2;
    for alarm in &report.document.alarms {
        sheet.write_string_with_format(row, 0, "!", &formats.header)?;
        sheet.write_string_with_format(row, 2, clean(&alarm.text), &formats.wrapped)?;
        row += 1;
    }
    for fact in &report.page.facts {
        sheet.write_string(row, 0, fact.label())?;
        sheet.write_string(row, 1, clean(&fact.value))?;
        sheet.write_string_with_format(row, 2, clean(&fact.detail), &formats.wrapped)?;
        row += 1;
    }
    row += 1;
    for note in &report.page.notes {
        sheet.write_string(row, 0, "Note")?;
        sheet.write_string_with_format(row, 2, clean(&note.text), &formats.wrapped)?;
        row += 1;
    }
    sheet.set_column_width(0, 14)?;
    sheet.set_column_width(1, 18)?;
    sheet.set_column_width(2, 110)?;
    Ok(())
}

/// The bar, with a sum that the spreadsheet computes itself beside the one of the report.
fn bar(book: &mut Workbook, audit: &AuditDoc, formats: &Formats, names: &mut HashSet<String>) -> Result<(), XlsxError> {
    let name = sheet_name("Where each dollar went", names);
    let sheet = book.add_worksheet();
    sheet.set_name(&name)?;
    for (column, title) in (0..).zip(["class", "outcome", "cost_usd", "share of all", "share of judged"]) {
        sheet.write_string_with_format(0, column, title, &formats.header)?;
    }
    let mut row = 1;
    for (class, one) in audit.waterfall.iter().flat_map(|class| class.rows().into_iter().map(move |row| (class, row))) {
        sheet.write_string(row, 0, one.title)?;
        sheet.write_string(row, 1, one.outcome)?;
        sheet.write_number_with_format(row, 2, Quantity::Money(one.cost).as_f64(), &formats.money)?;
        let of_all = Quantity::share(one.cost, audit.fates.total_usd);
        for (column, share) in [(3, of_all), (4, class.share_settled)] {
            if let Some(share) = share {
                sheet.write_number_with_format(row, column, share.as_f64(), &formats.share)?;
            }
        }
        row += 1;
    }
    let (first, last) = (2, row);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, row - 1, 4)?;
    let total = Quantity::Money(audit.fates.total_usd).as_f64();
    sheet.write_string(row + 1, 0, "sum of the classes")?;
    let sum = Formula::new(format!("=SUM(C{first}:C{last})")).set_result(total.to_string());
    sheet.write_formula_with_format(row + 1, 2, sum, &formats.money)?;
    sheet.write_string(row + 2, 0, "spend of the report")?;
    sheet.write_number_with_format(row + 2, 2, total, &formats.money)?;
    sheet.write_string(row + 3, 0, "check")?;
    let check = Formula::new(format!("=IF(ABS(C{}-C{})<0.000001,\"ok\",\"does not sum\")", row + 2, row + 3));
    sheet.write_formula(row + 3, 2, check.set_result("ok"))?;
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(2, 16)?;
    book.define_name("classes_total", &format!("='{name}'!$C${}", row + 2))?;
    book.define_name("spend_total", &format!("='{name}'!$C${}", row + 3))?;
    Ok(())
}

fn metrics(
    sheet: &mut Worksheet,
    all: &[MetricDoc],
    formats: &Formats,
    names: &mut HashSet<String>,
) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name("Metrics", names))?;
    // The codes are for programs; a reader of the workbook has the names.
    for (column, title) in (0..).zip(METRIC_COLUMNS.into_iter().filter(|title| *title != "code")) {
        sheet.write_string_with_format(0, column, title, &formats.header)?;
    }
    for (row, metric) in (1..).zip(all) {
        for (column, text) in [(0, metric.id), (1, metric.name), (3, metric.unit)] {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_string(row, 10, metric.basis.to_string())?;
        let numbers = [
            (2, metric.value),
            (4, metric.numerator),
            (5, metric.denominator),
            (7, metric.lo),
            (8, metric.hi),
            (9, metric.coverage),
        ];
        for (column, quantity) in numbers {
            match quantity {
                Some(Quantity::Money(_)) => {
                    let value = quantity.map_or(0.0, Quantity::as_f64);
                    sheet.write_number_with_format(row, column, value, &formats.money)?;
                }
                Some(quantity) => {
                    sheet.write_number(row, column, quantity.as_f64())?;
                }
                None => {}
            }
        }
        sheet.write_number_with_format(row, 6, Quantity::Count(metric.n).as_f64(), &formats.whole)?;
        sheet.write_string(row, 11, metric.missing.as_deref().unwrap_or_default())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, u32::try_from(all.len()).unwrap_or(1), 11)?;
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 40)?;
    Ok(())
}

fn table(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    let shown: Vec<usize> = (0..table.columns.len()).filter(|at| !table.columns[*at].name.is_empty()).collect();
    for (column, &at) in (0..).zip(&shown) {
        sheet.write_string_with_format(0, column, table.columns[at].name, &formats.header)?;
    }
    let rows = table.cut(MOST_ROWS);
    for (row, cells) in (1..).zip(&rows.rows) {
        for (column, &at) in (0..).zip(&shown) {
            match &cells[at] {
                Cell::Text(Some(text)) => match day_of(text) {
                    Some(day) => {
                        sheet.write_datetime_with_format(row, column, &day, &formats.day)?;
                    }
                    None => {
                        sheet.write_string(row, column, clean(text))?;
                    }
                },
                Cell::Figure(shown, value) => {
                    let format = match value {
                        Quantity::Money(_) => &formats.money,
                        Quantity::Count(_) => &formats.whole,
                        Quantity::Ratio(..) if shown.ends_with('%') => &formats.share,
                        Quantity::Ratio(..) => &formats.money,
                    };
                    sheet.write_number_with_format(row, column, value.as_f64(), format)?;
                }
                Cell::Count(Some(count)) => {
                    sheet.write_number_with_format(row, column, Quantity::Count(*count).as_f64(), &formats.whole)?;
                }
                Cell::Money(Some(money)) => {
                    sheet.write_number_with_format(row, column, Quantity::Money(*money).as_f64(), &formats.money)?;
                }
                Cell::Number(Some(text)) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => {
                        sheet.write_number(row, column, number)?;
                    }
                    _ => {
                        sheet.write_string(row, column, clean(text))?;
                    }
                },
                Cell::Text(None) | Cell::Count(None) | Cell::Money(None) | Cell::Number(None) | Cell::Bar(_) => {}
            }
        }
    }
    if !shown.is_empty() {
        let last = u32::try_from(table.rows.len().clamp(1, MOST_ROWS)).unwrap_or(1);
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, last, u16::try_from(shown.len() - 1).unwrap_or(0))?;
    }
    Ok(())
}

/// Sums below a table that the spreadsheet computes itself, of the rows that its filter shows.
fn sums(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    if table.rows.len() < 2 || table.rows.len() >= MOST_ROWS {
        return Ok(());
    }
    let shown: Vec<usize> = (0..table.columns.len()).filter(|at| !table.columns[*at].name.is_empty()).collect();
    let end = u32::try_from(table.rows.len()).unwrap_or(0);
    let mut any = false;
    for (column, &at) in (0..).zip(&shown).skip(1) {
        let name = table.columns[at].name;
        let cells = || table.rows.iter().filter_map(|row| row.get(at));
        let is_money = cells().any(|cell| matches!(cell, Cell::Money(Some(_)))) && name.ends_with("_usd");
        let is_count = SUMMED.contains(&name) && cells().any(|cell| matches!(cell, Cell::Count(Some(_))));
        if !is_money && !is_count || NOT_SUMMED.contains(&name) {
            continue;
        }
        let sum: f64 = cells().filter_map(number).sum();
        let letter = rust_xlsxwriter::utility::column_number_to_name(column);
        let formula = Formula::new(format!("=SUBTOTAL(109,{letter}2:{letter}{})", end + 1)).set_result(sum.to_string());
        let format = if is_money { &formats.money } else { &formats.whole };
        sheet.write_formula_with_format(end + 2, column, formula, format)?;
        any = true;
    }
    if any {
        sheet.write_string_with_format(end + 2, 0, "sum of the rows shown", &formats.header)?;
    }
    Ok(())
}

/// Columns of counts that sum. Others, such as sessions, are in several rows.
const SUMMED: [&str; 11] = [
    "records",
    "requests",
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "unpriced_records",
    "unpriced_tokens",
    "merged",
];
/// Columns of money that do not: medians, and savings that lie on the same dollars.
const NOT_SUMMED: [&str; 4] = ["median_cost_usd", "save_least_usd", "save_most_usd", "cost_per_line"];

/// The number of a cell.
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Money(Some(money)) => Some(Quantity::Money(*money).as_f64()),
        Cell::Count(Some(count)) => Some(Quantity::Count(*count).as_f64()),
        _ => None,
    }
}

/// A calendar day, which a spreadsheet can group by month.
fn day_of(text: &str) -> Option<ExcelDateTime> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    if [year, month, day].map(str::len) != [4, 2, 2] {
        return None;
    }
    ExcelDateTime::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn definitions(sheet: &mut Worksheet, formats: &Formats, names: &mut HashSet<String>) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name("Definitions", names))?;
    for (column, title) in (0..).zip(["id", "name", "unit", "definition"]) {
        sheet.write_string_with_format(0, column, title, &formats.header)?;
    }
    for (row, metric) in (1..).zip(METRICS) {
        for (column, text) in (0..).zip([metric.id, metric.name, metric.unit]) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_string_with_format(row, 3, clean(metric.about), &formats.wrapped)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 40)?;
    sheet.set_column_width(3, 110)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_of_their_own() {
        let mut taken = HashSet::new();
        let long = "a/b:c*d?e[f]g\\h ".repeat(9);
        let first = sheet_name(&long, &mut taken);
        let second = sheet_name(&long, &mut taken);
        assert!(first != second && first.chars().count() <= MOST_NAME && second.chars().count() <= MOST_NAME);
        assert_eq!(sheet_name("??", &mut taken), "Sheet");
    }
}
