//! How unequally sessions cost, as a Lorenz curve. No name, no person.

use serde::Serialize;

use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Points of the curve after the first.
const STEPS: u64 = 20;
/// Fewer sessions make no curve (METRICS 3.1).
const LEAST_SESSIONS: usize = 10;

/// A point of the Lorenz curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LorenzDoc {
    /// Share of the sessions, the cheapest first.
    pub sessions: Option<Quantity>,
    /// Their share of the cost.
    pub cost: Option<Quantity>,
}

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
}
