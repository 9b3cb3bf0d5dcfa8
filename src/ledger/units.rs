//! Finds cents that are taken for dollars, and dollars for cents: amounts 100 times the list cost of their tokens, or a
//! hundredth of it.

use std::collections::BTreeMap;

use super::Entry;
use crate::diagnostics::{Diagnostics, Severity};
use crate::model::money::Money;
use crate::sources::FileReport;

/// Ratios of amounts to list costs are in parts per million.
const MILLION: i128 = 1_000_000;
/// Ratios of a wrong unit …
const SUSPECT: [i128; 2] = [100 * MILLION, MILLION / 100];
/// … within two percent …
const SLACK_PERCENT: i128 = 2;
/// … in the median of at least this many rows of a file.
const MIN_ROWS: usize = 3;

/// Finds files whose amounts seem to be in another unit, reports them, and counts their rows at list cost.
pub(super) fn check(entries: &mut [Entry], files: &[FileReport], diagnostics: &mut Diagnostics) {
    let mut ratios: BTreeMap<u32, Vec<i128>> = BTreeMap::new();
    for entry in entries.iter() {
        if let Some(ratio) = ratio(entry) {
            ratios.entry(entry.record.origin.file.0).or_default().push(ratio);
        }
    }
    for (file, mut ratios) in ratios {
        ratios.sort_unstable();
        let median = ratios[ratios.len() / 2];
        let near = |suspect: &i128| (median - suspect).abs() * 100 <= suspect * SLACK_PERCENT;
        if ratios.len() < MIN_ROWS || !SUSPECT.iter().any(near) {
            continue;
        }
        let times = if median > MILLION { "100 times" } else { "a hundredth of" };
        let path = files.get(file as usize).map_or("", |file| file.path.as_str());
        diagnostics.add(
            Severity::Warning,
            "cents-or-dollars",
            "the amounts of a file seem to be in another unit: cents taken for dollars, or dollars for cents; its rows are \
             counted at list cost. Correct the column and run again",
            format_args!("{path}: in the median {times} the list cost"),
        );
        for entry in entries.iter_mut().filter(|entry| entry.record.origin.file.0 == file) {
            if entry.list_cost.is_some() {
                entry.cost = entry.list_cost;
            }
        }
    }
}

/// The ratio of a row's amount to its list cost, in parts per million.
fn ratio(entry: &Entry) -> Option<i128> {
    let positive = |money: Option<Money>| money.map(Money::nanos).filter(|nanos| *nanos > 0);
    let list = positive(entry.list_cost)?;
    let record = &entry.record;
    let amount =
        positive(record.billed_cost).or(positive(record.reported_cost)).or(positive(record.bill.gross_cost))?;
    amount.checked_mul(MILLION).map(|amount| amount / list)
}
