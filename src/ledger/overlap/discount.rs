//! Bills below list prices: whether a vendor gives the same discount on all days.

use std::collections::{BTreeMap, BTreeSet};

use super::cases::Days;
use super::groups::SAME_PERCENT;
use crate::ledger::{Entry, Identity};
use crate::model::bill::Authority;
use crate::model::money::Money;
use crate::model::name::Names;

/// A discount shows on at least this many days and models …
const DISCOUNTED: usize = 3;
/// … and leaves at least this share of the list price.
const DISCOUNT_LEAVES_PERCENT: i128 = 30;

/// Vendors whose bill is lower than list prices by the same share on all days.
pub(super) fn discounted<'a>(entries: &[Entry], names: &'a Names, days: &Days<'a>) -> BTreeSet<&'a str> {
    let mut shares: BTreeMap<&str, Vec<i128>> = BTreeMap::new();
    for ((payee, _), rows) in days {
        if !rows.iter().any(|at| entries[*at].record.bill.authority == Authority::Invoice) {
            continue;
        }
        let lowest = rows.iter().map(|at| entries[*at].record.bill.authority).min();
        let mut models: BTreeMap<&str, [Money; 2]> = BTreeMap::new();
        for at in rows {
            let entry = &entries[*at];
            let side = match entry.record.bill.authority {
                Authority::Invoice => 1,
                authority if Some(authority) == lowest => 0,
                _ => continue,
            };
            let model = entry.canonical_model.filter(|_| entry.identity == Identity::Known);
            if let (Some(model), Some(cost)) = (names.text_of(model), entry.cost.filter(|cost| *cost > Money::ZERO)) {
                models.entry(model).or_default()[side] += cost;
            }
        }
        let both = models.into_values().filter(|[logged, billed]| *logged > Money::ZERO && *billed > Money::ZERO);
        shares
            .entry(payee)
            .or_default()
            .extend(both.map(|[logged, billed]| share_of(billed.nanos(), 10_000, logged.nanos())));
    }
    let is_discount = |all: &Vec<i128>| {
        let (min, max) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
        let is_even = (max - min) * 100 <= max * SAME_PERCENT * 2;
        all.len() >= DISCOUNTED && is_even && min >= DISCOUNT_LEAVES_PERCENT * 100 && max < 10_000
    };
    shares.into_iter().filter(|(_, all)| is_discount(all)).map(|(payee, _)| payee).collect()
}

/// `amount * part / whole`, rounded down, without overflow for amounts below 10^20.
pub(super) fn share_of(amount: i128, part: i128, whole: i128) -> i128 {
    if whole == 0 {
        return 0;
    }
    amount.checked_mul(part).map_or_else(|| amount / whole * part, |product| product / whole)
}
