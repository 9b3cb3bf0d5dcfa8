//! Month's end and the last day of a budget: a run rate by weekday, and draws of how far days were off it.
//!
//! The rate is the mean of the last eight weeks; each weekday has its factor of it. Paths add to each coming day what a day of
//! the past was off, drawn in blocks of seven days, so that good and bad weeks stay together; no day costs less than nothing.

use chrono::{Datelike, Days, NaiveDate};

use super::{LEAST_DAYS, Series, dollars, rounded};
use crate::company::budget::Budget;
use crate::model::money::Money;

/// Days that the rate looks back on.
const WINDOW: usize = 56;
/// Days that are drawn together.
const BLOCK: usize = 7;
/// Paths.
const PATHS: usize = 2_000;
/// Days after which a budget counts as not used up.
const HORIZON: u64 = 730;
/// Seed of the draws.
const SEED: u64 = 0x0062_7572_6e5f_7061;
/// Weeks that the back-test goes back at most.
const TESTS: usize = 8;

/// What a month will have cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The month's last day.
    pub until: NaiveDate,
    /// Spent in the month so far.
    pub spent: Money,
    /// What it will come to, in the middle of the paths.
    pub p50: Money,
    /// One path in ten stays below this …
    pub p10: Option<Money>,
    /// … and one goes beyond this; `None` with few days.
    pub p90: Option<Money>,
    /// How far forecasts of past weeks were off, as a share of what was spent; `None` with few days.
    pub error: Option<f64>,
    /// Weeks behind the error.
    pub tests: usize,
    /// Days of history.
    pub days: usize,
}

/// When a budget is used up; `None` is not within two years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runway {
    /// Whether it is used up already.
    pub over: bool,
    /// One path in ten is over by this day.
    pub p10: Option<NaiveDate>,
    /// Half of them are.
    pub p50: Option<NaiveDate>,
    /// Nine in ten are.
    pub p90: Option<NaiveDate>,
}

/// A run rate with its weekdays and what days were off.
struct Rate {
    by_weekday: [f64; 7],
    off: Vec<f64>,
    first_off: NaiveDate,
}

impl Rate {
    /// Of the last days before an index.
    fn of(series: &Series, before: usize) -> Self {
        let from = before.saturating_sub(WINDOW);
        let days: Vec<(usize, f64)> =
            (from..before).map(|at| (weekday(series.day(at)), dollars(series.costs[at]))).collect();
        let count = |of: usize| f64::from(u32::try_from(of).unwrap_or(u32::MAX));
        let mean = days.iter().map(|(_, cost)| cost).sum::<f64>() / count(days.len().max(1));
        let mut by_weekday = [mean; 7];
        // With few days a weekday says little of itself.
        if days.len() >= LEAST_DAYS {
            for (at, rate) in by_weekday.iter_mut().enumerate() {
                let own: Vec<f64> = days.iter().filter(|(day, _)| *day == at).map(|(_, cost)| *cost).collect();
                *rate = own.iter().sum::<f64>() / count(own.len().max(1));
            }
        }
        let off = days.iter().map(|(day, cost)| cost - by_weekday[*day]).collect();
        Self { by_weekday, off, first_off: series.day(from) }
    }

    fn expected(&self, day: NaiveDate) -> f64 {
        self.by_weekday[weekday(day)]
    }

    /// Calls with the cost of each coming day of a path until it says to stop.
    fn path(&self, random: &mut Random, mut day: NaiveDate, mut take: impl FnMut(NaiveDate, f64) -> bool) {
        loop {
            // A block that begins on the same weekday keeps the order of weekdays, too.
            let shift = (weekday(day) + 7 - weekday(self.first_off)) % 7;
            let starts = (self.off.len().saturating_sub(shift)).div_ceil(7).max(1);
            let start = shift + 7 * random.below(starts);
            for at in start..start + BLOCK {
                let off = self.off.get(at).copied().unwrap_or(0.0);
                if !take(day, (self.expected(day) + off).max(0.0)) {
                    return;
                }
                day = day + Days::new(1);
            }
        }
    }
}

fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

