//! Is it getting better? Three measures by month, and whether the last two months that count differ by more than chance.
//!
//! - Cost of a merged pull request, by the month of its merge. Lines replaced within 14 days, by the month in which they landed, of those old
//!   enough to tell. The share of judged spend that became code that lasted, by the month of the spend, where at least half is judged.
//! - A month counts from [`LEAST_CHANGES`] changes on. The difference of two months has a range that draws changes as wholes; without
//!   zero in it, it is better or worse.
//! - Spend on anything but merged changes is drawn by branch and session; `n` counts the merged changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::error::Result;
use crate::fate::{Class, Place};
use crate::history::History;
use crate::measure::fates::{Fates, Part};
use crate::measure::lifetimes::{Span, counts};
use crate::measure::linked::Linked;
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::{Granularity, Period, day_of};
use crate::model::quantity::Quantity;
use crate::statistics::interval::{self, Clusters, MIN_CLUSTERS};
use crate::statistics::strata::{self, Stratum, Unit};

/// Changes from which on a month counts.
pub const LEAST_CHANGES: u64 = MIN_CLUSTERS as u64;
/// Under this many changes a month has no value.
const LEAST_SHOWN: u64 = 5;
/// Days within which a line counts as replaced.
const DAYS: u32 = 14;

/// What is followed from month to month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Mean cost of a merged pull request.
    CostPerPullRequest,
    /// Share of new lines that were replaced within 14 days.
    LinesReplaced,
    /// Share of judged spend that became code that lasted.
    ShareThatLasted,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CostPerPullRequest, Self::LinesReplaced, Self::ShareThatLasted];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CostPerPullRequest => "cost_per_pull_request",
            Self::LinesReplaced => "lines_replaced_14_days",
            Self::ShareThatLasted => "share_that_lasted",
        }
    }

    fn is_better_if_more(self) -> bool {
        self == Self::ShareThatLasted
    }

    /// Ends of a range in the unit of the measure.
    fn ends(self, ends: Option<(f64, f64)>) -> Option<(Quantity, Quantity)> {
        match self {
            Self::CostPerPullRequest => interval::dollars(ends),
            Self::LinesReplaced | Self::ShareThatLasted => interval::share(ends),
        }
    }
}

/// A measure in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOf {
    /// Which.
    pub measure: Measure,
    /// The month, `2026-05`.
    pub month: String,
    /// Its value; `None` under five changes, and where less than half of the spend is judged.
    pub value: Option<Quantity>,
    /// The 95% range; `None` under 20 changes.
    pub range: Option<(Quantity, Quantity)>,
    /// Changes behind it.
    pub n: u64,
    /// Whether the month counts.
    pub is_enough: bool,
}

/// How two months differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Better, by more than chance.
    Better,
    /// Worse, by more than chance.
    Worse,
    /// Not by more than chance.
    NoClearChange,
    /// There are no two months that count.
    TooEarly,
    /// Some measures are better and some are worse.
    Mixed,
}

impl Direction {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NoClearChange => "no_clear_change",
            Self::TooEarly => "too_early",
            Self::Mixed => "mixed",
        }
    }
}

/// The last two months that count, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeOf {
    /// In what.
    pub measure: Measure,
    /// The two months; `None` where no two count.
    pub months: Option<(String, String)>,
    /// Whether it is better.
    pub direction: Direction,
    /// The later month less the earlier one, with its 95% range; `None` where it is too early.
    pub difference: Option<[Quantity; 3]>,
}

/// The months of a run, and whether it gets better.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// By measure and month; empty without a repository, and where the git history is cut off.
    pub months: Vec<MonthOf>,
    /// One a measure.
    pub changes: Vec<ChangeOf>,
}

/// One month of one measure.
#[derive(Debug, Clone, Default)]
struct Month {
    /// The units that are drawn.
    units: Vec<Unit>,
    value: Option<Quantity>,
    /// Merged changes.
    n: u64,
    /// Whether enough of it is known, whatever the number of changes.
    is_known: bool,
}

type Months = BTreeMap<String, Month>;

