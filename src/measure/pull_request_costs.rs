//! What a merged pull request costs: mean, range, median and 90th percentile of one population.

use crate::measure::linked::Linked;
use crate::measure::sayable::LEAST_PULL_REQUESTS;
use crate::measure::spread::percentile;
use crate::model::quantity::Quantity;
use crate::statistics::interval::{self, Clusters};

/// The costs of merged pull requests in one: all figures are of the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullRequestCosts {
    /// Those with a price.
    pub n: u64,
    /// More of them, whose spend has none.
    pub unpriced: u64,
    /// Their mean.
    pub mean: Option<Quantity>,
    /// Its 95% range; `None` for few.
    pub range: Option<(Quantity, Quantity)>,
    /// The median; `None` under five.
    pub median: Option<Quantity>,
    /// The 90th percentile; `None` under five.
    pub p90: Option<Quantity>,
}

impl PullRequestCosts {
    /// The costs of the pull requests that spend is linked to.
    #[must_use]
    pub fn of(linked: &Linked) -> Self {
        let costs = linked.pull_request_costs();
        let n = costs.len() as u64;
        let mean = Quantity::money_per(costs.iter().copied().sum(), n);
        let ends = Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval();
        // No range leaves out its point.
        let ends = ends.zip(mean).map(|((low, high), mean)| (low.min(mean.as_f64()), high.max(mean.as_f64())));
        let of = |percent| percentile(&costs, percent).map(Quantity::Money).filter(|_| n >= LEAST_PULL_REQUESTS);
        Self {
            n,
            unpriced: linked.unpriced_pull_requests,
            mean,
            range: interval::dollars(ends),
            median: of(50),
            p90: of(90),
        }
    }
}
