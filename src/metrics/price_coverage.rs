//! H2 Price coverage: Share of all tokens that belong to records with a list price.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct PriceCoverage;

impl Metric for PriceCoverage {
    fn id(&self) -> &'static str {
        "price-coverage"
    }

    fn code(&self) -> &'static str {
        "H2"
    }

    fn name(&self) -> &'static str {
        "Price coverage"
    }

    fn unit(&self) -> &'static str {
        "share of tokens"
    }

    fn about(&self) -> &'static str {
        "Share of all tokens that belong to records with a list price.\n\
         The rest is unpriced: its model is unknown to the price book, or a bucket has no public price. Add \
         prices with --prices FILE; unpriced is never zero."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        Measurement {
            value: coverage(view),
            numerator: Some(Quantity::Count(view.spend.tokens.total() - view.spend.unpriced_tokens)),
            denominator: Some(Quantity::Count(view.spend.tokens.total())),
            n: view.spend.records,
            basis: "recorded",
            missing: coverage(view).is_none().then_some("no tokens in the period"),
            ..Measurement::default()
        }
    }
}

/// Share of tokens that are priced, as other metrics quote it.
pub(super) fn coverage(view: &View<'_>) -> Option<Quantity> {
    let total = view.spend.tokens.total();
    Quantity::ratio(total - view.spend.unpriced_tokens, total)
}
