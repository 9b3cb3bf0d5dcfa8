//! What each session was used for, as the document has it.

use serde::Serialize;

use super::attribution::OutcomeOfDoc;
use crate::measure::paid_work::SessionWork;
use crate::model::money::Money;

/// A session of development in the period.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SessionDoc {
    /// Its id; `null` is all requests without a session.
    pub session_id: Option<String>,
    /// The log format of its first request.
    pub tool: Option<&'static str>,
    /// The day of its first request in the period.
    pub first_day: String,
    /// Prompts that people wrote; `null` where the log shows none.
    pub prompts: Option<u64>,
    /// Requests, as far as the source counts them; `null` for those without a session.
    pub requests: Option<u64>,
    /// Edits of files; `null` where the log does not show what the session did.
    pub edits: Option<u64>,
    /// Its cost; `null` if none of it has a price.
    pub cost_usd: Option<Money>,
    /// What became of it, by class; sums to the cost.
    pub outcome: Vec<OutcomeOfDoc>,
    /// The places in `units`, from 0, of the units that it is linked to, whatever the evidence.
    pub units: Vec<usize>,
}

impl From<&SessionWork> for SessionDoc {
    fn from(one: &SessionWork) -> Self {
        Self {
            session_id: one.session.clone(),
            tool: one.tool,
            first_day: one.first.to_string(),
            prompts: one.prompts,
            requests: one.requests,
            edits: one.edits,
            cost_usd: one.cost,
            outcome: OutcomeOfDoc::all(&one.outcome),
            units: one.units.clone(),
        }
    }
}
