//! How unequally sessions cost, as a Lorenz curve. No name, no person.

use serde::Serialize;

use crate::measure::spread::LorenzPoint;
use crate::model::quantity::Quantity;

/// A point of the Lorenz curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LorenzDoc {
    /// Share of the sessions, the cheapest first.
    pub sessions: Option<Quantity>,
    /// Their share of the cost.
    pub cost: Option<Quantity>,
}

impl From<&LorenzPoint> for LorenzDoc {
    fn from(one: &LorenzPoint) -> Self {
        Self { sessions: one.sessions, cost: Some(one.cost) }
    }
}
