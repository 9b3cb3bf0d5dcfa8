//! Whether it is getting better: weeks by what they became, the month so far, and three measures by month.

use maud::{Markup, html};

use super::columns::{self, Border, Column, Month, Point};
use super::story::Story;
use super::table::{self, Head};
use super::words::{self, Outcome};
use super::{changes, said, shown};
use crate::model::money::Money;
use crate::report::ids::SectionId;
use crate::report::page::{dollars, many};

/// A week with what its spend became.
#[derive(Debug, Clone)]
pub(super) struct Week {
    /// Its first day, or its name.
    pub label: String,
    /// Dollars by outcome, in the order of [`Outcome::ALL`].
    pub parts: [Money; 5],
}

/// A measure by month.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    /// What it is.
    pub title: &'static str,
    /// Which way is better.
    pub better: &'static str,
    /// The class of the verdict, and the verdict.
    pub verdict: (&'static str, String),
    /// Its months.
    pub points: Vec<Point>,
    /// The same as rows: month, value, range, what it rests on.
    pub rows: Vec<[String; 4]>,
}

/// Everything that the section draws.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// The weeks, in order.
    pub weeks: Vec<Week>,
    /// Where judging ends.
    pub border: Option<Border>,
    /// What to know about the last column.
    pub note: String,
    /// The measures.
    pub measures: Vec<Measure>,
}

/// Whether a table of the report is shown here beside those of its own.
pub(super) fn is_own(id: SectionId) -> bool {
    id == SectionId::UnusualDays
}

/// The pictures and tables of the section.
pub(super) fn body(story: &Story<'_>, view: &View) -> Markup {
    html! {
        div.main {
            @if !view.weeks.is_empty() { (weeks(view)) }
            (month(story))
        }
        div.full {
            @if !view.measures.is_empty() {
                div.trio { @for measure in &view.measures { (measure_of(measure)) } }
            }
            (story.more(is_own))
        }
    }
}

fn weeks(view: &View) -> Markup {
    let columns: Vec<Column> = view.weeks.iter().map(column).collect();
    let sum = |week: &Week| week.parts.iter().copied().sum::<Money>();
    let highest = view.weeks.iter().max_by_key(|week| sum(week));
    let label = highest.zip(view.weeks.last()).map_or_else(String::new, |(highest, last)| {
        format!(
            "Spend by week, {}, highest {} in the week of {}, last {}.",
            many(view.weeks.len() as u64, "week"),
            dollars(sum(highest)),
            highest.label,
            dollars(sum(last))
        )
    });
    let mut heads: Vec<Head> = vec![("Week of", ""), ("All", "n")];
    heads.extend(Outcome::ALL.map(|one| (one.title(), "n")));
    html! {
        figure {
            h3 { "Spend by week, by what it became" }
            (changes::key_of_outcomes())
            (columns::weeks(&columns, view.border.as_ref(), &label, words::axis_dollars))
            figcaption {
                "Grey is not bad news: a change is judged 30 days after its merge, so recent weeks turn to colour in later reports. "
                (view.note)
            }
            details.nums {
                summary { "The numbers by week" }
                (table::numbers("Spend by week", &heads, &html! {
                    @for week in &view.weeks { tr {
                        th scope="row" { (week.label) } (table::amount(sum(week)))
                        @for part in week.parts { (table::amount(part)) }
                    } }
                }))
            }
        }
    }
}

fn column(week: &Week) -> Column {
    let sum: Money = week.parts.iter().copied().sum();
    let some = Outcome::ALL.iter().zip(week.parts).filter(|(_, part)| *part != Money::ZERO);
    let parts: Vec<String> = some.map(|(one, part)| format!("{} {}", one.short(), dollars(part))).collect();
    Column {
        label: week.label.clone(),
        amount: words::prose_dollars(sum),
        text: format!("Week of {}: {}. {}", week.label, dollars(sum), parts.join(", ")),
        parts: Outcome::ALL.iter().zip(week.parts).map(|(one, part)| (one.key(), part.nanos())).collect(),
    }
}

/// The month so far, with what to expect and what the budgets allow.
fn month(story: &Story<'_>) -> Markup {
    let Some(burn) = &story.audit.burn else { return html! {} };
    let forecast = &burn.forecast;
    let is_over = burn.until >= forecast.until;
    let name = forecast.until.format("%B").to_string();
    let (spent, expected) =
        (format!("{} so far", dollars(forecast.spent_usd)), format!("about {}", dollars(forecast.p50_usd)));
    let range = forecast.p10_usd.zip(forecast.p90_usd).map(|(lo, hi)| (lo.nanos(), hi.nanos()));
    let budgets = burn.budgets.iter().filter(|one| one.team.is_none() && one.project.is_none());
    let whole = budgets.filter(|one| one.from <= forecast.until && (one.until - one.from).num_days() <= 31);
    let marks: Vec<(i128, String)> =
        whole.map(|one| (one.budget_usd.nanos(), format!("budget {}", dollars(one.budget_usd)))).collect();
    let label = if is_over {
        format!("{name}: {}", dollars(forecast.spent_usd))
    } else {
        format!("{name}: {spent}, {expected} expected")
    };
    let month = Month {
        spent: (forecast.spent_usd.nanos(), if is_over { "in all" } else { &spent }),
        expected: (!is_over).then(|| (forecast.p50_usd.nanos(), range, expected.as_str())),
        marks: marks.iter().map(|(amount, words)| (*amount, words.as_str())).collect(),
        label: &label,
    };
    html! {
        @if !is_over {
            figure.strip {
                h3 { (name) " so far, and what to expect by " (words::short_day(forecast.until)) }
                (columns::month(&month))
                @for line in said::month(story) { figcaption { (shown(&line)) } }
            }
        }
    }
}

fn measure_of(measure: &Measure) -> Markup {
    let columns: [Head; 4] = [("Month", ""), ("Value", "n"), ("95% range", "n"), ("Rests on", "")];
    let (class, verdict) = &measure.verdict;
    html! {
        figure.tp {
            h3 { (measure.title) }
            p class={ "vd " (class) } { (verdict) " " span { "(" (measure.better) ")" } }
            (columns::months(&measure.points, measure.title))
            details.nums {
                summary { "The numbers" }
                div.tw { table {
                    (table::head(&columns))
                    tbody { @for [month, value, range, cases] in &measure.rows {
                        tr { th scope="row" { (month) } td.n { (value) } td.n { (range) } td { (cases) } }
                    } }
                } }
            }
        }
    }
}
