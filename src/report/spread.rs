//! How spend is spread: over sessions, as a Lorenz curve, and over pull requests by their size. No name, no person.

use std::collections::BTreeMap;

use serde::Serialize;

use super::attribution::UnitDoc;
use super::build::columns;
use super::page::{Cell, Section, Table};
use crate::metrics::Quantity;
use crate::model::money::Money;

/// Points of the curve after the first.
const STEPS: u64 = 20;
/// Fewer sessions make no curve, and fewer pull requests no figure (METRICS 3.0 and 3.1).
const LEAST_SESSIONS: usize = 10;
const LEAST_PULLS: u64 = 5;

/// A point of the Lorenz curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LorenzDoc {
    /// Share of the sessions, the cheapest first.
    pub sessions: Option<Quantity>,
    /// Their share of the cost.
    pub cost: Option<Quantity>,
}

/// Pull requests of one size.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SizeDoc {
    /// `XS` to `XL`.
    pub size: &'static str,
    /// The fewest effective lines added.
    pub least_lines: u64,
    /// The most; `null` is open.
    pub most_lines: Option<u64>,
    /// Pull requests with linked spend.
    pub pull_requests: u64,
    /// Spend linked to them.
    pub cost_usd: Money,
    /// Spend per pull request; `null` for fewer than five.
    pub mean_usd: Option<Quantity>,
    /// The middle one; `null` for fewer than five.
    pub median_usd: Option<Money>,
}

const SIZES: [(&str, u64, Option<u64>); 5] =
    [("XS", 0, Some(9)), ("S", 10, Some(49)), ("M", 50, Some(249)), ("L", 250, Some(999)), ("XL", 1000, None)];

/// The curve over the costs of sessions in rising order; empty for few sessions, or where a credit makes one negative.
pub(super) fn lorenz(sorted: &[Money]) -> Vec<LorenzDoc> {
    let total: i128 = sorted.iter().map(|cost| cost.nanos()).sum();
    if sorted.len() < LEAST_SESSIONS || total <= 0 || sorted[0] < Money::ZERO {
        return Vec::new();
    }
    let count = sorted.len() as u64;
    let mut taken = 0;
    let mut sum = 0;
    let mut points = Vec::new();
    for step in 0..=STEPS {
        let until = count * step / STEPS;
        while taken < until {
            sum += usize::try_from(taken).ok().and_then(|at| sorted.get(at)).map_or(0, |cost| cost.nanos());
            taken += 1;
        }
        points.push(LorenzDoc { sessions: Quantity::ratio(until, count), cost: Some(Quantity::Ratio(sum, total)) });
    }
    points
}

/// Pull requests by size, each once with all its landings; empty when none has linked spend.
pub(super) fn sizes(units: &[UnitDoc]) -> Vec<SizeDoc> {
    let mut pulls: BTreeMap<(&str, u64), (u64, Money)> = BTreeMap::new();
    for unit in units {
        if let (Some(number), Some(lines)) = (unit.pull_request, unit.merged_lines) {
            let pull = pulls.entry((&unit.repo, number)).or_default();
            pull.0 += lines;
            pull.1 += unit.cost_usd;
        }
    }
    if pulls.is_empty() {
        return Vec::new();
    }
    let size = |(size, least, most): (&'static str, u64, Option<u64>)| {
        let fits = |lines: u64| lines >= least && most.is_none_or(|most| lines <= most);
        let mut costs: Vec<Money> = pulls.values().filter(|(lines, _)| fits(*lines)).map(|(_, cost)| *cost).collect();
        costs.sort_unstable();
        let (count, cost) = (costs.len() as u64, costs.iter().copied().sum::<Money>());
        let shown = count >= LEAST_PULLS;
        SizeDoc {
            size,
            least_lines: least,
            most_lines: most,
            pull_requests: count,
            cost_usd: cost,
            mean_usd: Quantity::money_per(cost, count).filter(|_| shown),
            median_usd: median(&costs).filter(|_| shown),
        }
    };
    SIZES.into_iter().map(size).collect()
}

/// The middle of costs in rising order; of two, their mean.
pub(super) fn median(sorted: &[Money]) -> Option<Money> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(Money::from_nanos((low.nanos() + high.nanos()).div_euclid(2)))
}

/// The table of sizes on the page.
pub(super) fn section(sizes: &[SizeDoc]) -> Option<Section> {
    let largest = sizes.iter().filter_map(|one| one.median_usd).max().map_or(0, Money::nanos);
    let row = |one: &SizeDoc| {
        let money = |quantity: Option<Quantity>| match quantity {
            Some(Quantity::Money(money)) => Some(money),
            _ => None,
        };
        let mille = one.median_usd.map_or(0, |cost| cost.nanos().max(0) * 1000 / largest.max(1));
        let lines = match one.most_lines {
            Some(most) => format!("{} to {most}", one.least_lines),
            None => format!("{} or more", one.least_lines),
        };
        let few = |money: Option<Money>| money.map_or(Cell::Number(None), |money| Cell::Money(Some(money)));
        vec![
            Cell::text(one.size),
            Cell::text(lines),
            Cell::count(one.pull_requests),
            few(one.median_usd),
            Cell::Bar(u16::try_from(mille).unwrap_or(1000)),
            few(money(one.mean_usd)),
            Cell::Money(Some(one.cost_usd)),
        ]
    };
    let columns = columns(&[
        ("size", "size"),
        ("lines", "lines"),
        ("PRs", "pull_requests"),
        ("median", "median_usd"),
        ("", ""),
        ("mean", "mean_usd"),
        ("together", "cost_usd"),
    ]);
    (!sizes.is_empty()).then(|| Section {
        title: "Cost per pull request by size".to_owned(),
        table: Table { rows: sizes.iter().map(row).collect(), columns },
        rest: Some(format!("linked spend and effective lines; no figure for fewer than {LEAST_PULLS}")),
    })
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
        let pair = |at: usize| (points[at].sessions.map(Quantity::as_f64), points[at].cost.map(Quantity::as_f64));
        assert_eq!(pair(0), (Some(0.0), Some(0.0)));
        // The cheaper half: 1 + … + 20 = 210 of 820.
        assert_eq!(pair(10), (Some(0.5), Some(0.256_098)));
        assert_eq!(pair(20), (Some(1.0), Some(1.0)));
        assert!(points.iter().all(|point| point.cost.map(Quantity::as_f64) <= point.sessions.map(Quantity::as_f64)));
        assert!(lorenz(&costs[..9]).is_empty());
        assert!(lorenz(&[usd(-1); 12]).is_empty());
    }

    #[test]
    fn the_middle_of_two_is_their_mean() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[usd(1), usd(2), usd(9)]), Some(usd(2)));
        assert_eq!(median(&[usd(1), usd(2)]), Some(Money::from_nanos(15_000_000)));
    }
}
