//! HTML: one file with everything in it. No script, no request, and a policy that forbids both; light, dark and on paper.
//!
//! The first screen answers what the money became; each chart has its table below it.

mod charts;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Look, Renderer};
use crate::diagnostics::Severity;
use crate::metrics::Quantity;
use crate::model::money::Money;
use crate::model::sanitise::sanitise;
use crate::report::Report;
use crate::report::charts::DayChart;
use crate::report::document::{AuditDoc, Body};
use crate::report::page::{
    Cell, Fact, Note, Page, Place, Question, Reader, Section, SectionId, Table, dollars, grouped, many,
};
use crate::sessions::waste::Confidence;

/// The renderer of `--format html`.
pub(super) struct HtmlRenderer;

/// Nothing may be loaded or run; styles are in the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("html.css");
/// A longer text is cut; the documents have it whole.
const LONGEST: usize = 300;
/// Repositories whose lines get a curve.
const MOST_CURVES: usize = 6;
/// A longer table ends in a row for the rest.
const MOST_ROWS: usize = 100;

impl Renderer for HtmlRenderer {
    fn id(&self) -> &'static str {
        "html"
    }

    fn describe(&self) -> &'static str {
        "one self-contained page, for people and printers"
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(whole(report).into_string().as_bytes())?;
        out.write_all(b"\n")
    }
}

fn whole(report: &Report) -> Markup {
    let page = &report.page;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (shown(&page.title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (shown(&page.title.replace("   ", " · "))) }
                    @if !report.document.alarms.is_empty() {
                        ul.alarms { @for alarm in &report.document.alarms { li { (shown(&alarm.text)) } } }
                    }
                    @match &report.document.body {
                        Body::Audit(audit) => (readers(page, audit)),
                        _ => {
                            (facts(page.facts.iter()))
                            @for section in &page.sections { (table_section(section)) }
                        }
                    }
                    @if !page.notes.is_empty() {
                        section aria-labelledby="notes" {
                            h2 id="notes" { "To know about these numbers" }
                            ul { @for note in &page.notes { (note_item(note)) } }
                        }
                    }
                }
                footer {
                    "tokaudit " (report.document.tool_version) " · method " (report.document.method_version)
                    " · billed amounts where a bill was read, else list prices · no script, no request; nothing left this machine"
                }
            }
        }
    }
}

/// The questions of the first screen.
const ANSWERS: [(&str, Question); 3] = [
    ("What did we get for the money?", Question::Gained),
    ("How sure is it?", Question::Sure),
    ("What should we do?", Question::Todo),
];
/// The parts of the page: whose each is, the anchor of its heading, and its title.
const READERS: [(Reader, &str, &str); 4] = [
    (Reader::Finance, "finance", "For finance"),
    (Reader::Engineering, "engineering", "For engineering managers"),
    (Reader::Platform, "platform", "For platform and FinOps"),
    (Reader::Developers, "developers", "For developers"),
];

/// The page of an audit: answers, the dollar, and a part per reader.
fn readers(page: &Page, audit: &AuditDoc) -> Markup {
    html! {
        section.answers aria-label="The answers first" {
            @for (question, id) in ANSWERS { (answer(question, id, page, audit)) }
        }
        @for section in page.sections.iter().filter(|section| section.id == SectionId::Waterfall) {
            (charts::bar(audit))
            (behind(section, true))
        }
        nav aria-label="Parts of this report" {
            @for (_, anchor, title) in READERS { a href=(format!("#{anchor}")) { (title) } " " }
            a href="#definitions" { "Definitions" } " "
            a href="#notes" { "Notes" }
        }
        @for (reader, anchor, title) in READERS {
            section.reader aria-labelledby=(anchor) {
                h2 id=(anchor) { (title) }
                (facts(page.facts.iter().filter(|fact| fact.id.place() == Place::For(reader))))
                @match reader {
                    Reader::Finance => { @if let Some(days) = DayChart::of(audit) { (charts::days(&days)) } }
                    Reader::Engineering => (charts::sizes(audit.pull_requests.as_ref().map_or(&[], |all| &all.bands))),
                    Reader::Platform | Reader::Developers => {}
                }
                @for section in page.sections.iter().filter(|one| one.id != SectionId::Waterfall && one.id.reader() == reader) {
                    (table_section(section))
                }
                @match reader {
                    Reader::Finance => {}
                    Reader::Engineering => (survival_curves(audit)),
                    Reader::Platform => (charts::lorenz(&audit.lorenz)),
                    Reader::Developers => p.rest {
                        code { "tokaudit explain SESSION" } ", " code { "explain SHA" } " and " code { "explain '#12'" }
                        " show what one session, commit or pull request cost, with the evidence."
                    }
                }
            }
        }
        (definitions(audit))
    }
}

