//! V4 Cost per merged line: All-in form: list cost of everything in the period over the effective lines merged in
//! the same period.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerMergedLine;

impl Metric for CostPerMergedLine {
    fn id(&self) -> &'static str {
        "cost-per-merged-line"
    }

    fn code(&self) -> &'static str {
        "V4"
    }

    fn name(&self) -> &'static str {
        "Cost per merged line"
    }

    fn unit(&self) -> &'static str {
        "USD per line"
    }

    fn about(&self) -> &'static str {
        "All-in form: list cost of everything in the period over the effective lines merged in the same \
         period.\n\
         An upper bound, as for tokens per merged line; unpriced records are not in it, and its coverage says \
         how much is missing."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(landed) = view.landed else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let value = view.development.cost.and_then(|cost| Quantity::money_per(cost, landed.totals.added_effective));
        Measurement {
            value,
            numerator: view.development.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            coverage: super::price_coverage::coverage(view),
            interval: None,
            basis: "all-in",
            missing: value.is_none().then_some(super::NOTHING_LANDED),
        }
    }
}
