//! V3 Cost per merged PR, 90th percentile: the cost that nine of ten linked pull requests do not exceed.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerPullRequestP90;

impl Metric for CostPerPullRequestP90 {
    fn id(&self) -> &'static str {
        "cost-per-pull-request-p90"
    }

    fn code(&self) -> &'static str {
        "V3"
    }

    fn name(&self) -> &'static str {
        "Cost per merged PR, 90th percentile"
    }

    fn unit(&self) -> &'static str {
        "USD per PR"
    }

    fn about(&self) -> &'static str {
        "The list cost that nine of ten merged pull requests with linked spend do not exceed, by nearest rank: the cost of one \
         of them.\n\
         The gap to the median shows how much a few pull requests carry."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let costs = linked.pull_request_costs();
        let value = super::percentile(&costs, 90).map(Quantity::Money);
        Measurement {
            value,
            n: costs.len() as u64,
            coverage: view.linked_share(),
            basis: "list, linked",
            missing: value.is_none().then_some(super::NO_PULL_REQUEST),
            ..Measurement::default()
        }
    }
}