/// One question of the first screen, with the figures that answer it.
fn answer(question: &str, id: Question, page: &Page, audit: &AuditDoc) -> Markup {
    let all: Vec<&Fact> = page.facts.iter().filter(|fact| fact.id.place() == Place::First(id)).collect();
    html! {
        div.answer {
            h2 { (question) }
            @for fact in &all {
                p { span.label { (fact.label()) } strong { (shown(&fact.value)) } span { (shown(&fact.detail)) } }
            }
            @if id == Question::Todo { (actions(audit)) }
            @if id == Question::Sure && all.is_empty() {
                p { span { "No repository was read, so no dollar is traced to code. Pass --repo PATH." } }
            }
        }
    }
}

/// How long lines live, a curve a repository.
fn survival_curves(audit: &AuditDoc) -> Markup {
    html! {
        @for repo in audit.repos.iter().take(MOST_CURVES) { (charts::survival(&repo.repo, &repo.survival)) }
        @if audit.repos.len() > MOST_CURVES {
            p.rest {
                "and " (many((audit.repos.len() - MOST_CURVES) as u64, "more repository")) "; all of them in --format json"
            }
        }
    }
}

/// The three actions that save most.
fn actions(audit: &AuditDoc) -> Markup {
    html! {
        @if audit.findings.is_empty() {
            p { span { "Nothing that could be saved was found, or what sessions did was not read." } }
        } @else {
            ol {
                @for one in audit.findings.iter().take(3) {
                    li {
                        b { (one.name) } ": " (one.action) ". "
                        span.label { (money(one.save_least_usd)) " to " (money(one.save_most_usd)) ", " (confidence(one.confidence)) }
                    }
                }
            }
        }
    }
}

/// How certain a saving is, in the words of the page.
fn confidence(word: &'static str) -> &'static str {
    let all = [Confidence::Likely, Confidence::UpperBound, Confidence::Look];
    all.into_iter().find(|one| one.word() == word).map_or(word, Confidence::title)
}

/// Every metric with its interval and its definition.
fn definitions(audit: &AuditDoc) -> Markup {
    html! {
        section.reader aria-labelledby="definitions" {
            h2 id="definitions" { "Every figure and its definition" }
            div.wide { table {
                thead { tr {
                    th scope="col" { "figure" } th.number scope="col" { "value" } th.number scope="col" { "95% range" }
                    th.number scope="col" { "n" } th.number scope="col" { "share covered" } th scope="col" { "unit and basis" }
                } }
                tbody { @for one in &audit.metrics { tr {
                    td {
                        details {
                            summary { (one.name) }
                            p.rest { (one.about) }
                        }
                    }
                    td.number class=[one.value.is_none().then_some("unknown")] { (quantity(one.value)) }
                    td.number { @if one.lo.is_some() { (quantity(one.lo)) " to " (quantity(one.hi)) } }
                    td.number { (data(one.n, &grouped(one.n))) }
                    td.number { @if let Some(coverage) = one.coverage { (charts::share(coverage.as_f64())) } }
                    td { (one.unit) ", " (one.basis) @if let Some(missing) = &one.missing { " · " (missing) } }
                } } }
            } }
        }
    }
}

/// A quantity as people read it, with its exact value beside.
fn quantity(quantity: Option<Quantity>) -> Markup {
    match quantity {
        None => html! { "unknown" },
        Some(Quantity::Money(money_)) => money(money_),
        Some(Quantity::Count(count)) => data(count, &grouped(count)),
        Some(ratio) => {
            let value = ratio.as_f64();
            data(value, &if value.abs() < 100.0 { format!("{value:.3}") } else { format!("{value:.0}") })
        }
    }
}

/// A figure as people read it, with its exact value for programs.
fn data(value: impl std::fmt::Display, text: &str) -> Markup {
    html! { data value=(value) { (text) } }
}

fn money(money: Money) -> Markup {
    data(money, &dollars(money))
}

fn facts<'a>(facts: impl Iterator<Item = &'a Fact>) -> Markup {
    let facts: Vec<&Fact> = facts.collect();
    html! {
        @if !facts.is_empty() {
            dl.facts {
                @for fact in facts {
                    div {
                        dt { (fact.label()) }
                        dd { strong { (shown(&fact.value)) } span { (shown(&fact.detail)) } }
                    }
                }
            }
        }
    }
}

