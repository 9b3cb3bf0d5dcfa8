//! Overlays → what could be saved: one after the other from what the earlier ones left, so that no dollar is saved twice.

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::period::Period;

use crate::sessions::waste::{Confidence, KINDS, Kind, Waste};

/// What one kind could save.
pub struct Saving {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// What the kind lies on, other kinds or not.
    pub cost: Money,
    /// Requests and sessions of it.
    pub requests: u64,
    /// Sessions.
    pub sessions: u64,
    /// At least so much of what earlier kinds leave …
    pub least: Money,
    /// … and at most so much.
    pub most: Money,
}

/// The savings of a period, the largest first; those that save nothing by themselves come last.
///
/// What a kind takes from a record is its dollars times the share of the record's cost that earlier kinds left at their
/// largest, so the upper ends sum to no more than the records cost.
#[must_use]
pub fn of(waste: &Waste, records: &[Spent], period: &Period) -> Vec<Saving> {
    let mut left: Vec<Money> = records.iter().map(|record| record.cost.unwrap_or_default()).collect();
    let mut found = Vec::new();
    for overlay in &waste.overlays {
        let kind = KINDS[overlay.kind];
        let (cost, requests, sessions) = overlay.within(records, period);
        let (low, high) = kind.range();
        let (mut least, mut most) = (Money::ZERO, Money::ZERO);
        for &(at, part) in overlay.records.iter().filter(|(at, _)| period.contains(records[*at].at)) {
            let whole = records[at].cost.unwrap_or_default().nanos().max(1);
            let rest = part.nanos() * left[at].nanos() / whole;
            let share = |percent: u32| Money::from_nanos(rest * i128::from(percent) / 100);
            least += share(low);
            most += share(high);
            left[at] = left[at] - share(high);
        }
        if cost > Money::ZERO {
            found.push(Saving { kind, cost, requests, sessions, least, most });
        }
    }
    let looks = |saving: &Saving| saving.kind.confidence() == Confidence::Look;
    found.sort_by(|a, b| {
        let key = |one: &Saving| (looks(one), std::cmp::Reverse(one.least + one.most), one.kind.id());
        key(a).cmp(&key(b))
    });
    found
}
