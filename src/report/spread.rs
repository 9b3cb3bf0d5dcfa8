//! How spend is spread, for the audit: over sessions, over users without naming any, and against lasting lines.

use serde::Serialize;

use crate::measure::linked::Linked;
use crate::metrics::concentration::by_cost_per_line;
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Fewer landings make no curve.
const LEAST: usize = 10;

/// How spend is spread. Inequality is normal, and no waste by itself.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SpreadDoc {
    /// Sessions with a cost.
    pub sessions: u64,
    /// Users whom the logs name; `null` below ten.
    pub users: Option<u64>,
    /// Linked landings watched for 30 days, from the cheapest lasting line to the dearest: at each tenth of them the shares of
    /// lasting lines and of dollars so far. Empty below ten landings.
    pub landings: Vec<PointDoc>,
}

/// A point of a curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PointDoc {
    /// Share of the landings.
    pub landings: Quantity,
    /// Share of the lines that lasted; `null` where none did.
    pub lasting_lines: Option<Quantity>,
    /// Share of the dollars.
    pub cost: Option<Quantity>,
}

impl SpreadDoc {
    pub(super) fn new(sessions: usize, users: usize, linked: Option<&Linked<'_>>) -> Self {
        let old = linked.iter().flat_map(|linked| &linked.landings);
        let sorted = by_cost_per_line(old.filter_map(|one| Some((one.cost, one.surviving?))));
        let lines: u64 = sorted.iter().map(|(_, lines)| lines).sum();
        let dollars: Money = sorted.iter().map(|(cost, _)| *cost).sum();
        let point = |tenth: usize| {
            let so_far = &sorted[..sorted.len() * tenth / 10];
            let cost: Money = so_far.iter().map(|(cost, _)| *cost).sum();
            PointDoc {
                landings: Quantity::Ratio(so_far.len() as i128, sorted.len() as i128),
                lasting_lines: Quantity::ratio(so_far.iter().map(|(_, lines)| lines).sum(), lines),
                cost: (dollars > Money::ZERO).then(|| Quantity::Ratio(cost.nanos(), dollars.nanos())),
            }
        };
        let points = if sorted.len() < LEAST { Vec::new() } else { (1..=10).map(point).collect() };
        Self { sessions: sessions as u64, users: (users >= LEAST).then_some(users as u64), landings: points }
    }
}
