//! From the merged changes that spend is traced to.

use super::{Measured, Measurement, Metric, NEEDS_REPOSITORY, NO_PULL_REQUEST, Need, Quantity};
use crate::measure::sayable::LEAST_PULL_REQUESTS;
use crate::measure::spread::percentile;
use crate::model::basis::Form;

pub(super) static COST_PER_PULL_REQUEST_MEDIAN: Metric = Metric {
    id: "cost-per-pull-request-median",
    code: "V3",
    name: "Cost per merged PR, median",
    unit: "USD per PR",
    about: "The middle of the costs of merged pull requests with traced spend. Of an even number it is the lower of the two in the \
            middle, so that it is what one of them cost.\n\
            One huge pull request moves it less than the mean.",
    needs: &[Need::History, Need::Units(LEAST_PULL_REQUESTS, "pull requests with traced spend")],
    compute: |measured| rank(measured, 50),
};

pub(super) static COST_PER_PULL_REQUEST_P90: Metric = Metric {
    id: "cost-per-pull-request-p90",
    code: "V3",
    name: "Cost per merged PR, 90th percentile",
    unit: "USD per PR",
    about: "The cost that nine of ten merged pull requests with traced spend do not exceed, by nearest rank: what one of them \
            cost.\n\
            The distance from the median shows how much of the cost a few pull requests carry.",
    needs: &[Need::History, Need::Units(LEAST_PULL_REQUESTS, "pull requests with traced spend")],
    compute: |measured| rank(measured, 90),
};

fn rank(measured: &Measured, percent: usize) -> Measurement {
    let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
    let costs = linked.pull_request_costs();
    let value = percentile(&costs, percent).map(Quantity::Money);
    Measurement {
        value,
        n: costs.len() as u64,
        coverage: measured.linked_share(),
        basis: linked.prices().form(Form::Linked),
        missing: value.is_none().then_some(NO_PULL_REQUEST),
        ..Measurement::default()
    }
}
