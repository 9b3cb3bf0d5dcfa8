//! How often weaker evidence is right, measured where explicit evidence gives the answer.
//!
//! Everything is linked again with explicit evidence hidden, and the records that had explicit links are compared by
//! landing. Those records are not a random sample (certain tools, certain people), so the score may not hold for others.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{Account, Link, Links, Posting};
use crate::ledger::Spent;
use crate::model::basis::Prices;
use crate::model::link::Tier;
use crate::model::money::Money;

/// Fewer pairs of a session and a landing are too few for a score.
const MIN_PAIRS: u64 = 30;
/// A smaller percentage of the spend is too little for a score.
const MIN_PERCENT: i128 = 5;

/// The score of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Of the records with explicit links, the cost that this tier tied to a landing.
    pub claimed: Money,
    /// The part of `claimed` tied to a landing that the session is explicitly linked to.
    pub agreed: Money,
    /// Pairs of a session and a landing that it tied together.
    pub pairs: u64,
    /// Those of the pairs that are explicit.
    pub right: u64,
}

/// The scores of the tiers below explicit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calibration {
    /// Cost of the records with explicit links.
    pub truth: Money,
    /// The prices that `truth` is made of.
    pub prices: Prices,
    /// Cost of all records.
    pub total: Money,
    /// Explicit pairs of a session and a landing.
    pub pairs: u64,
    /// By tier.
    pub scores: BTreeMap<Tier, Score>,
}

/// What a link leads to, in a form that two runs have in common.
type End<'a> = (usize, Option<usize>, Option<&'a str>);

fn end(link: &Link) -> End<'_> {
    let commit = link.commit.as_deref().or(link.branch.as_deref());
    (link.repository, link.landing, commit.filter(|_| link.landing.is_none()))
}

impl Calibration {
    /// Compares a run with one in which explicit evidence was hidden. Both have the same records.
    pub(super) fn compute(full: &Links, hidden: &Links, records: &[Spent]) -> Self {
        let explicit = |posting: &Posting| match posting.account {
            Account::Link(at) => Some(&full.links[at]).filter(|link| link.tier == Tier::Explicit),
            Account::Unlinked(_) => None,
        };
        let mut truth: BTreeMap<&str, BTreeSet<End<'_>>> = BTreeMap::new();
        for link in full.links.iter().filter(|link| link.tier == Tier::Explicit && link.has_log) {
            truth.entry(&link.session).or_default().insert(end(link));
        }
        let mut found = Self { pairs: truth.values().map(|ends| ends.len() as u64).sum(), ..Self::default() };
        // Of a record only the part with explicit links is known, so only as much of it is compared.
        let mut known = vec![None::<Money>; records.len()];
        for posting in &full.journal {
            found.total += posting.cost.unwrap_or_default();
            if explicit(posting).is_some() {
                found.truth += posting.cost.unwrap_or_default();
                found.prices += records[posting.record].prices;
                *known[posting.record].get_or_insert_default() += posting.cost.unwrap_or_default();
            }
        }
        let mut seen = BTreeSet::new();
        for posting in &hidden.journal {
            let (Account::Link(at), Some(known)) = (posting.account, known[posting.record]) else { continue };
            let whole = records[posting.record].cost.unwrap_or_default().nanos();
            let part = (posting.cost.unwrap_or_default().nanos() * known.nanos()).checked_div(whole);
            let cost = Money::from_nanos(part.unwrap_or_default());
            let link = &hidden.links[at];
            let score = found.scores.entry(link.tier).or_default();
            let right = truth.get(link.session.as_str()).is_some_and(|ends| ends.contains(&end(link)));
            score.claimed += cost;
            if right {
                score.agreed += cost;
            }
            if seen.insert((link.session.as_str(), end(link))) {
                score.pairs += 1;
                score.right += u64::from(right);
            }
        }
        found
    }

    /// Whether there is enough explicit evidence for a score.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.pairs >= MIN_PAIRS && self.truth.nanos() * 100 >= self.total.nanos() * MIN_PERCENT
    }
}

/// The 95% Wilson interval of a share.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of pairs, and an interval that is printed to a few digits")]
pub fn wilson(right: u64, of: u64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 {
        return None;
    }
    let (n, share) = (of as f64, right as f64 / of as f64);
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    let digits = |value: f64| (value.clamp(0.0, 1.0) * 1e6).round() / 1e6;
    Some((digits(middle - reach), digits(middle + reach)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching_never_finds_more_than_was_recorded() {
        let record = Spent { cost: Some(Money::from_nanos(100)), ..Spent::blank(1, chrono::DateTime::UNIX_EPOCH) };
        let link = |landing, tier| Link {
            session: "s".to_owned(),
            repository: 0,
            sha: None,
            commit: None,
            landing: Some(landing),
            branch: None,
            tier,
            rule: "line-overlap",
            rules: Vec::new(),
            cost: Money::ZERO,
            context_cost: Money::ZERO,
            tokens: 0,
            has_log: true,
        };
        let post = |at, cost| Posting {
            record: 0,
            account: Account::Link(at),
            context: false,
            cost: Some(Money::from_nanos(cost)),
            tokens: 0,
        };
        // Git records 40 of the 100, for one landing; matching alone gives that landing all of it.
        let full = Links {
            links: vec![link(0, Tier::Explicit), link(1, Tier::Strong)],
            journal: vec![post(0, 40), post(1, 60)],
            ..Links::default()
        };
        let hidden = Links { links: vec![link(0, Tier::Strong)], journal: vec![post(0, 100)], ..Links::default() };
        let found = Calibration::compute(&full, &hidden, &[record]);
        assert_eq!(found.truth, Money::from_nanos(40));
        let score = found.scores[&Tier::Strong];
        assert_eq!((score.claimed, score.agreed, score.pairs), (Money::from_nanos(40), Money::from_nanos(40), 1));
    }

    #[test]
    fn the_interval_is_the_one_of_wilson() {
        // Worked by hand for 8 of 10: (0.490, 0.943).
        let (low, high) = wilson(8, 10).expect("some");
        assert!((low - 0.490_162).abs() < 1e-5 && (high - 0.943_318).abs() < 1e-5, "{low} {high}");
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(5, 5).map(|(_, high)| high.to_string()).as_deref(), Some("1"));
    }
}
