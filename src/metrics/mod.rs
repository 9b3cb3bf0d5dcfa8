//! The metrics: one file each, one line in [`METRICS`]. Each reads a [`View`] and does no I/O.
//!
//! A metric prints its numerator, denominator, count and basis beside its value, and says which input is missing
//! when it has none. Definitions: METRICS 3.1; `explain <id>` prints a metric's own text.

mod before_after;
mod burn;
mod churn_14;
mod cohorts;
mod concentration;
mod cost_per_accepted_change;
mod cost_per_issue;
mod cost_per_linked_line;
mod cost_per_merged_line;
mod cost_per_outcome;
mod cost_per_pull_request;
mod cost_per_pull_request_all_in;
mod cost_per_pull_request_median;
mod cost_per_pull_request_p90;
mod cost_per_surviving_line;
mod coverage;
mod del_add_ratio;
mod deletion_credit;
mod distribution;
mod doubtful_output;
mod effective_price;
mod idle_seats;
mod landings;
mod link_precision;
mod link_recall;
mod maturity;
mod merged_lines;
mod merged_pull_requests;
mod no_review;
mod off_task_share;
mod overlay_spend;
mod price_coverage;
mod reconciliation_gap;
mod repeated_records;
mod review_waits;
mod sensitivity;
mod spend;
mod spend_by_fate;
mod surviving_lines;
mod task_mix;
mod tokens;
mod tokens_per_linked_line;
mod tokens_per_merged_line;

use crate::measure::Measured;
use crate::measure::spread::percentile;
pub use crate::model::quantity::Quantity;

/// Every metric, in the order of reports.
pub static METRICS: &[&dyn Metric] = &[
    &spend::Spend,
    &tokens::Tokens,
    &effective_price::EffectivePrice,
    &burn::CHANGE,
    &burn::BURNED,
    &burn::RUNWAY,
    &burn::MONTH_END,
    &burn::ANOMALIES,
    &merged_lines::MergedLines,
    &landings::Landings,
    &merged_pull_requests::MergedPullRequests,
    &tokens_per_merged_line::TokensPerMergedLine,
    &cost_per_merged_line::CostPerMergedLine,
    &tokens_per_linked_line::TokensPerLinkedLine,
    &cost_per_linked_line::CostPerLinkedLine,
    &cost_per_pull_request::CostPerPullRequest,
    &cost_per_pull_request_median::CostPerPullRequestMedian,
    &cost_per_pull_request_p90::CostPerPullRequestP90,
    &cost_per_pull_request_all_in::CostPerPullRequestAllIn,
    &cost_per_surviving_line::CostPerSurvivingLine,
    &cost_per_issue::CostPerIssue,
    &cost_per_outcome::CostPerOutcome,
    &cost_per_accepted_change::CostPerAcceptedChange,
    &deletion_credit::DeletionCredit,
    &surviving_lines::AFTER_14,
    &surviving_lines::AFTER_30,
    &surviving_lines::AFTER_90,
    &churn_14::Churn14,
    &del_add_ratio::DelAddRatio,
    &spend_by_fate::YIELD,
    &spend_by_fate::CHURNED,
    &spend_by_fate::AI_BUG_FIXES,
    &spend_by_fate::ABANDONED,
    &spend_by_fate::REWRITES,
    &spend_by_fate::REVIEW_RESPONSES,
    &spend_by_fate::REVERTED,
    &spend_by_fate::FAILED,
    &off_task_share::OffTaskShare,
    &overlay_spend::RETRIES,
    &overlay_spend::CONTEXT,
    &overlay_spend::CACHE_MISSES,
    &overlay_spend::OVERPOWERED,
    &idle_seats::IdleSeats,
    &review_waits::TO_REVIEW,
    &review_waits::TO_MERGE,
    &no_review::SHARE,
    &no_review::SPEND,
    &overlay_spend::UNATTENDED,
    &task_mix::TaskMix,
    &distribution::GINI,
    &distribution::USER_GINI,
    &distribution::TOP_TENTH,
    &distribution::TAIL,
    &distribution::USER_TOP_TENTH,
    &concentration::Concentration,
    &before_after::ChangeAfter,
    &cohorts::AssistedDifference,
    &coverage::Coverage,
    &link_precision::LinkPrecision,
    &link_recall::LinkRecall,
    &maturity::Maturity,
    &sensitivity::Sensitivity,
    &reconciliation_gap::ReconciliationGap,
    &price_coverage::PriceCoverage,
    &doubtful_output::DoubtfulOutput,
    &repeated_records::RepeatedRecords,
];

