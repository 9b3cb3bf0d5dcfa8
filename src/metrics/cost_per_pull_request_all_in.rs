//! From the sums of the ledger and the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NO_PULL_REQUEST, Quantity};
use crate::model::basis::Form;

pub(super) static COST_PER_PULL_REQUEST_ALL_IN: Metric = Metric {
    id: "cost-per-pull-request-all-in",
    code: "V3",
    name: "Cost per merged PR, everything included",
    unit: "USD per PR",
    about: "Everything included: the cost of all development in the period over the distinct pull requests merged in it, with or \
            without traced spend.\n\
            A ceiling, because exploration, work never merged and other repositories are in it.",
    compute: |measured| {
        if measured.linked.is_none() {
            return Measurement::missing(NEEDS_REPOSITORY);
        }
        let merged = measured.landed.unwrap_or_default().pull_requests;
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
