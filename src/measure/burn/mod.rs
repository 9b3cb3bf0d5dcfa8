//! Days of spend → where it is going: month's end, budgets and their last day, what changed, days unlike the others.
//!
//! - In: spend by UTC or local day, as the ledger cuts it; budgets; the clock. Out: plain figures with their ranges.
//! - The data end at the last day with a record or at the clock, whichever is earlier; nothing is known of the days after.
//! - Simulations draw with a fixed seed and use sums, products and quotients only: the same inputs give the same dates.
//! - Fewer than [`LEAST_DAYS`] days: a plain average, without a range, and called so.
//! - Source: METRICS S4 to S8.

mod anomalies;
mod bridge;
mod forecast;
mod outlook;
#[cfg(test)]
mod tests;

use chrono::{Datelike, Days, NaiveDate};

pub use anomalies::{Anomaly, anomalies};
pub use bridge::{Bridge, Part, bridge};
pub use forecast::{Forecast, Runway, forecast, runway};
pub use outlook::{BudgetBurn, Figures, MonthChange, Outlook, UnusualDay};

use crate::company::budget::Budget;
use crate::model::money::Money;

/// Days of history below which there is no range.
pub const LEAST_DAYS: usize = 21;

/// Spend of consecutive days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The first day.
    pub first: NaiveDate,
    /// The cost of each day from it on; never empty.
    pub costs: Vec<Money>,
}

impl Series {
    /// Fills the days between with nothing; `None` without a day. Days after `end` are left out.
    #[must_use]
    pub fn of(mut days: Vec<(NaiveDate, Money)>, end: NaiveDate) -> Option<Self> {
        days.retain(|(day, _)| *day <= end);
        days.sort_unstable();
        let (first, last) = (days.first()?.0, days.last()?.0);
        let length = usize::try_from((last - first).num_days()).ok()? + 1;
        let mut costs = vec![Money::ZERO; length];
        for (day, cost) in days {
            costs[usize::try_from((day - first).num_days()).unwrap_or(0)] += cost;
        }
        Some(Self { first, costs })
    }

    /// The last day.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        self.first + Days::new(self.costs.len() as u64 - 1)
    }

    /// The day at an index.
    #[must_use]
    pub fn day(&self, at: usize) -> NaiveDate {
        self.first + Days::new(at as u64)
    }

    /// Spend from a day up to another, both included.
    #[must_use]
    pub fn sum(&self, from: NaiveDate, until: NaiveDate) -> Money {
        let inside = |at: &usize| (from..=until).contains(&self.day(*at));
        (0..self.costs.len()).filter(inside).map(|at| self.costs[at]).sum()
    }
}

/// How a budget stands on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Burn {
    /// The budget.
    pub budget: Budget,
    /// Spent in it so far.
    pub spent: Money,
    /// Working days of it gone, and all of them.
    pub working_days: (u64, u64),
    /// When it is used up.
    pub runway: Runway,
}

impl Burn {
    /// How a budget stands where the data end; `spent` are the days that count against it.
    #[must_use]
    pub fn of(budget: Budget, spent: Option<&Series>, end: NaiveDate) -> Self {
        let (sum, runway) = match spent {
            Some(series) => (series.sum(budget.from, budget.until), runway(series, &budget)),
            None => (Money::ZERO, Runway::default()),
        };
        let gone = working_days(budget.from, end.min(budget.until));
        let working_days = (gone, working_days(budget.from, budget.until));
        Self { budget, spent: sum, working_days, runway }
    }
}

/// Mondays to Fridays from a day to another, both included.
fn working_days(from: NaiveDate, until: NaiveDate) -> u64 {
    from.iter_days().take_while(|day| *day <= until).filter(|day| day.weekday().num_days_from_monday() < 5).count()
        as u64
}

/// Dollars as a number, for ranges.
fn dollars(money: Money) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a range needs no nano-dollar")]
    let nanos = money.nanos() as f64;
    nanos / 1e9
}

/// A number of dollars, to the hundredth of a cent.
fn rounded(dollars: f64) -> Money {
    #[expect(clippy::cast_possible_truncation, reason = "a range needs no nano-dollar")]
    let parts = (dollars * 10_000.0).round() as i128;
    Money::from_nanos(parts * 100_000)
}