impl Trend {
    /// The months of a window.
    ///
    /// # Errors
    /// When what became of the spend does not sum to it.
    pub fn new(
        material: &Material,
        fates: &Fates,
        linked: Option<&Linked>,
        window: &Period,
        is_cut: bool,
    ) -> Result<Self> {
        let Some(linked) = linked.filter(|_| !is_cut) else { return Ok(Self::default()) };
        let all = [
            (Measure::CostPerPullRequest, pull_requests(linked, window.tz)),
            (Measure::LinesReplaced, lines(&material.run.histories, window)),
            (Measure::ShareThatLasted, spend(material, fates)?),
        ];
        Ok(Self::of(all))
    }

    fn of(all: [(Measure, Months); 3]) -> Self {
        let names: BTreeSet<String> = all.iter().flat_map(|(_, months)| months.keys().cloned()).collect();
        let nothing = Month::default();
        let months = all.iter().flat_map(|(measure, months)| {
            let row = |name: &String| months.get(name).unwrap_or(&nothing).row(*measure, name);
            names.iter().map(row).collect::<Vec<_>>()
        });
        let changes = all.iter().map(|(measure, months)| change(*measure, months));
        Self { months: months.collect(), changes: changes.collect() }
    }

    /// What all measures say together.
    #[must_use]
    pub fn direction(&self) -> Direction {
        let is = |wanted: Direction| self.changes.iter().any(|one| one.direction == wanted);
        match (is(Direction::Better), is(Direction::Worse)) {
            (true, true) => Direction::Mixed,
            (true, false) => Direction::Better,
            (false, true) => Direction::Worse,
            (false, false) if is(Direction::NoClearChange) => Direction::NoClearChange,
            (false, false) => Direction::TooEarly,
        }
    }
}

impl Month {
    fn is_enough(&self) -> bool {
        self.is_known && self.n >= LEAST_CHANGES
    }

    fn row(&self, measure: Measure, month: &str) -> MonthOf {
        let value = self.value.filter(|_| self.is_known && self.n >= LEAST_SHOWN);
        let ends = Clusters::of_units(self.units.clone()).interval().filter(|_| self.is_enough());
        MonthOf {
            measure,
            month: month.to_owned(),
            value,
            range: measure.ends(ends.zip(value).map(|(ends, value)| holding(ends, value.as_f64()))),
            n: self.n,
            is_enough: self.is_enough(),
        }
    }
}

/// No range leaves out its point.
fn holding((low, high): (f64, f64), point: f64) -> (f64, f64) {
    (low.min(point), high.max(point))
}

/// Compares the last two months that count.
fn change(measure: Measure, months: &Months) -> ChangeOf {
    let mut last = months.iter().rev().filter(|(_, month)| month.is_enough());
    let (Some((to, later)), Some((from, earlier))) = (last.next(), last.next()) else {
        return ChangeOf { measure, months: None, direction: Direction::TooEarly, difference: None };
    };
    let stratum = Stratum { first: earlier.units.clone(), second: later.units.clone() };
    let found = strata::difference(&[stratum]);
    let direction = match found {
        Some((_, low, high)) if low > 0.0 || high < 0.0 => {
            if (low > 0.0) == measure.is_better_if_more() {
                Direction::Better
            } else {
                Direction::Worse
            }
        }
        _ => Direction::NoClearChange,
    };
    let difference = found.map(|(middle, low, high)| {
        let (low, high) = holding((low, high), middle);
        [middle, low, high].map(|one| match measure {
            Measure::CostPerPullRequest => {
                interval::dollars(Some((one, one))).map_or(interval::ratio(one), |ends| ends.0)
            }
            Measure::LinesReplaced | Measure::ShareThatLasted => interval::ratio(one),
        })
    });
    ChangeOf { measure, months: Some((from.clone(), to.clone())), direction, difference }
}

fn month_of(at: DateTime<Utc>, tz: Tz) -> String {
    Granularity::Month.label(day_of(at, tz))
}

