//! Overlays → possible savings, each from what the kinds before left, so that no dollar is saved twice.

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::period::Period;

use crate::sessions::waste::{Confidence, KINDS, Kind, Waste};

/// What one kind could save.
pub struct Saving {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// All its dollars, even if other kinds have them, too.
    pub cost: Money,
    /// Requests.
    pub requests: u64,
    /// Sessions.
    pub sessions: u64,
    /// The smallest saving from what the kinds before leave …
    pub least: Money,
    /// … and the largest.
    pub most: Money,
}

/// Computes the savings of a period, largest first; kinds that save nothing by themselves come last.
///
/// A kind takes its dollars of a record times the share of the record's cost that the largest savings of the kinds before
/// left. So the upper ends never sum to more than the records cost.
#[must_use]
pub fn compute(waste: &Waste, records: &[Spent], period: &Period) -> Vec<Saving> {
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
