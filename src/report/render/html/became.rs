//! What the money became: the flow of dollars, and the same as a table with definitions, ranges and evidence.

use maud::{Markup, html};

use super::flow::{self, Judged, Row};
use super::said;
use super::story::Story;
use super::table::{self, Head};
use super::words::{self, Outcome};
use crate::fate::Class;
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::fates::ClassDoc;
use crate::report::page::dollars;

/// The pictures and the table of the section.
pub(super) fn body(story: &Story<'_>) -> Markup {
    let audit = story.audit;
    let total = audit.fates.total_usd;
    let outcomes = outcomes(&audit.waterfall, total, audit.fates.settled_usd);
    let is_drawn = total > Money::ZERO && audit.waterfall.iter().all(|class| class.cost_usd >= Money::ZERO);
    let amounts: Vec<String> = Outcome::ALL
        .into_iter()
        .map(|one| of_outcome(&audit.waterfall, one))
        .filter(|cost| *cost != Money::ZERO)
        .map(dollars)
        .collect();
    let (judged, open) = (dollars(audit.fates.settled_usd), dollars(total - audit.fates.settled_usd));
    html! {
        figure {
            @if is_drawn {
                (flow::wide(&outcomes, Judged { judged: &judged, open: &open }))
                (flow::narrow(&outcomes, &amounts))
            }
            p.fn { @for (word, text) in said::below_the_flow(story) { b { (word) } (text) } }
            details.nums open[!is_drawn] {
                summary { "The same as a table, with definitions, ranges and evidence" }
                p {
                    "Read from left to right. Every dollar starts in the bar on the left and ends in exactly one row on the right; \
                     heights are dollars, and the rows sum to the spend."
                }
                (as_table(story))
            }
        }
    }
}

fn of_outcome(classes: &[ClassDoc], outcome: Outcome) -> Money {
    own(classes, outcome).map(|(_, class)| class.cost_usd).sum()
}

/// The classes of an outcome, with what they are.
fn own(classes: &[ClassDoc], outcome: Outcome) -> impl Iterator<Item = (Class, &ClassDoc)> {
    let known = classes.iter().filter_map(|one| Some((words::class(one.class)?, one)));
    known.filter(move |(class, _)| Outcome::of(*class) == outcome)
}

/// The outcomes with their rows, the largest first.
fn outcomes(classes: &[ClassDoc], total: Money, judged: Money) -> Vec<flow::Outcome<'static>> {
    let share = |cost: Money, whole: Money| Quantity::share(cost, whole);
    let of_all = |cost: Money| share(cost, total).map_or_else(|| "–".to_owned(), table::percent);
    let outcome = |outcome: Outcome| {
        let mut rows: Vec<_> = own(classes, outcome).filter(|(_, class)| class.cost_usd != Money::ZERO).collect();
        rows.sort_by_key(|(_, class)| std::cmp::Reverse(class.cost_usd));
        let cost: Money = rows.iter().map(|(_, class)| class.cost_usd).sum();
        let is_judged = outcome.is_judged();
        let known = rows.iter().any(|(_, class)| class.share_settled.is_some());
        let part = match share(cost, judged).filter(|_| is_judged && known) {
            Some(share) => format!("{} of $1", words::cents(share)),
            None => format!("{} of all", share(cost, total).map_or_else(|| "–".to_owned(), words::whole_percent)),
        };
        let rows = rows.into_iter().map(|(class, own)| Row {
            class: class.word(),
            title: words::class_title(class),
            about: words::class_about(class),
            nanos: own.cost_usd.nanos(),
            amount: dollars(own.cost_usd),
            share: of_all(own.cost_usd),
        });
        flow::Outcome {
            key: outcome.key(),
            title: outcome.title(),
            words: format!("{} · {part}", dollars(cost)),
            judged: is_judged,
            rows: rows.collect(),
        }
    };
    Outcome::ALL.into_iter().map(outcome).filter(|one| !one.rows.is_empty()).collect()
}

/// Every class with its dollars.
fn as_table(story: &Story<'_>) -> Markup {
    let audit = story.audit;
    let columns: [Head; 5] =
        [("What it became", ""), ("Spend", "n"), ("Of all", "n"), ("Of judged", "n"), ("95% range of that", "n w")];
    let percent = |share: Option<Quantity>| share.map_or_else(|| "–".to_owned(), table::percent);
    table::numbers(
        "Where the money went. Every dollar is in exactly one row.",
        &columns,
        &html! {
            @for outcome in Outcome::ALL {
                @for (class, one) in own(&audit.waterfall, outcome) {
                    tr {
                        th scope="row" {
                            i class=(outcome.square()) {} (words::class_title(class)) small { (words::class_about(class)) }
                            @if let (false, Some(needs)) = (one.measured, class.brings()) { small.need { "Not measured: " (needs) } }
                        }
                        (table::amount(one.cost_usd)) td.n { (percent(one.share_all)) } td.n { (percent(one.share_settled)) }
                        td.n.w { (range(story, class)) }
                    }
                }
            }
            tr.sum {
                th scope="row" { "All spend" } (table::amount(audit.fates.total_usd)) td.n { "100%" }
                (table::amount(audit.fates.settled_usd)) td.w {}
            }
        },
    )
}

/// The 95% range of the share of a class, from the metric that has it.
fn range(story: &Story<'_>, class: Class) -> String {
    let id = match class {
        Class::Product => "yield",
        Class::Churned => "churned-spend",
        Class::AiBugFix => "ai-bug-fix-spend",
        Class::Abandoned => "abandoned-spend",
        Class::Rewrite => "rewrite-spend",
        Class::ReviewResponse => "review-response-spend",
        Class::Reverted => "reverted-spend",
        Class::Failed => "failed-spend",
        _ => return String::new(),
    };
    let metric = story.audit.metrics.iter().find(|one| one.id == id);
    match metric.and_then(|one| one.lo.zip(one.hi)) {
        Some((lo, hi)) => format!("{} to {}", words::whole_percent(lo), words::whole_percent(hi)),
        None => String::new(),
    }
}