/// Costs of merged pull requests with traced spend that has a price.
fn pull_requests(linked: &Linked, tz: Tz) -> Months {
    let mut costs: BTreeMap<String, Vec<Money>> = BTreeMap::new();
    for one in &linked.pull_requests {
        costs.entry(month_of(one.merged, tz)).or_default().push(one.cost);
    }
    let month = |costs: Vec<Money>| {
        let n = costs.len() as u64;
        Month {
            value: Quantity::money_per(costs.iter().copied().sum(), n),
            units: costs.into_iter().map(|cost| (Quantity::Money(cost).as_f64(), 1.0)).collect(),
            n,
            is_known: true,
        }
    };
    costs.into_iter().map(|(name, costs)| (name, month(costs))).collect()
}

/// Lines of the changes that landed in the window.
fn lines(histories: &[History], window: &Period) -> Months {
    let mut changes: BTreeMap<(String, usize, u32), (u64, u64)> = BTreeMap::new();
    for (repository, history) in histories.iter().enumerate() {
        let mut months: HashMap<u32, String> = HashMap::new();
        for life in history.lives.iter().filter(|life| counts(history, life)) {
            let Some(born) = life.born else { continue };
            let commit = &history.commits[born as usize];
            if !commit.counted || !window.contains(commit.commit_time) {
                continue;
            }
            let Some(died) = Span::of(history, life).and_then(|span| span.died_within(DAYS)) else { continue };
            let month = months.entry(born).or_insert_with(|| month_of(commit.commit_time, window.tz));
            let change = changes.entry((month.clone(), repository, born)).or_default();
            let lines = u64::from(life.lines);
            *change = (change.0 + if died { lines } else { 0 }, change.1 + lines);
        }
    }
    let mut by_month: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for ((month, ..), change) in changes {
        by_month.entry(month).or_default().push(change);
    }
    let number = |count| Quantity::Count(count).as_f64();
    let month = |changes: Vec<(u64, u64)>| Month {
        value: Quantity::ratio(changes.iter().map(|(dead, _)| dead).sum(), changes.iter().map(|(_, born)| born).sum()),
        n: changes.len() as u64,
        is_known: true,
        units: changes.into_iter().map(|(dead, born)| (number(dead), number(born))).collect(),
    };
    by_month.into_iter().map(|(name, changes)| (name, month(changes))).collect()
}

/// What a part of the spend is drawn with.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whole {
    Change(usize, usize),
    Branch(usize, String),
    Session(Name),
    Request(usize),
}

impl Whole {
    fn of(part: &Part<'_>) -> Self {
        match (part.place, part.record.session) {
            (Place::Landing(repository, at), _) => Self::Change(repository, at),
            (Place::Open(repository, name), _) => Self::Branch(repository, name.to_owned()),
            (Place::Cell(_), Some(session)) => Self::Session(session),
            (Place::Cell(_), None) => Self::Request(part.index),
        }
    }
}

/// The spend of a month.
#[derive(Default)]
struct SpendOfMonth {
    all: Money,
    /// Of each whole with judged spend: what lasted, and what was judged.
    wholes: Vec<(Money, Money)>,
    changes: u64,
}

