//! From the sums of the ledger.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::{Basis, Price};
use crate::model::money::Money;

pub(super) static EFFECTIVE_PRICE: Metric = Metric {
    id: "effective-price",
    code: "S3",
    name: "Average price of tokens",
    unit: "USD per million tokens",
    about: "Cost at list price of the requests that have one over their tokens, in dollars per million, all kinds of tokens together.\n\
            It falls when more context is reused from the cache and rises with more expensive models or more output, so compare it \
            only where the mix is alike.",
    needs: &[],
    compute: |measured| {
        let tokens = measured.spend.tokens.total() - measured.spend.unpriced_tokens;
        let a_million_times = |cost: Money| Money::from_nanos(cost.nanos() * 1_000_000);
        let value = measured.spend.list_cost.and_then(|cost| Quantity::money_per(a_million_times(cost), tokens));
        Measurement {
            value,
            numerator: measured.spend.list_cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(tokens)),
            n: measured.spend.records - measured.spend.unpriced_records,
            coverage: super::price_coverage::coverage(measured),
            basis: Basis { price: Some(Price::List), form: None },
            missing: value.is_none().then_some("no record in the period has a price"),
            ..Measurement::default()
        }
    },
};
