//! From the merged changes that spend is traced to.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NO_PULL_REQUEST, Need, Quantity};
use crate::model::basis::Form;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

pub(super) static COST_PER_PULL_REQUEST: Metric = Metric {
    id: "cost-per-pull-request",
    code: "V3",
    name: "Cost per merged PR, traced",
    unit: "USD per PR",
    about: "Cost traced to the pull requests merged in the period, over the number of those pull requests.\n\
            This is the mean; the median and the 90th percentile are figures of their own. Pull requests without traced spend, \
            or whose spend has no price, are in neither part; `pull_requests.without_price` counts the latter. Splitting pull requests lowers it, so read it beside their sizes.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let costs = linked.pull_request_costs();
        let cost: Money = costs.iter().copied().sum();
        let value = Quantity::money_per(cost, costs.len() as u64);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(costs.len() as u64)),
            n: costs.len() as u64,
            coverage: measured.linked_share(),
            interval: interval::dollars(Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval()),
            basis: linked.prices().form(Form::Linked),
            missing: value.is_none().then_some(NO_PULL_REQUEST),
        }
    },
};