/// Judged spend of each month, by merged change, branch and session.
fn spend(material: &Material, fates: &Fates) -> Result<Months> {
    let tz = material.run.period.tz;
    // Numbered as they come, so that rounding does not depend on how names are numbered.
    let mut numbers: HashMap<Whole, usize> = HashMap::new();
    let mut is_change: Vec<bool> = Vec::new();
    let mut last: Option<(DateTime<Utc>, String)> = None;
    let found = fates.by_group(material, |part, groups| {
        let whole = Whole::of(part);
        let changes = matches!(whole, Whole::Change(..));
        let number = *numbers.entry(whole).or_insert_with(|| {
            is_change.push(changes);
            is_change.len() - 1
        });
        let at = part.record.at;
        let month = match &last {
            Some((known, month)) if *known == at => month.clone(),
            _ => month_of(at, tz),
        };
        last = Some((at, month.clone()));
        groups.push(((month, number), part.cost));
    })?;
    let mut months: BTreeMap<String, SpendOfMonth> = BTreeMap::new();
    for ((name, number), classes) in found {
        let month = months.entry(name).or_default();
        month.all += classes.total();
        let judged = classes.judged();
        if judged > Money::ZERO {
            month.wholes.push((classes.class(Class::Product), judged));
            month.changes += u64::from(is_change[number]);
        }
    }
    let dollars = |money| Quantity::Money(money).as_f64();
    let month = |month: SpendOfMonth| {
        let sum = |of: fn(&(Money, Money)) -> Money| month.wholes.iter().map(of).sum::<Money>();
        let judged = sum(|one| one.1);
        Month {
            value: Quantity::share(sum(|one| one.0), judged),
            n: month.changes,
            is_known: judged > Money::ZERO && judged + judged >= month.all,
            units: month.wholes.iter().map(|(lasted, judged)| (dollars(*lasted), dollars(*judged))).collect(),
        }
    };
    Ok(months.into_iter().map(|(name, one)| (name, month(one))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A month of changes of ten lines each, of which every third lost this many.
    fn month(count: u64, lost: u64) -> Month {
        let change = |at: u64| (if at.is_multiple_of(3) { Quantity::Count(lost).as_f64() } else { 0.0 }, 10.0);
        let units: Vec<Unit> = (0..count).map(change).collect();
        let value = Quantity::ratio(lost * count.div_ceil(3), count * 10);
        Month { units, value, n: count, is_known: true }
    }

    fn changed(measure: Measure, months: &[Month]) -> ChangeOf {
        let named = months.iter().enumerate().map(|(at, month)| (format!("2026-0{}", at + 1), month.clone()));
        change(measure, &named.collect())
    }

    #[test]
    fn the_last_two_months_that_count_are_compared() {
        let all = [month(60, 9), month(60, 1), month(19, 9)];
        let found = changed(Measure::LinesReplaced, &all);
        assert_eq!(found.months, Some(("2026-01".to_owned(), "2026-02".to_owned())));
        assert_eq!(found.direction, Direction::Better);
        let middle = found.difference.map(|all| all[0]);
        assert_eq!(middle, Some(interval::ratio(-8.0 / 30.0)));
        // The same numbers of what should be more are worse.
        assert_eq!(changed(Measure::ShareThatLasted, &all).direction, Direction::Worse);
        assert_eq!(changed(Measure::LinesReplaced, &[month(60, 2), month(60, 2)]).direction, Direction::NoClearChange);
        assert_eq!(changed(Measure::LinesReplaced, &all[1..]).direction, Direction::TooEarly);
        let half = Month { is_known: false, ..month(60, 9) };
        assert_eq!(changed(Measure::LinesReplaced, &[half, month(60, 1)]).months, None);
    }

    #[test]
    fn a_month_of_few_changes_has_a_value_and_no_range() {
        let row = |count| month(count, 3).row(Measure::LinesReplaced, "2026-01");
        assert_eq!((row(4).value, row(4).range, row(4).is_enough), (None, None, false));
        assert_eq!((row(19).value.is_some(), row(19).range, row(19).is_enough), (true, None, false));
        let enough = row(20);
        let (low, high) = enough.range.expect("a range");
        let value = enough.value.expect("a value").as_f64();
        assert!(enough.is_enough && low.as_f64() <= value && value <= high.as_f64());
    }

    #[test]
    fn measures_that_disagree_are_mixed() {
        let trend = |of: [Direction; 3]| Trend {
            months: Vec::new(),
            changes: Measure::ALL
                .into_iter()
                .zip(of)
                .map(|(measure, direction)| ChangeOf { measure, months: None, direction, difference: None })
                .collect(),
        };
        let (better, worse) = (Direction::Better, Direction::Worse);
        let (same, early) = (Direction::NoClearChange, Direction::TooEarly);
        let said = |of| trend(of).direction();
        assert_eq!([said([better, worse, early]), said([better, same, early])], [Direction::Mixed, better]);
        assert_eq!([said([early, worse, same]), said([early, same, early])], [worse, same]);
        assert_eq!([said([early; 3]), Trend::default().direction()], [early, early]);
    }
}
