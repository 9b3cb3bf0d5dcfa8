//! S3 Effective price: List cost of priced records over their tokens, in dollars per million, all kinds together.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct EffectivePrice;

impl Metric for EffectivePrice {
    fn id(&self) -> &'static str {
        "effective-price"
    }

    fn code(&self) -> &'static str {
        "S3"
    }

    fn name(&self) -> &'static str {
        "Effective price"
    }

    fn unit(&self) -> &'static str {
        "USD per million tokens"
    }

    fn about(&self) -> &'static str {
        "List cost of priced records over their tokens, in dollars per million, all kinds together.\n\
         It falls when more is read from the cache and rises with dearer models or more output, so compare it \
         only over a like mix."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let tokens = view.spend.tokens.total() - view.spend.unpriced_tokens;
        let per_million = view.spend.list_cost.and_then(|cost| {
            Quantity::money_per(crate::model::money::Money::from_nanos(cost.nanos() * 1_000_000), tokens)
        });
        Measurement {
            value: per_million,
            numerator: view.spend.list_cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(tokens)),
            n: view.spend.records - view.spend.unpriced_records,
            coverage: super::price_coverage::coverage(view),
            interval: None,
            basis: "list",
            missing: per_million.is_none().then_some("no record in the period has a price"),
        }
    }
}
