//! The metrics: each is a static value in a file that holds its formula and its text, and a line in [`METRICS`].
//!
//! A metric reads a [`Measured`] and does no I/O. It reports its numerator, denominator, count and basis beside its value, and
//! says which input is missing when it has none. `explain <id>` prints its text.

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
mod cost_per_pull_request_percentiles;
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

pub use cost_per_merged_line::COST_PER_MERGED_LINE;
pub use del_add_ratio::DEL_ADD_RATIO;
pub use spend_by_fate::YIELD;
pub use tokens_per_merged_line::TOKENS_PER_MERGED_LINE;

use crate::measure::Measured;
use crate::measure::sayable::{NEEDS_REPOSITORY, Need, Unknown};
use crate::model::basis::Basis;
pub use crate::model::quantity::Quantity;

/// Every metric, in the order of reports.
pub static METRICS: &[&Metric] = &[
    &spend::SPEND,
    &tokens::TOKENS,
    &effective_price::EFFECTIVE_PRICE,
    &burn::CHANGE,
    &burn::BURNED,
    &burn::RUNWAY,
    &burn::MONTH_END,
    &burn::ANOMALIES,
    &merged_lines::MERGED_LINES,
    &landings::LANDINGS,
    &merged_pull_requests::MERGED_PULL_REQUESTS,
    &TOKENS_PER_MERGED_LINE,
    &COST_PER_MERGED_LINE,
    &tokens_per_linked_line::TOKENS_PER_LINKED_LINE,
    &cost_per_linked_line::COST_PER_LINKED_LINE,
    &cost_per_pull_request::COST_PER_PULL_REQUEST,
    &cost_per_pull_request_percentiles::COST_PER_PULL_REQUEST_MEDIAN,
    &cost_per_pull_request_percentiles::COST_PER_PULL_REQUEST_P90,
    &cost_per_pull_request_all_in::COST_PER_PULL_REQUEST_ALL_IN,
    &cost_per_surviving_line::COST_PER_SURVIVING_LINE,
    &cost_per_issue::COST_PER_ISSUE,
    &cost_per_outcome::COST_PER_OUTCOME,
    &cost_per_accepted_change::COST_PER_ACCEPTED_CHANGE,
    &deletion_credit::DELETION_CREDIT,
    &surviving_lines::AFTER_14,
    &surviving_lines::AFTER_30,
    &surviving_lines::AFTER_90,
    &churn_14::CHURN_14,
    &DEL_ADD_RATIO,
    &YIELD,
    &spend_by_fate::CHURNED,
    &spend_by_fate::AI_BUG_FIXES,
    &spend_by_fate::ABANDONED,
    &spend_by_fate::REWRITES,
    &spend_by_fate::REVIEW_RESPONSES,
    &spend_by_fate::REVERTED,
    &spend_by_fate::FAILED,
    &off_task_share::OFF_TASK_SHARE,
    &overlay_spend::RETRIES,
    &overlay_spend::CONTEXT,
    &overlay_spend::CACHE_MISSES,
    &overlay_spend::OVERPOWERED,
    &idle_seats::IDLE_SEATS,
    &review_waits::TO_REVIEW,
    &review_waits::TO_MERGE,
    &no_review::SHARE,
    &no_review::SPEND,
    &overlay_spend::UNATTENDED,
    &task_mix::TASK_MIX,
    &distribution::GINI,
    &distribution::USER_GINI,
    &distribution::TOP_TENTH,
    &distribution::TAIL,
    &distribution::USER_TOP_TENTH,
    &concentration::CONCENTRATION,
    &before_after::CHANGE_AFTER,
    &cohorts::ASSISTED_DIFFERENCE,
    &coverage::COVERAGE,
    &link_precision::LINK_PRECISION,
    &link_recall::LINK_RECALL,
    &maturity::MATURITY,
    &sensitivity::AVOIDABLE_SHARE,
    &reconciliation_gap::RECONCILIATION_GAP,
    &price_coverage::PRICE_COVERAGE,
    &doubtful_output::DOUBTFUL_OUTPUT,
    &repeated_records::REPEATED_RECORDS,
];

/// Topics of `explain` that all metrics share.
pub static TOPICS: &[(&str, &str)] = &[(
    "intervals",
    "Ratios have a 95% range, as `lo` and `hi` of each metric. It comes from a studentised cluster bootstrap of 2,000 draws with a \
     fixed seed, over whole pull requests, merged changes or sessions; with fewer than 20 of them there is none. Shares of pull \
     requests have Wilson's interval, survival has Greenwood's. A range covers chance only, not errors of the method.",
)];

