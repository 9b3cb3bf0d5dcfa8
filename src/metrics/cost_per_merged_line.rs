//! Development cost over the lines that count: both sides take the whole period, linked or not, so no evidence of links is
//! needed.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LANDED, Need, Quantity};
use crate::model::basis::Form;

/// A metric that the page reads by itself, too.
pub static COST_PER_MERGED_LINE: Metric = Metric {
    id: "cost-per-merged-line",
    code: "V4",
    name: "Cost per merged line",
    unit: "USD per line",
    about: "Everything included: the cost of all development in the period over the merged lines that count of the same period.\n\
            A ceiling, as for tokens-per-merged-line. Records without a price are not in it; `coverage` is the share of tokens that \
            have one.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(landed) = measured.landed else { return Measurement::missing(NEEDS_REPOSITORY) };
        let value = measured.development.cost.and_then(|cost| Quantity::money_per(cost, landed.totals.added_effective));
        Measurement {
            value,
            numerator: measured.development.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            coverage: super::price_coverage::coverage(measured),
            basis: measured.development.prices.form(Form::AllIn),
            missing: value.is_none().then_some(NOTHING_LANDED),
            ..Measurement::default()
        }
    },
};
