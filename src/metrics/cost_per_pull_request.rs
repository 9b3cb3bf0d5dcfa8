//! V3 Cost per merged PR, linked: mean list cost of the merged pull requests that spend is linked to.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// See [`Metric::about`].
pub(super) struct CostPerPullRequest;

impl Metric for CostPerPullRequest {
    fn id(&self) -> &'static str {
        "cost-per-pull-request"
    }

    fn code(&self) -> &'static str {
        "V3"
    }

    fn name(&self) -> &'static str {
        "Cost per merged PR, linked"
    }

    fn unit(&self) -> &'static str {
        "USD per PR"
    }

    fn about(&self) -> &'static str {
        "Attributed form: list cost linked to landings that name a pull request, over those landings that have a part in it.\n\
         A mean; the median and the 90th percentile stand beside it. Pull requests without linked spend are in neither \
         part. Splitting pull requests lowers it, so read it with their sizes."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let costs = linked.pull_request_costs();
        let cost: crate::model::money::Money = costs.iter().copied().sum();
        let value = Quantity::money_per(cost, costs.len() as u64);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(costs.len() as u64)),
            n: costs.len() as u64,
            coverage: view.linked_share(),
            interval: interval::dollars(Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval()),
            basis: "list, linked",
            missing: value.is_none().then_some(super::NO_PULL_REQUEST),
        }
    }
}
