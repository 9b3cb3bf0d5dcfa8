//! Unusual days: each against the same weekday of the eight weeks before, by median and median deviation.

use chrono::NaiveDate;

use crate::measure::burn::{Series, dollars, rounded};
use crate::model::money::Money;

/// Weeks that a day is compared with.
const WEEKS: usize = 8;
/// With fewer of them, no day is judged.
const LEAST_WEEKS: usize = 4;
/// From this robust z-score on, a day is unusual (Iglewicz and Hoaglin 1993).
const LEAST_Z: f64 = 3.5;
/// A median deviation in standard deviations of a normal distribution.
const CONSISTENT: f64 = 0.6745;
/// At least this many dollars above the usual …
const LEAST_DOLLARS: f64 = 5.0;
/// … and at least this share of it.
const LEAST_SHARE: f64 = 0.2;

/// A day that cost far more than the same weekday usually does.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// The day.
    pub day: NaiveDate,
    /// What it cost.
    pub cost: Money,
    /// The median of the same weekdays before it.
    pub usual: Money,
    /// How far off, in robust standard deviations; `None` where those days all cost the same.
    pub z: Option<f64>,
}

/// The unusual days, the latest first.
#[must_use]
pub fn anomalies(series: &Series) -> Vec<Anomaly> {
    let mut found = Vec::new();
    for at in 0..series.costs.len() {
        let before: Vec<f64> =
            (1..=WEEKS).filter_map(|week| at.checked_sub(week * 7)).map(|at| dollars(series.costs[at])).collect();
        if before.len() < LEAST_WEEKS {
            continue;
        }
        let cost = dollars(series.costs[at]);
        let usual = median(before.clone());
        let spread = median(before.iter().map(|other| (other - usual).abs()).collect());
        let excess = cost - usual;
        let z = (spread > 0.0).then(|| CONSISTENT * excess / spread);
        let far = z.is_none_or(|z| z >= LEAST_Z);
        if far && excess >= LEAST_DOLLARS.max(usual * LEAST_SHARE) {
            found.push(Anomaly { day: series.day(at), cost: series.costs[at], usual: rounded(usual), z });
        }
    }
    found.reverse();
    found
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
