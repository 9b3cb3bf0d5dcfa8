//! From the sums of the ledger.

use super::{Measured, Measurement, Metric, Quantity};
use crate::model::basis::Form;

pub(super) static PRICE_COVERAGE: Metric = Metric {
    id: "price-coverage",
    code: "H2",
    name: "Tokens with a price",
    unit: "share of tokens",
    about: "Share of all tokens that belong to records with a price: an amount on a bill, or a list price.\n\
            The price book does not know the model of the rest, or one of its kinds of tokens has no public price. Add prices with \
            --prices FILE. A record without a price never counts as zero.",
    needs: &[],
    compute: |measured| {
        let value = coverage(measured);
        Measurement {
            value,
            numerator: Some(Quantity::Count(measured.spend.tokens.total() - measured.spend.unpriced_tokens)),
            denominator: Some(Quantity::Count(measured.spend.tokens.total())),
            n: measured.spend.records,
            basis: Form::Recorded.into(),
            missing: value.is_none().then_some("no tokens in the period"),
            ..Measurement::default()
        }
    },
};

/// The share of tokens with a price, which other metrics have as their coverage.
pub(super) fn coverage(measured: &Measured) -> Option<Quantity> {
    let total = measured.spend.tokens.total();
    Quantity::ratio(total - measured.spend.unpriced_tokens, total)
}