/// One number with a definition.
#[derive(Debug)]
pub struct Metric {
    /// Stable kebab-case id.
    pub id: &'static str,
    /// A short code that machine output has beside the id, such as `V4`.
    pub code: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// Formula, edge cases and how it can mislead: what `explain` prints.
    pub about: &'static str,
    /// What must hold before it may be said; inputs that it names as missing by itself need not be here.
    pub needs: &'static [Need],
    /// Computes it.
    pub compute: fn(&Measured) -> Measurement,
}

/// The value of a metric with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measurement {
    /// The value; `None` is unknown, and `missing` says why.
    pub value: Option<Quantity>,
    /// What was divided.
    pub numerator: Option<Quantity>,
    /// By what.
    pub denominator: Option<Quantity>,
    /// How many units it rests on: requests, sessions, merged changes or lines.
    pub n: u64,
    /// Share of the cost or of the records that the value covers.
    pub coverage: Option<Quantity>,
    /// The 95% range, where the value rests on enough units.
    pub interval: Option<(Quantity, Quantity)>,
    /// The prices it is made of and what it covers.
    pub basis: Basis,
    /// Which input would bring the value.
    pub missing: Option<&'static str>,
}

impl Measurement {
    /// No value, because an input is missing.
    #[must_use]
    pub fn missing(input: &'static str) -> Self {
        Self { missing: Some(input), ..Self::default() }
    }
}

/// The metrics of one run, computed once and handed on with their definitions.
#[derive(Debug)]
pub struct Figures(Vec<Figure>);

/// A metric with what was measured, as far as it may be said.
#[derive(Debug)]
pub struct Figure {
    /// Its definition.
    pub metric: &'static Metric,
    /// What was measured; without a value where it is unknown.
    pub measured: Measurement,
    /// Why it is unknown.
    pub unknown: Option<Unknown>,
}

impl Figure {
    /// Measures, and asks the gatekeeper whether the value may be said.
    fn compute(metric: &'static Metric, measured: &Measured) -> Self {
        let found = (metric.compute)(measured);
        let refused = measured.evidence.refusal(metric.needs, found.n);
        let own = || found.missing.filter(|_| found.value.is_none()).map(Unknown::Missing);
        // Without the input of the metric nothing can be too early or too few.
        let has_input = metric.needs.iter().any(|need| matches!(need, Need::Lines(_)))
            || found.value.is_some()
            || found.n > 0
            || found.numerator.or(found.denominator).is_some();
        let unknown = match refused {
            Some(Unknown::CutHistory) => refused,
            _ if !has_input => own().or(refused),
            _ => refused.or_else(own),
        };
        let value = found.value.filter(|_| unknown.is_none());
        let interval = found.interval.filter(|_| unknown.is_none());
        Self { metric, unknown, measured: Measurement { value, interval, ..found } }
    }
}

impl Figures {
    /// Computes every metric.
    #[must_use]
    pub fn compute(measured: &Measured) -> Self {
        Self(METRICS.iter().map(|metric| Figure::compute(metric, measured)).collect())
    }

    /// Each metric with its measurement, in the order of [`METRICS`].
    pub fn iter(&self) -> impl Iterator<Item = &Figure> {
        self.0.iter()
    }

    /// The value of a metric; `None` is unknown.
    #[must_use]
    pub fn value(&self, metric: &'static Metric) -> Option<Quantity> {
        self.iter().find(|one| std::ptr::eq(one.metric, metric)).and_then(|one| one.measured.value)
    }
}

/// What to say when prompts were not read.
const NEEDS_PROMPTS: &str = "prompts were not read: pass --off-task";
/// What to say without reviews.
const NEEDS_REVIEWS: &str = "needs reviews: pass --pull-requests FILE.json of `gh pr list --json number,url,mergeCommit,createdAt,mergedAt,author,reviews,commits`";
/// What to say without an export of issues or outcomes.
const NEEDS_OUTCOMES: &str = "needs issues or outcomes: pass --outcomes FILE.csv";
/// What to say when nothing was merged.
const NOTHING_LANDED: &str = "no line was merged in the period";
/// What to say when no spend is traced to a merged change.
const NOTHING_LINKED: &str = "no spend of the period is traced to a merged change with lines that count";
/// What to say when no pull request has spend.
const NO_PULL_REQUEST: &str = "no spend of the period is traced to a merged pull request";
/// What to say when there is too little recorded evidence to check the rest against.
const NOT_CALIBRATED: &str = "not enough recorded evidence: needs 30 recorded links over 5% of the spend (checkpoint trailers, git-ai notes, printed hashes)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_described() {
        let mut ids: Vec<_> = METRICS.iter().map(|metric| metric.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), METRICS.len());
        for metric in METRICS {
            let kebab = metric.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(kebab && metric.about.len() > 80, "{}", metric.id);
        }
    }
}
