//! How logs are read: what a run asks of every file.

use chrono::{DateTime, Utc};

use crate::model::period::Period;
use crate::model::prompt::PromptReader;

/// How logs are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Also keep what sessions did: edits, commits, lengths of prompts.
    pub activity: bool,
    /// Read every file as this format.
    pub format: Option<&'static str>,
    /// Classifies prompts when `activity` is kept; without it only their length is kept.
    pub prompts: Option<PromptReader>,
    /// The date for records without a time; if absent, such records are rejected.
    pub undated: Option<Undated>,
}

/// The date given to records without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undated {
    /// The time of the run, or the start of the requested period if the run lies outside it.
    pub at: DateTime<Utc>,
    /// The requested period, if it has both ends: an export without dates is assumed to cover it.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Undated {
    /// The dates of undated records for a run over a period.
    #[must_use]
    pub fn within(period: &Period, as_of: DateTime<Utc>) -> Self {
        let at = if period.contains(as_of) { as_of } else { period.from.unwrap_or(as_of) };
        Self { at, period: period.from.zip(period.to) }
    }
}
