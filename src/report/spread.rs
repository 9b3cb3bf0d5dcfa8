//! How spend is spread, for the audit: over sessions, over users without naming any, and against lasting lines.

use serde::Serialize;

use crate::measure::Measured;
use crate::measure::spread::{LinesPoint, MIN_FOR_CURVE};
use crate::model::quantity::Quantity;

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
    pub(super) fn new(measured: &Measured) -> Self {
        let point =
            |one: &LinesPoint| PointDoc { landings: one.landings, lasting_lines: one.lasting_lines, cost: one.cost };
        let users = measured.user_costs.len();
        Self {
            sessions: measured.session_costs.len() as u64,
            users: (users >= MIN_FOR_CURVE).then_some(users as u64),
            landings: measured.lines_curve.iter().map(point).collect(),
        }
    }
}
