//! What the money became: the flow of dollars, and the same as a table with definitions, ranges and evidence.

use maud::{Markup, html};

use super::flow::{self, Judged, Row};
use super::story::Story;
use super::table::{self, Head};
use super::words::{self, Outcome};
use super::{draw, said, sure};
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
                (sure::key(&[sure::KINDS[0], sure::KINDS[1], sure::KINDS[2], sure::NO_LINK]))
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
        let rows = rows.into_iter().flat_map(|(class, own)| details(class, own)).map(|(class, title, about, cost)| {
            Row { class: class.word(), title, about, nanos: cost.nanos(), amount: dollars(cost), share: of_all(cost) }
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

/// A class as rows: what is not traced to code is two, for what is known of it differs.
fn details(class: Class, own: &ClassDoc) -> Vec<(Class, &'static str, &'static str, Money)> {
    let by_branch: Money = ["medium", "weak"].iter().filter_map(|tier| own.by_tier.get(tier)).copied().sum();
    let rest = own.cost_usd - by_branch;
    if class != Class::Unattributed {
        return vec![(class, words::class_title(class), words::class_about(class), own.cost_usd)];
    }
    let all = [
        (class, "Known by branch name only", "Nothing but the name of a branch ties it to a change.", by_branch),
        (
            class,
            "Other folders and sources",
            "Work in folders and repositories that were not read, or without a session.",
            rest,
        ),
    ];
    all.into_iter().filter(|(.., cost)| *cost != Money::ZERO).collect()
}

/// What ties the spend of a class to code.
fn evidence(class: &ClassDoc) -> Markup {
    let order = ["explicit", "strong", "medium", "weak", "none"];
    let parts: Vec<_> = order
        .iter()
        .filter_map(|tier| Some((sure::kind(tier), *class.by_tier.get(tier)?)))
        .filter(|(_, cost)| *cost > Money::ZERO)
        .collect();
    let spoken: Vec<String> =
        parts.iter().map(|((_, title, _), cost)| format!("{} {title}", words::of(*cost, class.cost_usd))).collect();
    html! {
        td.g.w {
            @if !parts.is_empty() {
                (draw::cell_bar(parts.iter().map(|((fill, ..), cost)| (*fill, cost.nanos())), class.cost_usd.nanos()))
                span.vh { (spoken.join(", ")) }
            }
        }
    }
}

/// Every class with its dollars.
fn as_table(story: &Story<'_>) -> Markup {
    let audit = story.audit;
    let columns: [Head; 6] = [
        ("What it became", ""),
        ("Spend", "n"),
        ("Of all", "n"),
        ("Of judged", "n"),
        ("95% range of that", "n w"),
        ("Evidence", "g w"),
    ];
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
                    (evidence(one))
                    }
                }
            }
            tr.sum {
                th scope="row" { "All spend" } (table::amount(audit.fates.total_usd)) td.n { "100%" }
                (table::amount(audit.fates.settled_usd)) td.w {} td.w {}
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
