//! HTML: one file with everything in it. No script, no request, and a policy that forbids both; light, dark and on paper.
//!
//! The first screen answers what the money became; each chart has its table below it.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Look, Renderer};
use crate::diagnostics::Severity;
use crate::model::money::Money;
use crate::report::Report;
use crate::report::document::{AuditDoc, Body, RowDoc, SurvivalDoc};
use crate::report::page::{Cell, Fact, Note, Section, Table, dollars, grouped};

/// The renderer of `--format html`.
pub(super) struct HtmlRenderer;

/// Nothing may be loaded or run; styles stand in the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("html.css");
/// A longer text is cut; the documents have it whole.
const LONGEST: usize = 300;
/// Days of the chart; earlier ones are in the table of weeks.
const MOST_DAYS: usize = 92;

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
    let audit = match &report.document.body {
        Body::Audit(audit) => Some(audit.as_ref()),
        _ => None,
    };
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
                    h1 { (shown(&page.title)) }
                    @if let Some(audit) = audit { (bar(audit)) }
                    (facts(&page.facts))
                    @for (at, section) in page.sections.iter().enumerate() {
                        (table_section(section))
                        @if let Some(audit) = audit.filter(|_| at == 0) { (charts(audit)) }
                    }
                    @if !page.notes.is_empty() {
                        section aria-labelledby="notes" {
                            h2 id="notes" { "To know about these numbers" }
                            ul { @for note in &page.notes { (note_item(note)) } }
                        }
                    }
                }
                footer {
                    "tokaudit " (report.document.tool_version) " · list prices unless said otherwise · definitions: "
                    code { "tokaudit explain metrics" }
                }
            }
        }
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        dl.facts {
            @for fact in facts {
                div {
                    dt { (fact.label) }
                    dd { strong { (shown(&fact.value)) } span { (shown(&fact.detail)) } }
                }
            }
        }
    }
}

fn charts(audit: &AuditDoc) -> Markup {
    html! {
        @if let Some(days) = audit.spend_by.get("day") { (by_day(days)) }
        @for repo in &audit.repos {
            (curve(&repo.repo, &repo.survival))
        }
    }
}

/// The dollar, cut into its classes.
fn bar(audit: &AuditDoc) -> Markup {
    let total: i128 = audit.waterfall.iter().map(|class| class.cost_usd.nanos()).sum();
    if total <= 0 || audit.waterfall.iter().any(|class| class.cost_usd.nanos() < 0) {
        return html! {};
    }
    let mut left = 0;
    let parts: Vec<(usize, i128, i128, &str, Money)> = audit
        .waterfall
        .iter()
        .enumerate()
        .filter(|(_, class)| class.cost_usd != Money::ZERO)
        .map(|(at, class)| {
            let from = left;
            left += class.cost_usd.nanos();
            (at, from, class.cost_usd.nanos(), class.class, class.cost_usd)
        })
        .collect();
    // Hundredths of a unit of 1,000.
    let scaled = |nanos: i128| fixed(nanos * 100_000 / total);
    html! {
        figure {
            svg viewBox="0 0 1000 64" role="img" aria-label="Where each dollar went; the table below has the numbers" preserveAspectRatio="none" {
                @for (at, from, nanos, name, cost) in &parts {
                    rect class=(format!("tone-{}", audit.waterfall[*at].tone)) x=(scaled(*from)) y="0" width=(scaled(*nanos)) height="64" {
                        title { (name.replace('_', " ")) ": " (dollars(*cost)) }
                    }
                }
            }
            figcaption {
                span.name { span.key.tone-avoidable {} "candidates for saving" } " "
                span.name { span.key.tone-open {} "open: not known, or too young" } " "
                span.name { span.key.tone-neutral {} "neutral" } " "
                span.name { span.key.tone-value {} "reached the product and lasted" } " "
            }
        }
    }
}

