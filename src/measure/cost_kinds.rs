//! List cost by kind of token: what reading, storing, thinking and writing cost.
//!
//! - Each record's list cost is split by tokens × unit price; what is no token's price, such as fees of tools, is other.
//! - The kinds sum to the list cost of the period. Of a record that another one counts in part, they have the part that is left.

use std::collections::HashMap;

use crate::ledger::{CountColumn, LedgerRow, TextColumn};
use crate::link::split;
use crate::measure::material::Run;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::pricing::{PriceBook, PriceRequest, Resolved};

/// List cost by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CostKinds {
    /// Fresh input, reads from a cache, writes to a cache, output.
    pub tokens: [Money; 4],
    /// Fees of tools, and records whose parts have no price of their own.
    pub other: Money,
}

impl CostKinds {
    /// The kinds of the spend of a period.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let mut found = Self::default();
        let mut models: HashMap<(Option<&str>, Option<&str>), Option<Resolved>> = HashMap::new();
        for row in run.ledger.rows(&run.period) {
            let Some(list) = row.list_cost_left() else { continue };
            let (provider, model) = (row.text(TextColumn::Provider), row.text(TextColumn::Model));
            let resolve = || model.and_then(|model| run.book.resolve(provider, model));
            let resolved = *models.entry((provider, model)).or_insert_with(resolve);
            found.add(list, resolved.and_then(|resolved| weights(&run.book, resolved, &row)));
        }
        found
    }

    fn add(&mut self, list: Money, weights: Option<([u64; 4], Money)>) {
        let Some((weights, fee)) = weights.filter(|(weights, _)| weights.iter().any(|weight| *weight > 0)) else {
            self.other += list;
            return;
        };
        let fee = fee.min(list);
        self.other += fee;
        for (sum, part) in self.tokens.iter_mut().zip(split((list - fee).nanos(), &weights)) {
            *sum += Money::from_nanos(part);
        }
    }
}

/// What the kinds of a row's tokens cost, in proportion, and its fees.
fn weights(book: &PriceBook, resolved: Resolved, row: &LedgerRow<'_>) -> Option<([u64; 4], Money)> {
    let count = |column| row.count(column);
    let request = PriceRequest {
        provider: None,
        model: None,
        at: row.start(),
        tokens: TokenCounts {
            input: count(CountColumn::Input),
            cache_read: count(CountColumn::CacheRead),
            cache_write_5m: count(CountColumn::CacheWrite5m),
            cache_write_1h: count(CountColumn::CacheWrite1h),
            cache_write_unspecified: count(CountColumn::CacheWriteUnspecified),
            output: count(CountColumn::Output),
            reasoning: None,
        },
        calls: row.calls(),
        grain: row.grain(),
        service_tier: row.text(TextColumn::ServiceTier),
        speed: row.text(TextColumn::Speed),
        inference_geo: row.text(TextColumn::InferenceGeo),
    };
    book.kinds_of(resolved, &request).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_fees_sum_to_the_list_cost() {
        let nanos = Money::from_nanos;
        let mut found = CostKinds::default();
        found.add(nanos(100), Some(([1, 1, 1, 0], nanos(10))));
        found.add(nanos(7), None);
        found.add(nanos(5), Some(([0; 4], nanos(5))));
        assert_eq!(found.tokens, [30, 30, 30, 0].map(nanos));
        assert_eq!(found.other, nanos(22));
    }
}
