//! How long new lines live, as the document has it.

use serde::Serialize;

use crate::measure::survival::Survival;
use crate::model::quantity::six_decimals;

/// The survival of one cohort of the lines that landed in the window, over all repositories.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SurvivalOfDoc {
    /// `all`, `assisted` (lines of commits that carry a mark of a tool), or `unmarked`.
    pub cohort: &'static str,
    /// Merged changes that brought them.
    pub changes: u64,
    /// Lines that landed in the window, in files that count, without those of bots.
    pub lines: u64,
    /// Day by day, to the last of 14, 30 and 60 days that a tenth of the lines, and at least 100, were still watched at; empty where
    /// there is none, or the git history is cut off.
    pub steps: Vec<SurvivalStepDoc>,
    /// The 95% range by day, for which merged changes were drawn as wholes; empty under 20 changes.
    pub band: Vec<SurvivalBandDoc>,
}

/// A day of a survival curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SurvivalStepDoc {
    /// Days after the merge.
    pub day: u32,
    /// The share of lines that live longer, after Kaplan and Meier.
    pub alive: f64,
    /// Lines that were alive and watched at that age.
    pub at_risk: u64,
}

/// The range of a day of a survival curve.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SurvivalBandDoc {
    /// Days after the merge.
    pub day: u32,
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

impl From<&Survival> for SurvivalOfDoc {
    fn from(one: &Survival) -> Self {
        let step = |step: &crate::measure::survival::Step| SurvivalStepDoc {
            day: step.day,
            alive: six_decimals(step.alive),
            at_risk: step.at_risk,
        };
        let band = |step: &crate::measure::survival::Step| {
            let (lo, hi) = step.band?;
            Some(SurvivalBandDoc { day: step.day, lo: six_decimals(lo), hi: six_decimals(hi) })
        };
        Self {
            cohort: one.cohort.word(),
            changes: one.changes,
            lines: one.lines,
            steps: one.steps.iter().map(step).collect(),
            band: one.steps.iter().filter_map(band).collect(),
        }
    }
}
