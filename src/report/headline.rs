//! The first sentence of a report as data.

use serde::Serialize;

use crate::measure::Measured;
use crate::model::money::Money;
use crate::model::period::day_of;
use crate::model::quantity::Quantity;

/// Which sentence a report begins with, and its values. What does not apply is `null`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HeadlineDoc {
    /// `judged` (at least half of the spend is), `mostly_not_judged`, `too_early` (fewer than five merged changes are), `cut_history`,
    /// `no_repository`, or `no_usage` (in the period).
    pub variant: &'static str,
    /// All spend; `null` if none of it has a price.
    pub spend_usd: Option<Money>,
    /// What it is made of: `list price`, `billed`, or `billed, else list price`; `null` without a price.
    pub prices: Option<&'static str>,
    /// Sessions.
    pub sessions: u64,
    /// Spend of development, which the following is of.
    pub development_usd: Money,
    /// Of that, what is judged.
    pub judged_usd: Money,
    /// Of what is judged, code that lasted, …
    pub lasted_usd: Money,
    /// … part of the job …
    pub part_of_the_job_usd: Money,
    /// … and rework and dead ends.
    pub rework_usd: Money,
    /// The same with a replaced line and its replacement counted once.
    pub rework_counted_once_usd: Money,
    /// Cents of each judged dollar, in the order of the three; they sum to 100. `null` while too little is judged.
    pub cents: Option<[u64; 3]>,
    /// Lower end of the 95% range of the share that lasted; `null` under 20 judged changes, branches and sessions.
    pub lasted_lo: Option<Quantity>,
    /// Upper end.
    pub lasted_hi: Option<Quantity>,
    /// Merged changes that are judged.
    pub judged_changes: u64,
    /// The day from which everything merged so far can be judged.
    pub judged_from: Option<String>,
    /// First and last day of what was read, whatever the period.
    pub logs_from: Option<String>,
    /// See `logs_from`.
    pub logs_to: Option<String>,
    /// Whether it gets better: `better`, `worse`, `mixed`, `no_clear_change` or `too_early`.
    pub trend: &'static str,
}

impl HeadlineDoc {
    pub(super) fn new(measured: &Measured, run: &crate::measure::material::Run) -> Self {
        let (headline, fates, spend) = (&measured.headline, &measured.fates, &measured.spend);
        let [lasted, part_of_the_job, rework] = headline.judged;
        let day = |at| day_of(at, run.period.tz).to_string();
        Self {
            variant: headline.variant.word(),
            spend_usd: spend.cost,
            prices: spend.cost.map(|_| spend.prices.price().describe()),
            sessions: spend.sessions,
            development_usd: fates.total,
            judged_usd: fates.known_fate(),
            lasted_usd: lasted,
            part_of_the_job_usd: part_of_the_job,
            rework_usd: rework,
            rework_counted_once_usd: fates.net_avoidable,
            cents: headline.cents,
            lasted_lo: headline.lasted_range.map(|ends| ends.0),
            lasted_hi: headline.lasted_range.map(|ends| ends.1),
            judged_changes: fates.judged,
            judged_from: measured.judged_from.map(|day| day.to_string()),
            logs_from: run.ledger.span.map(|(first, _)| day(first)),
            logs_to: run.ledger.span.map(|(_, last)| day(last)),
            trend: measured.trend.direction().word(),
        }
    }
}
