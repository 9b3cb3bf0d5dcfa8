//! From the sums of the ledger and the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NO_PULL_REQUEST, Need, Quantity};
use crate::model::basis::Form;

pub(super) static COST_PER_PULL_REQUEST_ALL_IN: Metric = Metric {
    id: "cost-per-pull-request-all-in",
    code: "V3",
    name: "Cost per merged PR, everything included",
    unit: "USD per PR",
    about: "Everything included: the cost of all development in the period over the same pull requests as \
            cost-per-pull-request, those with traced spend that has a price.\n\
            A ceiling of that figure, because exploration, work never merged and other repositories are in it.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let merged = linked.pull_requests.len() as u64;
        let value = measured.development.cost.and_then(|cost| Quantity::money_per(cost, merged));
        Measurement {
            value,
            numerator: measured.development.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(merged)),
            n: merged,
            basis: measured.development.prices.form(Form::AllIn),
            missing: value.is_none().then_some(NO_PULL_REQUEST),
            ..Measurement::default()
        }
    },
};
