//! S1 Spend: Sum of the cost of every kept record in the period: what a bill tells, else tokens times the price of the
//! day, per bucket.

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
        "Sum of the cost of every kept record in the period: the amount on a bill where there is one, else tokens \
         times the price of the day, per bucket.
\
         Spend that several kinds of sources saw (bill, vendor's usage, gateway, telemetry, transcript) counts once per \
         provider and UTC day: the money is that of the source nearest to the invoice, the split by session, model and \
         person is that of the finest, and the difference stays on the bill's rows; see reconciliation-gap.
\
         Unpriced records are left out and counted apart; they are never priced at zero. Where a tool logs \
         its own estimate it stands beside the list cost and is never mixed in.
\
         On a subscription it is the list-price equivalent of the usage and no bill."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        Measurement {
            value: view.spend.cost.map(Quantity::Money),
            n: view.spend.records,
            coverage: super::price_coverage::coverage(view),
            basis: if view.spend.billed_cost.is_some() { "billed, else list" } else { "list" },
            missing: view.spend.cost.is_none().then_some("no record in the period has a price"),
            ..Measurement::default()
        }
    }
}
