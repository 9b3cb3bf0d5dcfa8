//! How unequally spend is spread: over sessions, over users without naming any, and over the lines that lasted.

use std::collections::BTreeMap;

use crate::ledger::Spent;
use crate::measure::linked::LinkedLanding;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::Period;
use crate::model::quantity::Quantity;

/// A curve over fewer sessions, users or landings than this would say nothing.
pub const MIN_FOR_CURVE: usize = 10;
/// Steps of the Lorenz curve.
const LORENZ_STEPS: u64 = 20;

/// Costs per session, or per user, in a window, cheapest first; nobody is named.
pub(super) fn costs_by(records: &[Spent], window: &Period, key: impl Fn(&Spent) -> Option<Name>) -> Vec<Money> {
    let mut sums: BTreeMap<u32, Money> = BTreeMap::new();
    for record in records.iter().filter(|record| window.contains(record.at)) {
        if let (Some(name), Some(cost)) = (key(record), record.cost) {
            *sums.entry(name.code()).or_default() += cost;
        }
    }
    let mut costs: Vec<Money> = sums.into_values().collect();
    costs.sort_unstable();
    costs
}

/// The nearest-rank percentile of sorted values, smallest first.
#[must_use]
pub fn percentile(sorted: &[Money], percent: usize) -> Option<Money> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A point of the Lorenz curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LorenzPoint {
    /// Share of the sessions, cheapest first.
    pub sessions: Option<Quantity>,
    /// Their share of the cost.
    pub cost: Quantity,
}

/// The Lorenz curve of sorted costs; empty for few of them, or where a credit makes one negative.
#[must_use]
pub fn lorenz(sorted: &[Money]) -> Vec<LorenzPoint> {
    let total: i128 = sorted.iter().map(|cost| cost.nanos()).sum();
    if sorted.len() < MIN_FOR_CURVE || total <= 0 || sorted[0] < Money::ZERO {
        return Vec::new();
    }
    let count = sorted.len() as u64;
    let mut costs = sorted.iter();
    let (mut taken, mut sum) = (0, 0);
    let mut points = Vec::new();
    for step in 0..=LORENZ_STEPS {
        let until = count * step / LORENZ_STEPS;
        while taken < until {
            sum += costs.next().map_or(0, |cost| cost.nanos());
            taken += 1;
        }
        points.push(LorenzPoint { sessions: Quantity::ratio(until, count), cost: Quantity::Ratio(sum, total) });
    }
    points
}

/// Landings by their cost per lasting line, cheapest first; those without a lasting line come last.
#[must_use]
pub fn by_cost_of_a_line(landings: impl Iterator<Item = (Money, u64)>) -> Vec<(Money, u64)> {
    let mut all: Vec<(Money, u64)> = landings.filter(|(cost, _)| *cost > Money::ZERO).collect();
    // a/b < c/d where a·d < c·b: exact, and a landing without lines sorts after every other.
    all.sort_by(|(a, b), (c, d)| {
        let (left, right) = (a.nanos() * i128::from(*d), c.nanos() * i128::from(*b));
        left.cmp(&right).then(d.cmp(b)).then(a.cmp(c))
    });
    all
}

/// A point of the curve of dollars over lasting lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinesPoint {
    /// Share of the landings.
    pub landings: Quantity,
    /// Share of the lines that lasted; `None` where none did.
    pub lasting_lines: Option<Quantity>,
    /// Share of the dollars.
    pub cost: Option<Quantity>,
}

/// Dollars over lasting lines at each tenth of the landings that were watched for 30 days; empty for few of them.
#[must_use]
pub fn lines_curve(landings: &[LinkedLanding]) -> Vec<LinesPoint> {
    let sorted = by_cost_of_a_line(landings.iter().filter_map(|one| Some((one.cost, one.surviving?))));
    if sorted.len() < MIN_FOR_CURVE {
        return Vec::new();
    }
    let lines: u64 = sorted.iter().map(|(_, lines)| lines).sum();
    let dollars: Money = sorted.iter().map(|(cost, _)| *cost).sum();
    let point = |tenth: usize| {
        let so_far = &sorted[..sorted.len() * tenth / 10];
        LinesPoint {
            landings: Quantity::Ratio(so_far.len() as i128, sorted.len() as i128),
            lasting_lines: Quantity::ratio(so_far.iter().map(|(_, lines)| lines).sum(), lines),
            cost: Quantity::share(so_far.iter().map(|(cost, _)| *cost).sum(), dollars),
        }
    };
    (1..=10).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(cents: i128) -> Money {
        Money::from_nanos(cents * 10_000_000)
    }

    #[test]
    fn the_curve_begins_at_nothing_ends_at_all_and_never_rises_above_equality() {
        let costs: Vec<Money> = (1..=40).map(usd).collect();
        let points = lorenz(&costs);
        assert_eq!(points.len(), 21);
        let pair = |at: usize| (points[at].sessions.map(Quantity::as_f64), points[at].cost.as_f64());
        assert_eq!(pair(0), (Some(0.0), 0.0));
        // The cheaper half: 1 + … + 20 = 210 of 820.
        assert_eq!(pair(10), (Some(0.5), 0.256_098));
        assert_eq!(pair(20), (Some(1.0), 1.0));
        assert!(points.iter().all(|point| Some(point.cost.as_f64()) <= point.sessions.map(Quantity::as_f64)));
        assert!(lorenz(&costs[..9]).is_empty());
        assert!(lorenz(&[usd(-1); 12]).is_empty());
    }
}