/// What the month in which the data end will have cost.
#[must_use]
pub fn forecast(series: &Series) -> Forecast {
    let last = series.last();
    let until = end_of_month(last);
    let first = last.with_day(1).unwrap_or(last);
    let spent = series.sum(first, last);
    let rate = Rate::of(series, series.costs.len());
    let left = || last.iter_days().skip(1).take_while(|day| *day <= until);
    let expected: f64 = left().map(|day| rate.expected(day)).sum();
    let days = series.costs.len();
    let plain =
        Forecast { until, spent, p50: spent + rounded(expected), p10: None, p90: None, error: None, tests: 0, days };
    if days < LEAST_DAYS {
        return plain;
    }
    let mut random = Random(SEED);
    let mut sums: Vec<f64> = (0..PATHS)
        .map(|_| {
            let mut sum = 0.0;
            if last < until {
                rate.path(&mut random, last + Days::new(1), |day, cost| {
                    sum += cost;
                    day < until
                });
            }
            sum
        })
        .collect();
    sums.sort_by(f64::total_cmp);
    let at = |percent: usize| spent + rounded(sums[(PATHS - 1) * percent / 100]);
    let (error, tests) = back_test(series);
    Forecast { p50: at(50), p10: Some(at(10)), p90: Some(at(90)), error, tests, ..plain }
}

/// How far the expected sum of seven days was off in past weeks, by the days before each.
fn back_test(series: &Series) -> (Option<f64>, usize) {
    let days = series.costs.len();
    let mut errors = Vec::new();
    for week in 1..=TESTS {
        let Some(origin) = days.checked_sub(week * 7).filter(|origin| *origin >= LEAST_DAYS) else { break };
        let rate = Rate::of(series, origin);
        let expected: f64 = (origin..origin + 7).map(|at| rate.expected(series.day(at))).sum();
        let actual: f64 = series.costs[origin..origin + 7].iter().map(|cost| dollars(*cost)).sum();
        if actual > 0.0 {
            errors.push((expected - actual).abs() / actual);
        }
    }
    let count = f64::from(u32::try_from(errors.len()).unwrap_or(u32::MAX));
    ((!errors.is_empty()).then(|| errors.iter().sum::<f64>() / count), errors.len())
}

/// When a budget is used up.
#[must_use]
pub fn runway(series: &Series, budget: &Budget) -> Runway {
    let last = series.last();
    let mut spent = Money::ZERO;
    for at in 0..series.costs.len() {
        let day = series.day(at);
        if day >= budget.from {
            spent += series.costs[at];
        }
        if spent >= budget.amount && day >= budget.from {
            return Runway { over: true, p10: Some(day), p50: Some(day), p90: Some(day) };
        }
    }
    let left = dollars(budget.amount - spent);
    let rate = Rate::of(series, series.costs.len());
    let begin = (last + Days::new(1)).max(budget.from);
    let horizon = last + Days::new(HORIZON);
    if series.costs.len() < LEAST_DAYS {
        let mut sum = 0.0;
        let day = begin.iter_days().take_while(|day| *day <= horizon).find(|day| {
            sum += rate.expected(*day);
            sum >= left
        });
        return Runway { over: false, p10: None, p50: day, p90: None };
    }
    let mut random = Random(SEED);
    let mut ends: Vec<Option<NaiveDate>> = (0..PATHS)
        .map(|_| {
            let (mut sum, mut end) = (0.0, None);
            rate.path(&mut random, begin, |day, cost| {
                sum += cost;
                if sum >= left {
                    end = Some(day);
                }
                end.is_none() && day < horizon
            });
            end
        })
        .collect();
    // What is not reached comes last.
    ends.sort_by_key(|end| (end.is_none(), *end));
    let at = |percent: usize| ends[(PATHS - 1) * percent / 100];
    Runway { over: false, p10: at(10), p50: at(50), p90: at(90) }
}

fn end_of_month(day: NaiveDate) -> NaiveDate {
    let next = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(next.0, next.1, 1).and_then(|first| first.pred_opt()).unwrap_or(day)
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from((u128::from(z) * n as u128) >> 64).unwrap_or(0)
    }
}