/// A table behind its chart.
fn behind(section: &Section, open: bool) -> Markup {
    html! {
        details.behind open[open] {
            summary { (shown(&section.title)) ": the numbers" }
            div.wide { (table(&section.table)) }
            @for rest in section.rest.iter().flat_map(|rest| rest.lines()) { p.rest { (shown(rest)) } }
        }
    }
}

fn table_section(section: &Section) -> Markup {
    html! {
        section {
            h3 { (shown(&section.title)) }
            div.wide { (table(&section.table)) }
            @for rest in section.rest.iter().flat_map(|rest| rest.lines()) { p.rest { (shown(rest)) } }
        }
    }
}

fn table(table: &Table) -> Markup {
    let table = table.cut(MOST_ROWS);
    let first = |at: usize| table.rows.first().and_then(|row| row.get(at));
    let class = |at: usize| match first(at) {
        Some(Cell::Count(_) | Cell::Money(_) | Cell::Number(_) | Cell::Figure(..)) => Some("number"),
        Some(Cell::Bar(_)) => Some("bar"),
        _ => None,
    };
    html! {
        table {
            thead { tr { @for (at, column) in table.columns.iter().enumerate() {
                th scope="col" class=[class(at)] { (column.title) }
            } } }
            tbody { @for row in &table.rows { tr { @for one in row { (cell(one)) } } } }
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    match cell {
        Cell::Text(Some(text)) => html! { td { (shown(text)) } },
        Cell::Text(None) => html! { td.unknown { "(unknown)" } },
        Cell::Count(Some(count)) => html! { td.number { (data(count, &grouped(*count))) } },
        Cell::Money(Some(dollars)) => html! { td.number { (money(*dollars)) } },
        Cell::Money(None) => html! { td.number.unknown { "no price" } },
        Cell::Number(Some(number)) | Cell::Figure(number, _) => html! { td.number { (shown(number)) } },
        Cell::Count(None) | Cell::Number(None) => html! { td.number.unknown { "–" } },
        Cell::Bar(mille) => html! {
            td.bar { svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" { rect.day x="0" y="0" width=(mille) height="10" {} } }
        },
    }
}

fn note_item(note: &Note) -> Markup {
    let class = match note.severity {
        Severity::Note => "note",
        _ => "warning",
    };
    html! { li class=(class) { (shown(&note.text)) } }
}

/// A text that is safe to show, and not too long.
fn shown(text: &str) -> String {
    let mut out: String = sanitise(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        let one = cell(&Cell::text("<script>alert(1)</script>\u{202e}\n")).into_string();
        assert_eq!(one, "<td>&lt;script&gt;alert(1)&lt;/script&gt;  </td>");
        assert!(shown(&"x".repeat(10_000)).chars().count() <= LONGEST + 1);
    }
}
