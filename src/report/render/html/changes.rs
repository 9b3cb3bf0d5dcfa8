//! Which work cost most: a dot per merged change on an axis of cost, and a table whose rows open.

use maud::{Markup, html};

use super::dots::{self, Dot, Marks};
use super::draw::cell_bar;
use super::story::{Change, MOST_CHANGES, MOST_DETAILS, Story};
use super::table::{self, Head, Listing};
use super::words::{self, Outcome};
use super::{shown, sure};
use crate::fate::Class;
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::report::ids::SectionId;
use crate::report::page::{dollars, grouped, many};

/// The columns of the table.
const COLUMNS: [Head; 7] = [
    ("Change", ""),
    ("Merged", "w"),
    ("Cost", "n"),
    ("Cost by evidence", "g w"),
    ("Lines", "n w"),
    ("Per line", "n w"),
    ("Became", "o"),
];
const FEWEST: usize = 5;

/// Whether a table of the report is shown here beside those of its own.
pub(super) fn is_own(id: SectionId) -> bool {
    id == SectionId::PullRequestSizes
}

/// The picture and the table of the section.
pub(super) fn body(story: &Story<'_>) -> Markup {
    html! {
        @if story.changes.is_empty() {
            div.main { p.fn { "No merged change or branch has a cost: no repository was read, or nothing ties spend to one." } }
        } @else {
            div.main { (chart(story)) }
            div.full { (listing(story)) (story.more(is_own)) }
        }
    }
}

/// The five colours in words.
pub(super) fn key_of_outcomes() -> Markup {
    html! { ul.key { @for one in Outcome::ALL { li { i class=(one.square()) {} (one.short()) } } } }
}

fn chart(story: &Story<'_>) -> Markup {
    let merged =
        story.changes.iter().enumerate().filter(|(_, change)| change.unit.landing.is_some() && change.is_priced());
    let dots: Vec<Dot<'_>> = merged
        .map(|(at, change)| Dot {
            nanos: change.unit.cost_usd.nanos(),
            key: change.mostly().map_or(Outcome::Untraced, |(class, ..)| Outcome::of(class)).key(),
            row: (at < MOST_DETAILS).then(|| {
                let text = format!("{}: {}, {}", change.title, dollars(change.unit.cost_usd), change.became());
                (format!("#u{}d", at + 1), shown(&text))
            }),
        })
        .collect();
    let marks = story.cost_marks();
    let label = format!("Cost of each of {}", many(dots.len() as u64, "merged change"));
    html! {
        @if dots.len() >= FEWEST {
            figure {
                h3 { "Each dot is a merged change, placed by what it cost" }
                (key_of_outcomes())
                (dots::chart(&dots, &marks, &label, words::axis_dollars))
            }
        }
    }
}

fn listing(story: &Story<'_>) -> Markup {
    let (seen, rest) = table::cut(&story.changes, MOST_CHANGES);
    let largest = story.changes.iter().map(|change| change.unit.cost_any_tier_usd).max().unwrap_or_default();
    let rows = seen.iter().zip(1..).map(|(change, number)| {
        html! {
            (row(change, number, largest))
            @if number <= MOST_DETAILS { (detail(story, change, number)) }
        }
    });
    let more = || {
        let cost: Money = rest.iter().map(|change| change.unit.cost_usd).sum();
        html! {
            tr.sum {
                th scope="row" {
                    (grouped(rest.len() as u64)) " more" small { "in the workbook, sheet “Most expensive merged changes”" }
                }
                td {} (table::money(Some(cost))) td {} td {} td {} td {}
            }
        }
    };
    let classes: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| story.changes.iter().any(|one| one.parts.iter().any(|part| part.class == *class)))
        .collect();
    Listing {
        id: "changes-t",
        noun: "changes",
        title: "Merged changes and branches by cost",
        columns: &COLUMNS,
        controls: html! {
            select hidden aria-label="Show only" {
                option value="" { "All outcomes" }
                @for class in classes { option value=(class.word()) { (words::class_title(class)) } }
            }
        },
        key: sure::key(&sure::KINDS[..3]),
        rows: rows.collect(),
        rest: (!rest.is_empty()).then(more),
        opens: true,
    }
    .markup()
}

fn row(change: &Change<'_>, number: usize, largest: Money) -> Markup {
    let unit = change.unit;
    let classes: Vec<&str> = change.parts.iter().map(|part| part.class.word()).collect();
    let tiers = unit.cost_by_tier_usd.iter().map(|(tier, cost)| (sure::kind(tier).0, cost.nanos()));
    let title = shown(&change.title);
    let per_line =
        unit.merged_lines.filter(|_| change.is_priced()).and_then(|lines| Quantity::money_per(unit.cost_usd, lines));
    let merged = unit.landed_at.as_deref().and_then(words::day);
    html! {
        tr.r data-c=(classes.join(" ")) {
            th scope="row" {
                @if number <= MOST_DETAILS { a.dx href={ "#u" (number) "d" } { (title) } } @else { (title) }
                small { (shown(&change.place)) }
            }
            @match merged {
                Some(day) => td data-v=(day) { (words::short_day(day)) },
                None => td data-v="" { "not merged" },
            }
            (table::money(change.is_priced().then_some(unit.cost_usd)))
            td { (cell_bar(tiers, largest.nanos())) }
            (table::count(unit.merged_lines))
            @match per_line {
                Some(Quantity::Money(cost)) => td data-v=(cost) { (words::per_line(cost)) },
                _ => td data-v="" { "–" },
            }
            (became(change))
        }
    }
}

fn became(change: &Change<'_>) -> Markup {
    let whole: i128 = change.parts.iter().map(|part| part.cost.nanos().max(0)).sum();
    let parts = Outcome::ALL.into_iter().map(|outcome| {
        let own = change.parts.iter().filter(|part| Outcome::of(part.class) == outcome);
        (outcome.fill(), own.map(|part| part.cost.nanos()).sum())
    });
    html! { td { @if whole > 0 { (cell_bar(parts, whole)) span { (change.became()) } } } }
}

/// What opens below a row.
fn detail(story: &Story<'_>, change: &Change<'_>, number: usize) -> Markup {
    let tiers = change.unit.cost_by_tier_usd.iter().filter(|(_, cost)| **cost != Money::ZERO);
    html! {
        tr.d id={ "u" (number) "d" } {
            td colspan="7" {
                div.dd {
                    div {
                        h4 { "What its money became" }
                        ul { @for part in &change.parts {
                            li {
                                i class=(Outcome::of(part.class).square()) {} (words::class_title(part.class)) " " b { (dollars(part.cost)) }
                                small { (shown(part.why)) }
                            }
                        } }
                    }
                    div {
                        h4 { "Sessions and evidence" }
                        ul {
                            @for (tier, cost) in tiers {
                                @let (fill, title, _) = sure::kind(tier);
                                li { i class=(fill.replacen('e', "q", 1)) {} (dollars(*cost)) " " (title) }
                            }
                            @for (id, cost) in &change.sessions { li { (dollars(*cost)) " in session " (story.session(id)) } }
                        }
                    }
                }
            }
        }
    }
}

impl Story<'_> {
    /// What half of the merged changes and nine in ten of them cost less than.
    fn cost_marks(&self) -> Marks {
        let mark = |id: &str, words: &str| match self.metric(id) {
            Some(Quantity::Money(cost)) => Some((cost.nanos(), format!("{}: {words}", dollars(cost)))),
            _ => None,
        };
        Marks {
            half: mark("cost-per-pull-request-median", "half"),
            nine_in_ten: mark("cost-per-pull-request-p90", "nine in ten"),
        }
    }
}
