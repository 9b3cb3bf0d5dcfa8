//! The page of reports without a story: figures first, then tables that can be sorted and copied.

use maud::{Markup, html};

use super::draw::cell_bar;
use super::{Content, shown, table};
use crate::diagnostics::Severity;
use crate::model::quantity::Quantity;
use crate::report::Report;
use crate::report::page::{Cell, Column, Fact, Note, Section, Table, grouped};

/// A longer table ends in a row for the rest.
const MOST_ROWS: usize = 100;

/// The page.
pub(super) fn page(report: &Report) -> Content {
    let page = &report.page;
    let title = page.title.replace("   ", " · ");
    let body = html! {
        header.mast { p.wm { "tokaudit" } }
        main id="main" {
            h1 { (shown(&title)) }
            (alarms(report))
            (facts(&page.facts))
            @for section in &page.sections { (self::section(section)) }
            (notes(&page.notes))
        }
        (footer(report))
    };
    Content { description: title.clone(), title, body }
}

/// What must be said before the first figure.
pub(super) fn alarms(report: &Report) -> Markup {
    let alarms = &report.document.alarms;
    html! {
        @if !alarms.is_empty() {
            div.alarm { ul { @for alarm in alarms { li { (shown(&alarm.text)) } } } }
        }
    }
}

/// What every page ends with.
pub(super) fn footer(report: &Report) -> Markup {
    html! {
        footer {
            p {
                "tokaudit " (report.document.tool_version) " · method " (report.document.method_version)
                @if let Some(day) = &report.document.price_book_date { " · prices as of " (day) }
            }
            p { "Nothing on this page is loaded from elsewhere, and nothing left the machine that wrote it." }
        }
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl.facts {
                @for fact in facts {
                    div { dt { (fact.label()) } dd { strong { (shown(&fact.value)) } " " span { (shown(&fact.detail)) } } }
                }
            }
        }
    }
}

/// What to know about the numbers.
fn notes(notes: &[Note]) -> Markup {
    html! {
        @if !notes.is_empty() {
            h2 { "To know about these numbers" }
            ul.notes { @for note in notes { li class=(severity(note.severity)) { (shown(&note.text)) } } }
        }
    }
}

/// The class of a notice.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "s-note",
        _ => "s-warning",
    }
}

pub(super) fn section(section: &Section) -> Markup {
    html! {
        div.plain {
            h2 { (shown(&section.title)) }
            (table_of(&section.table))
            @for rest in section.rest.iter().flat_map(|rest| rest.lines()) { p.fn { (shown(rest)) } }
        }
    }
}

fn table_of(all: &Table) -> Markup {
    let rows = all.cut(MOST_ROWS);
    let first = |at: usize| rows.rows.first().and_then(|row| row.get(at));
    let class = |at: usize| match first(at) {
        Some(Cell::Count(_) | Cell::Money(_) | Cell::Number(_) | Cell::Figure(..)) => "n",
        Some(Cell::Bar(_)) => "g w",
        _ => "",
    };
    let title = |at: usize, column: &Column| match (class(at), column.title) {
        ("", "") => column.name,
        (_, title) => title,
    };
    let columns: Vec<table::Head> =
        rows.columns.iter().enumerate().map(|(at, column)| (title(at, column), class(at))).collect();
    let cut = all.rows.len() > MOST_ROWS;
    let last = rows.rows.len().saturating_sub(1);
    html! {
        div.tw { table data-tools="1" {
            (table::head(&columns))
            tbody { @for (at, row) in rows.rows.iter().enumerate() {
                tr class=[(cut && at == last).then_some("sum")] { @for one in row { (cell(one)) } }
            } }
        } }
    }
}

fn cell(cell: &Cell) -> Markup {
    match cell {
        Cell::Text(Some(text)) => html! { td { (shown(text)) } },
        Cell::Text(None) => html! { td.mut { "unknown" } },
        Cell::Count(Some(count)) => html! { td.n data-v=(count) { (grouped(*count)) } },
        Cell::Money(Some(cost)) => table::amount(*cost),
        Cell::Money(None) => html! { td.n.mut data-v="" { "no price" } },
        Cell::Figure(text, value) => html! { td.n data-v=(exact(*value)) { (shown(text)) } },
        Cell::Number(Some(number)) => html! { td.n { (shown(number)) } },
        Cell::Count(None) | Cell::Number(None) => html! { td.n.mut data-v="" { "–" } },
        Cell::Bar(mille) => html! { td.w { (cell_bar([("f-acc", i128::from(*mille))], 1000)) } },
    }
}

/// A value as programs read it.
pub(super) fn exact(value: Quantity) -> String {
    match value {
        Quantity::Money(money) => money.to_string(),
        Quantity::Count(count) => count.to_string(),
        ratio @ Quantity::Ratio(..) => ratio.as_f64().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    #[test]
    fn a_longer_table_sums_what_it_leaves_out() {
        let column = |title| crate::report::page::Column { title, name: title, spare: false };
        let row = |at: i128| vec![Cell::text("a"), Cell::Money(Some(Money::from_nanos(at * 1_000_000_000)))];
        let all = Table { columns: vec![column("name"), column("cost")], rows: (0..150).map(row).collect() };
        let page = table_of(&all).into_string();
        assert!(page.contains("and 51 more") && page.matches("<tr").count() == 101, "{page}");
    }
}
