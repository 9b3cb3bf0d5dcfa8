//! What the words mean: classes, other words, and every figure with its definition.

use maud::{Markup, html};

use super::plain::exact;
use super::shown;
use super::story::Story;
use super::table::{self, Head, Listing};
use super::words::{self, Outcome};
use crate::fate::Class;
use crate::metrics::Quantity;
use crate::report::document::MetricDoc;
use crate::report::page::{dollars, grouped};

/// The words of the page that have one meaning each.
const OTHER_WORDS: [(&str, &str); 15] = [
    ("Spend", "Tokens times the vendor’s list price of the day, or the invoice where one was read."),
    (
        "Judged",
        "Old enough to tell: merged at least 30 days before the data ends, or never merged and quiet for 30 days.",
    ),
    ("Traced", "Tied to a merged change or branch by recorded or matched evidence."),
    ("Recorded", "The tool or git says which commit a session made."),
    ("Matched", "The lines or files that a session wrote are in the commit."),
    ("Merged change", "A commit on the main branch: a merged pull request, or a direct commit."),
    ("AI-assisted", "The commit carries the mark of an AI tool."),
    ("Session", "One conversation with a tool, however long."),
    ("Request", "One call of a model."),
    ("Reused context", "Tokens read from the cache, at about a tenth of the price."),
    ("Stored context", "Tokens written to the cache, dearer than fresh input."),
    ("Likely saving", "Measured, times the part that a change of habit usually recovers."),
    ("A ceiling", "At most this; the real saving may be zero."),
    ("95% range", "Where the value lies in 95 of 100 repeats with other work of the same kind."),
    ("No price", "The price book has no price: counted in tokens, in no dollar figure."),
];

/// The lists and the table of the section.
pub(super) fn body(story: &Story<'_>) -> Markup {
    html! {
        div.main {
            h3 { "What money became" }
            dl.gl2 id="defs-classes" {
                @for outcome in Outcome::ALL {
                    @for class in Class::ALL.into_iter().filter(|class| Outcome::of(*class) == outcome) {
                        div {
                            dt { i class=(outcome.square()) {} (words::class_title(class)) }
                            dd { (words::class_about(class)) " " span.mut { (outcome.short()) } }
                        }
                    }
                }
            }
            h3 { "Other words" }
            dl.gl2 { @for (word, about) in OTHER_WORDS { div { dt { (word) } dd { (about) } } } }
        }
        div.full { (figures(&story.audit.metrics)) }
    }
}

/// Every figure with its value, range, cases and id.
fn figures(metrics: &[MetricDoc]) -> Markup {
    let columns: [Head; 5] = [("Figure", ""), ("Value", "n"), ("95% range", "n w"), ("Rests on", "n w"), ("Id", "w")];
    let row = |one: &MetricDoc| {
        let shown_as = |value: Option<Quantity>| value.map_or_else(|| "–".to_owned(), |value| figure(value, one.unit));
        let value = one.value.map(exact).unwrap_or_default();
        html! {
            tr.r id={ "m-" (one.id) } {
                th scope="row" {
                    (one.name) small { (one.about) }
                    @if let Some(missing) = &one.missing { small.need { (shown(missing)) } }
                }
                td data-v=(value) { (shown_as(one.value)) }
                td { @if one.lo.is_some() { (shown_as(one.lo)) " to " (shown_as(one.hi)) } }
                (table::count(Some(one.n)))
                td { code { (one.id) } }
            }
        }
    };
    Listing {
        id: "figures",
        noun: "figures",
        title: "Every figure of this report",
        columns: &columns,
        controls: html! {},
        key: html! {},
        rows: metrics.iter().map(row).collect(),
        rest: None,
        opens: false,
    }
    .markup()
}

/// A figure in its unit.
fn figure(value: Quantity, unit: &str) -> String {
    match (value, unit) {
        (Quantity::Money(cost), "USD per line") => words::per_line(cost),
        (Quantity::Money(cost), _) => dollars(cost),
        (Quantity::Count(count), _) => grouped(count),
        (share, unit) if unit.starts_with("share") || unit == "ratio" => table::percent(share),
        (ratio, _) => {
            let value = ratio.as_f64();
            if value.abs() < 10.0 {
                format!("{value:.2}")
            } else if value.abs() < 100.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.0}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    #[test]
    fn figures_are_shown_in_their_unit() {
        let cost = Quantity::Money(Money::from_nanos(17_700_000));
        assert_eq!([figure(cost, "USD per line"), figure(cost, "USD")], ["1.8¢", "$0.02"]);
        assert_eq!(figure(Quantity::Ratio(1, 3), "share"), "33.3%");
        assert_eq!(
            [figure(Quantity::Ratio(343, 20), "hours"), figure(Quantity::Count(1_234), "lines")],
            ["17.1", "1,234"]
        );
    }
}
