//! S1 Spend: Sum of the list cost of every kept record in the period: tokens times the price of the day, per
//! bucket.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct Spend;

impl Metric for Spend {
    fn id(&self) -> &'static str {
        "spend"
    }

    fn code(&self) -> &'static str {
        "S1"
    }

    fn name(&self) -> &'static str {
        "Spend"
    }

    fn unit(&self) -> &'static str {
        "USD"
    }

    fn about(&self) -> &'static str {
        "Sum of the list cost of every kept record in the period: tokens times the price of the day, per \
         bucket.\n\
         Unpriced records are left out and counted apart; they are never priced at zero. Where a tool logs \
         its own estimate it stands beside the list cost and is never mixed in.\n\
         On a subscription it is the list-price equivalent of the usage and no bill."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        Measurement {
            value: view.spend.list_cost.map(Quantity::Money),
            n: view.spend.records,
            coverage: super::price_coverage::coverage(view),
            basis: "list",
            missing: view.spend.list_cost.is_none().then_some("no record in the period has a price"),
            ..Measurement::default()
        }
    }
}
