//! V3 Cost per merged PR, all-in: all spend over all merged pull requests.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerPullRequestAllIn;

impl Metric for CostPerPullRequestAllIn {
    fn id(&self) -> &'static str {
        "cost-per-pull-request-all-in"
    }

    fn code(&self) -> &'static str {
        "V3"
    }

    fn name(&self) -> &'static str {
        "Cost per merged PR, all-in"
    }

    fn unit(&self) -> &'static str {
        "USD per PR"
    }

    fn about(&self) -> &'static str {
        "All-in form: the whole list cost of the period over the distinct pull requests that landed in it, with or without \
         linked spend.\n\
         Holds exploration, abandoned work and other repositories, so it is an upper bound."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let _ = linked;
        let landed = view.landed.unwrap_or_default();
        let cost = view.development.cost.unwrap_or_default();
        let value = Quantity::money_per(cost, landed.pull_requests).filter(|_| view.development.cost.is_some());
        Measurement {
            value,
            numerator: view.development.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(landed.pull_requests)),
            n: landed.pull_requests,
            basis: "list, all-in",
            missing: value.is_none().then_some(super::NO_PULL_REQUEST),
            ..Measurement::default()
        }
    }
}
