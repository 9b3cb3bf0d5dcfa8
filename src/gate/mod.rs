//! A report against a policy: which limits hold, and how sure that is.
//!
//! - In: an audit's JSON, the `[[gate]]` tables of a policy, perhaps an earlier report. Out: one or more [`Judgement`]s a gate.
//! - What is unknown neither passes nor fails: too few units, too little coverage or no interval is `insufficient`.
//! - Two reports are compared only when they were made by the same method, in the same time zone and on the same prices;
//!   otherwise the gate is refused.

mod judge;
mod policy;
mod render;

pub use judge::judge;
pub use policy::{Gate, Percentage, ScopePattern, Severity, Test, parse as policy};
pub use render::{annotations, junit, lines, markdown, outputs};

use chrono::NaiveDate;
use serde::Serialize;

/// The outcome of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The limits hold.
    Pass,
    /// A limit is broken, and waived until a day that somebody set.
    Waived,
    /// A limit is broken, and the gate only warns.
    Warn,
    /// There is too little data to judge.
    Insufficient,
    /// The two reports cannot be compared.
    Refused,
    /// A limit is broken.
    Fail,
}

impl Outcome {
    /// Its word in machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Waived => "waived",
            Self::Warn => "warn",
            Self::Insufficient => "insufficient",
            Self::Refused => "refused",
            Self::Fail => "fail",
        }
    }
}

/// One gate's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Judgement {
    /// The gate.
    pub id: String,
    /// Its metric.
    pub metric: String,
    /// What it is measured over; `null` is everything.
    pub scope: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// The value; `null` is unknown.
    pub value: Option<f64>,
    /// Why.
    pub why: String,
}

/// The outcomes of all gates of a policy: the document of `gate`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GateDoc<'a> {
    /// `tokaudit/gate`.
    pub schema: &'static str,
    /// Version of the document's shape.
    pub schema_version: u32,
    /// Version of the program.
    pub tool_version: &'static str,
    /// The date used as today.
    pub as_of: NaiveDate,
    /// The exit code.
    pub exit_code: u8,
    /// In the order of the policy.
    pub gates: &'a [Judgement],
}

/// The document of these outcomes.
#[must_use]
pub fn document(judged: &[Judgement], today: NaiveDate, strict: bool) -> GateDoc<'_> {
    GateDoc {
        schema: "tokaudit/gate",
        schema_version: 1,
        tool_version: env!("CARGO_PKG_VERSION"),
        as_of: today,
        exit_code: verdict(judged, strict),
        gates: judged,
    }
}

/// What the outcomes mean for a job, as an exit code. A failure outranks a refusal: it is certain.
#[must_use]
pub fn verdict(judged: &[Judgement], strict: bool) -> u8 {
    let has = |outcome| judged.iter().any(|one| one.outcome == outcome);
    if has(Outcome::Fail) {
        1
    } else if has(Outcome::Refused) {
        2
    } else if strict && has(Outcome::Insufficient) {
        4
    } else {
        0
    }
}

#[cfg(test)]
mod tests;