/// Sections of the definitions that are no number of their own: what `explain` says of them.
pub static ALIASES: &[(&str, &str)] = &[(
    "H3",
    "Intervals stand beside the ratios themselves, as `lo` and `hi` of each metric: a studentised cluster bootstrap of 2,000 draws with \
     a fixed seed, over pull requests, landings or sessions as wholes; none below 20 of them. Shares of requests have Wilson's, \
     survival has Greenwood's.",
)];

/// One number with a definition.
pub trait Metric: Sync {
    /// Stable kebab-case id.
    fn id(&self) -> &'static str;
    /// The section of the definitions, such as `V4`.
    fn code(&self) -> &'static str;
    /// What people call it.
    fn name(&self) -> &'static str;
    /// Unit of the value.
    fn unit(&self) -> &'static str;
    /// Formula, edge cases, how it can mislead: what `explain` prints.
    fn about(&self) -> &'static str;
    /// Measures it.
    fn measure(&self, view: &View<'_>) -> Measurement;
}

/// What metrics read.
pub type View<'a> = Measured;

/// A metric's value with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measurement {
    /// The value; `None` is unknown, and `missing` says why.
    pub value: Option<Quantity>,
    /// What was divided.
    pub numerator: Option<Quantity>,
    /// By what.
    pub denominator: Option<Quantity>,
    /// How many units stand behind it: requests or landings.
    pub n: u64,
    /// Share of the cost or of the records that the value covers.
    pub coverage: Option<Quantity>,
    /// The 95% interval, where enough clusters stand behind the value.
    pub interval: Option<(Quantity, Quantity)>,
    /// Price basis or form: `list`, `all-in`, `mainline`.
    pub basis: &'static str,
    /// Which input would bring the value.
    pub missing: Option<&'static str>,
}

/// What to say when a metric needs a repository.
pub(crate) const NEEDS_REPOSITORY: &str = "needs a repository: pass --repo PATH";
/// What to say when prompts were not looked at.
pub(crate) const NEEDS_PROMPTS: &str = "prompts were not looked at: pass --off-task";
/// What to say when a metric needs reviews.
pub(crate) const NEEDS_REVIEWS: &str = "needs reviews: pass --pull-requests FILE.json of `gh pr list --json number,url,mergeCommit,createdAt,mergedAt,author,reviews,commits`";
/// What to say when a metric needs an export of issues or outcomes.
pub(crate) const NEEDS_OUTCOMES: &str = "needs issues or outcomes: pass --outcomes FILE.csv";
/// What to say when nothing landed in the window.
pub(crate) const NOTHING_LANDED: &str = "no line landed in the period";
/// What to say when no spend is linked to a landing.
pub(crate) const NOTHING_LINKED: &str = "no spend of the period is linked to a landing with effective lines";
/// What to say when no pull request is to be divided by.
pub(crate) const NO_PULL_REQUEST: &str = "no landing names a pull request that spend of the period is linked to";
/// What to say when too little explicit evidence is there.
pub(crate) const NOT_CALIBRATED: &str =
    "not calibrated: needs 30 explicit links over 5% of the spend (checkpoint trailers, git-ai notes, printed hashes)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_described() {
        let mut ids: Vec<_> = METRICS.iter().map(|metric| metric.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), METRICS.len());
        for metric in METRICS {
            let kebab = metric.id().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(kebab && metric.about().len() > 80, "{}", metric.id());
        }
    }
}
