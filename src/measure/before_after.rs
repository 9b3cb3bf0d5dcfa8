//! Before and after a day: what changed in weekly figures, beside the trend that was there before.
//!
//! - Weeks from Monday in the report's time zone that lie wholly in the window; the week that holds the day of the change is
//!   left out unless it begins with it. Fewer than six on either side: nothing is said.
//! - An association, whatever it looks like: other things change at the same time.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use crate::history::History;
use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::period::{Period, day_of};
use crate::model::quantity::Quantity;
use crate::statistics::regression::{Segmented, segmented};

/// Weeks that each side needs.
pub const LEAST_WEEKS: usize = 6;

/// One figure by week.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Stable id.
    pub id: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Weeks before and after with a value.
    pub weeks: (usize, usize),
    /// Means of the weeks before and after.
    pub means: (Option<f64>, Option<f64>),
    /// What changed; `None` with too few weeks.
    pub change: Option<Segmented>,
}

/// Figures around a day.
#[derive(Debug, Clone, PartialEq)]
pub struct BeforeAfter {
    /// The day.
    pub day: NaiveDate,
    /// Spend, landings and spend a landing by week.
    pub series: Vec<Series>,
}

#[derive(Default)]
struct Week {
    cost: Money,
    landings: u64,
}

impl BeforeAfter {
    /// Cuts a window into weeks around a day.
    #[must_use]
    pub fn of(day: NaiveDate, records: &[Spent], histories: &[History], window: &Period) -> Self {
        let monday = |at: DateTime<Utc>| monday(day_of(at, window.tz));
        let mut weeks: BTreeMap<NaiveDate, Week> = BTreeMap::new();
        if let (Some(from), Some(to)) = (window.from, window.to) {
            let (first, last) = (day_of(from, window.tz), day_of(to - chrono::TimeDelta::nanoseconds(1), window.tz));
            let begins = first.iter_days().filter(|day| *day == self::monday(*day));
            let whole = begins.take_while(|begin| *begin + Days::new(6) <= last);
            weeks.extend(whole.map(|begin| (begin, Week::default())));
        }
        for record in records {
            if let (Some(week), Some(cost)) = (weeks.get_mut(&monday(record.at)), record.cost) {
                week.cost += cost;
            }
        }
        for commit in histories.iter().flat_map(|history| &history.commits).filter(|commit| !commit.bot) {
            if let Some(week) = weeks.get_mut(&monday(commit.commit_time)) {
                week.landings += 1;
            }
        }
        let torn = Some(self::monday(day)).filter(|begin| *begin != day);
        let kept: Vec<(f64, bool, Week)> = weeks
            .into_iter()
            .filter(|(begin, _)| Some(*begin) != torn)
            .map(|(begin, week)| (weeks_between(day, begin), begin >= day, week))
            .collect();
        let dollars = |week: &Week| Some(Quantity::Money(week.cost).as_f64());
        let landings = |week: &Week| Some(Quantity::Count(week.landings).as_f64()).filter(|_| !histories.is_empty());
        let each = |week: &Week| Quantity::money_per(week.cost, week.landings).map(Quantity::as_f64);
        let series = vec![
            series("spend", "USD per week", &kept, dollars),
            series("landings", "landings per week", &kept, landings),
            series("cost-per-landing", "USD per landing, all-in", &kept, each),
        ];
        Self { day, series }
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

fn weeks_between(from: NaiveDate, to: NaiveDate) -> f64 {
    f64::from(i32::try_from((to - from).num_days()).unwrap_or(0)) / 7.0
}

fn series(
    id: &'static str,
    unit: &'static str,
    weeks: &[(f64, bool, Week)],
    of: impl Fn(&Week) -> Option<f64>,
) -> Series {
    let points: Vec<(f64, bool, f64)> =
        weeks.iter().filter_map(|(at, after, week)| Some((*at, *after, of(week)?))).collect();
    let side = |wanted: bool| points.iter().filter(move |(_, after, _)| *after == wanted).map(|(.., value)| *value);
    let (before, after) = (side(false).count(), side(true).count());
    let mean = |values: &mut dyn Iterator<Item = f64>, count: usize| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        (count > 0).then(|| values.sum::<f64>() / f64::from(count))
    };
    let means = (mean(&mut side(false), before), mean(&mut side(true), after));
    let enough = before >= LEAST_WEEKS && after >= LEAST_WEEKS;
    let all: Vec<(f64, f64)> = points.iter().map(|(at, _, value)| (*at, *value)).collect();
    let change = enough.then(|| segmented(&all, 0.0)).flatten();
    Series { id, unit, weeks: (before, after), means, change }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_weeks_are_needed_on_each_side() {
        let week = |at: i32, dollars: i128| {
            let cost = Money::from_nanos(dollars * 1_000_000_000);
            (f64::from(at), at >= 0, Week { cost, landings: 2 })
        };
        let weeks: Vec<_> = (-6..6).map(|at| week(at, if at < 0 { 100 } else { 60 })).collect();
        let dollars = |week: &Week| Some(Quantity::Money(week.cost).as_f64());
        let found = series("spend", "USD", &weeks, dollars);
        assert_eq!((found.weeks, found.means), ((6, 6), (Some(100.0), Some(60.0))));
        assert!(found.change.is_some_and(|change| (change.level.value + 40.0).abs() < 1e-6));
        assert_eq!(series("spend", "USD", &weeks[1..], dollars).change, None);
        assert_eq!(series("spend", "USD", &weeks[..11], dollars).change, None);
    }

    #[test]
    fn weeks_begin_on_mondays_and_the_torn_one_is_left_out() {
        let window = Period::days("2026-03-01".parse().ok(), "2026-03-31".parse().ok(), chrono_tz::UTC);
        let day = |text: &str| text.parse().expect("a day");
        // March 2026 has whole weeks from the 2nd, 9th, 16th and 23rd.
        let weeks = |text: &str| BeforeAfter::of(day(text), &[], &[], &window).series[0].weeks;
        assert_eq!(weeks("2026-03-16"), (2, 2));
        assert_eq!(weeks("2026-03-18"), (2, 1));
    }
}
