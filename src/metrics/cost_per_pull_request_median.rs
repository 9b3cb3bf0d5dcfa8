//! V3 Cost per merged PR, median: the middle cost of the merged pull requests that spend is linked to.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerPullRequestMedian;

impl Metric for CostPerPullRequestMedian {
    fn id(&self) -> &'static str {
        "cost-per-pull-request-median"
    }

    fn code(&self) -> &'static str {
        "V3"
    }

    fn name(&self) -> &'static str {
        "Cost per merged PR, median"
    }

    fn unit(&self) -> &'static str {
        "USD per PR"
    }

    fn about(&self) -> &'static str {
        "The middle of the list costs of merged pull requests that spend is linked to; of an even number, the lower of the \
         two in the middle, so that it is the cost of one of them.\n\
         Less moved by one huge pull request than the mean."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let costs = linked.pull_request_costs();
        let value = super::percentile(&costs, 50).map(Quantity::Money);
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
