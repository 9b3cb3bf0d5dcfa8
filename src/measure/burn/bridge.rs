//! What changed between two periods: more tokens, other models, other prices; the three sum to the change exactly.
//!
//! With Q tokens and C dollars, by model and in all: volume is the added tokens at the old mean price; mix is what the new
//! tokens would have cost at the old price of each model, less the same at the old mean price; price is the rest. A model that is
//! new has its own price for the old one, so that its effect is in the mix.

use std::collections::BTreeMap;

use crate::model::money::Money;

/// Tokens and dollars of one model in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Tokens.
    pub tokens: u64,
    /// Dollars.
    pub cost: Money,
}

/// The change between two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bridge {
    /// Spend of the earlier one.
    pub before: Money,
    /// Spend of the later one.
    pub after: Money,
    /// More or fewer tokens.
    pub volume: Money,
    /// Other models.
    pub mix: Money,
    /// Other prices, by list, tier or share of cached tokens.
    pub price: Money,
}

/// Splits a change into its parts; `None` when the earlier period has no tokens to compare with.
#[must_use]
pub fn bridge(before: &BTreeMap<String, Part>, after: &BTreeMap<String, Part>) -> Option<Bridge> {
    let sum = |parts: &BTreeMap<String, Part>| {
        parts.values().fold((0_i128, 0_i128), |(tokens, nanos), part| {
            (tokens + i128::from(part.tokens), nanos + part.cost.nanos())
        })
    };
    let ((old_tokens, old), (new_tokens, new)) = (sum(before), sum(after));
    if old_tokens == 0 {
        return None;
    }
    let at_old_mean = divided(old * new_tokens, old_tokens);
    let at_old_prices: i128 = after
        .iter()
        .map(|(model, part)| match before.get(model).filter(|old| old.tokens > 0) {
            Some(old) => divided(old.cost.nanos() * i128::from(part.tokens), i128::from(old.tokens)),
            None => part.cost.nanos(),
        })
        .sum();
    Some(Bridge {
        before: Money::from_nanos(old),
        after: Money::from_nanos(new),
        volume: Money::from_nanos(at_old_mean - old),
        mix: Money::from_nanos(at_old_prices - at_old_mean),
        price: Money::from_nanos(new - at_old_prices),
    })
}

/// A quotient rounded to the nearest.
fn divided(amount: i128, by: i128) -> i128 {
    (amount + by / 2).div_euclid(by)
}
