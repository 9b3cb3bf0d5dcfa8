//! Which sentence a report begins with, and its values: every renderer says the same.

use crate::fate::Waterfall;
use crate::fate::{Class, Tone};
use crate::ledger::Spend;
use crate::link::split;
use crate::measure::fates::ClassRanges;
use crate::measure::sayable::{Evidence, Need, Unknown};
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Which sentence it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// No usage lies in the period.
    NoUsage,
    /// No repository was read, so that what became of the spend is unknown.
    NoRepository,
    /// The git history is cut off, so that what became of the spend is unknown.
    CutHistory,
    /// Fewer than five merged changes are judged.
    TooEarly,
    /// Less than half of the spend is judged.
    MostlyNotJudged,
    /// At least half of it is.
    Judged,
}

impl Variant {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoUsage => "no_usage",
            Self::NoRepository => "no_repository",
            Self::CutHistory => "cut_history",
            Self::TooEarly => "too_early",
            Self::MostlyNotJudged => "mostly_not_judged",
            Self::Judged => "judged",
        }
    }

    fn of(spend: &Spend, usual: &Waterfall, evidence: &Evidence) -> Self {
        match evidence.refusal(&[Need::History, Need::Judged], 0) {
            _ if spend.records == 0 => Self::NoUsage,
            Some(Unknown::Missing(_)) => Self::NoRepository,
            Some(Unknown::CutHistory) => Self::CutHistory,
            Some(_) => Self::TooEarly,
            None if usual.known_fate() + usual.known_fate() < usual.total => Self::MostlyNotJudged,
            None => Self::Judged,
        }
    }
}

/// The first sentence of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Which it is.
    pub variant: Variant,
    /// Judged spend: code that lasted, part of the job, rework and dead ends.
    pub judged: [Money; 3],
    /// The same in cents of each judged dollar, rounded together so that they sum to 100; `None` where shares may not be said.
    pub cents: Option<[u64; 3]>,
    /// The 95% range of the share that lasted.
    pub lasted_range: Option<(Quantity, Quantity)>,
}

impl Headline {
    /// The headline of a run.
    #[must_use]
    pub fn new(spend: &Spend, usual: &Waterfall, ranges: &ClassRanges, evidence: &Evidence) -> Self {
        let variant = Variant::of(spend, usual, evidence);
        let may_say = matches!(variant, Variant::Judged | Variant::MostlyNotJudged);
        let judged = [Tone::Value, Tone::Neutral, Tone::Avoidable].map(|tone| usual.of_tone(tone));
        let lasted_range = ranges.ends.get(&Class::Product).copied().filter(|_| may_say);
        Self { variant, judged, cents: cents(judged).filter(|_| may_say), lasted_range }
    }
}

/// A hundred cents by largest remainder; `None` where there is nothing to share.
fn cents(parts: [Money; 3]) -> Option<[u64; 3]> {
    let weights = parts.map(|part| u64::try_from(part.nanos()).unwrap_or(0));
    if weights.iter().all(|weight| *weight == 0) {
        return None;
    }
    let shares = split(100, &weights);
    let cents: Vec<u64> = shares.into_iter().filter_map(|share| u64::try_from(share).ok()).collect();
    cents.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cents_of_a_dollar_sum_to_a_hundred() {
        let of = |parts: [i128; 3]| cents(parts.map(Money::from_nanos));
        assert_eq!(of([1, 1, 1]).map(|cents| cents.iter().sum::<u64>()), Some(100));
        assert_eq!(of([7_010, 5_260, 4_570]), Some([42, 31, 27]));
        assert_eq!((of([0, 0, 5]), of([0, 0, 0])), (Some([0, 0, 100]), None));
    }

    #[test]
    fn a_period_without_usage_says_so_before_anything_else() {
        let usual = Waterfall::unattributed(Money::ZERO, 0);
        let headline = |spend: &Spend| Headline::new(spend, &usual, &ClassRanges::default(), &Evidence::default());
        assert_eq!(headline(&Spend::default()).variant, Variant::NoUsage);
        let used = Spend { records: 1, ..Spend::default() };
        assert_eq!((headline(&used).variant, headline(&used).cents), (Variant::NoRepository, None));
    }
}