/// Columns of spend by day.
fn by_day(days: &[RowDoc]) -> Markup {
    let mut known: Vec<(&str, Money)> =
        days.iter().filter_map(|row| Some((row.key.values().next()?.as_deref()?, row.fields.cost_usd?))).collect();
    known.sort_unstable();
    let known = &known[known.len().saturating_sub(MOST_DAYS)..];
    let most = known.iter().map(|(_, cost)| cost.nanos()).max().unwrap_or(0);
    let (Some(first), Some(last), true) = (known.first(), known.last(), most > 0 && known.len() > 1) else {
        return html! {};
    };
    let count = i128::try_from(known.len()).unwrap_or(1);
    html! {
        figure {
            h2 { "Spend by day" }
            svg viewBox="0 0 1000 160" role="img" aria-label="Spend by day" preserveAspectRatio="none" {
                @for (at, (day, cost)) in (0_i128..).zip(known) {
                    @let height = cost.nanos().max(0) * 15_800 / most;
                    rect.day x=(fixed(at * 100_000 / count)) y=(fixed(16_000 - height)) width=(fixed(80_000 / count)) height=(fixed(height)) {
                        title { (shown(day)) ": " (dollars(*cost)) }
                    }
                }
            }
            figcaption { "Spend by day with records, " (shown(first.0)) " to " (shown(last.0)) ", at most " (dollars(Money::from_nanos(most))) }
        }
    }
}

/// Lines alive by age, with their interval.
fn curve(name: &str, survival: &[SurvivalDoc]) -> Markup {
    let points: Vec<(u32, f64, f64, f64)> =
        survival.iter().filter_map(|point| Some((point.days, point.alive?, point.lo?, point.hi?))).collect();
    if points.len() < 2 {
        return html! {};
    }
    let end = f64::from(points[points.len() - 1].0);
    let x = |days: u32| format!("{:.1}", f64::from(days) / end * 1000.0);
    let y = |share: f64| format!("{:.1}", 158.0 - share.clamp(0.0, 1.0) * 156.0);
    let line = std::iter::once("0.0,2.0".to_owned())
        .chain(points.iter().map(|(days, alive, ..)| format!("{},{}", x(*days), y(*alive))));
    let upper = std::iter::once("0.0,2.0".to_owned())
        .chain(points.iter().map(|(days, _, _, hi)| format!("{},{}", x(*days), y(*hi))));
    let lower = points.iter().rev().map(|(days, _, lo, _)| format!("{},{}", x(*days), y(*lo)));
    let words = points.iter().map(|(days, alive, ..)| format!("{days} days {:.1}%", alive * 100.0));
    html! {
        figure {
            h2 { "How long lines live" }
            svg viewBox="0 0 1000 160" role="img" aria-label=(format!("Lines alive by age in {}", shown(name))) preserveAspectRatio="none" {
                polygon.interval points=(upper.chain(lower).collect::<Vec<_>>().join(" ")) {}
                polyline.curve points=(line.collect::<Vec<_>>().join(" ")) {}
            }
            figcaption { "Lines alive in " (shown(name)) ": " (words.collect::<Vec<_>>().join(" · ")) }
        }
    }
}

fn table_section(section: &Section) -> Markup {
    html! {
        section {
            h2 { (shown(&section.title)) }
            div.wide { (table(&section.table)) }
            @for rest in section.rest.iter().flat_map(|rest| rest.lines()) { p.rest { (shown(rest)) } }
        }
    }
}

fn table(table: &Table) -> Markup {
    let first = |at: usize| table.rows.first().and_then(|row| row.get(at));
    let is_number = |at: usize| matches!(first(at), Some(Cell::Count(_) | Cell::Money(_) | Cell::Number(_)));
    html! {
        table {
            thead { tr { @for (at, column) in table.columns.iter().enumerate() {
                th scope="col" class=[is_number(at).then_some("number")] { (column.title) }
            } } }
            tbody { @for row in &table.rows { tr { @for one in row { (cell(one)) } } } }
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    match cell {
        Cell::Text(Some(text)) => html! { td { (shown(text)) } },
        Cell::Text(None) => html! { td.unknown { "(unknown)" } },
        Cell::Count(Some(count)) => html! { td.number { (grouped(*count)) } },
        Cell::Money(Some(money)) => html! { td.number { (dollars(*money)) } },
        Cell::Money(None) => html! { td.number.unknown { "unpriced" } },
        Cell::Number(Some(number)) => html! { td.number { (shown(number)) } },
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

/// Hundredths as a decimal number.
fn fixed(hundredths: i128) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A text without control characters and marks that turn the direction of writing, and not too long.
fn shown(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out: String = text.chars().take(LONGEST).map(|c| if is_odd(c) { ' ' } else { c }).collect();
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

    #[test]
    fn hundredths_are_printed_exactly() {
        assert_eq!([fixed(0), fixed(5), fixed(12_345)], ["0.00", "0.05", "123.45"]);
    }
}
