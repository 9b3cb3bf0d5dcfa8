//! Links → sums over a period: by tier, by reason, by landing and branch. Each level sums to the ledger.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{Account, Links, Sum};
use crate::error::{Error, Result};
use crate::model::link::{Tier, Unlinked};
use crate::model::period::Period;

/// A landing, or a branch or commit that did not land, and its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Index of the repository.
    pub repository: usize,
    /// Index of the landing in its history.
    pub landing: Option<usize>,
    /// The branch that did not land, or the id of the commit that did not.
    pub branch: Option<String>,
    /// Its cost by tier of the evidence.
    pub by_tier: BTreeMap<Tier, Sum>,
    /// Sessions that paid for a part of it.
    pub sessions: u64,
}

impl Unit {
    /// Its cost by evidence of at least this tier.
    #[must_use]
    pub fn sum(&self, least: Tier) -> Sum {
        let mut sum = Sum::default();
        self.by_tier.iter().filter(|(tier, _)| **tier <= least).for_each(|(_, part)| sum += *part);
        sum
    }
}

/// Where a period's spend went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribution {
    /// All of it.
    pub total: Sum,
    /// The linked part, by tier.
    pub by_tier: BTreeMap<Tier, Sum>,
    /// The part of the linked spend from segments without evidence, next to the work.
    pub context: Sum,
    /// The part that reached a landing, by any tier.
    pub landed: Sum,
    /// The rest, by reason.
    pub unlinked: BTreeMap<Unlinked, Sum>,
    /// Landings and branches, the most expensive by the headline's evidence first.
    pub units: Vec<Unit>,
    /// The headline counts evidence of at least this tier.
    pub least: Tier,
}

/// Identity of a unit: repository, landing, and the branch or commit that did not land.
type UnitKey = (usize, Option<usize>, Option<String>);

impl Attribution {
    /// Sums the records of a period.
    ///
    /// # Errors
    /// [`Error::Unreconciled`] if a level does not sum to the records.
    pub fn compute(links: &Links, period: &Period, least: Tier) -> Result<Self> {
        let mut found = Self { least, ..Self::default() };
        let mut units: BTreeMap<UnitKey, (Unit, BTreeSet<&str>)> = BTreeMap::new();
        for record in links.records.iter().filter(|record| period.contains(record.at)) {
            found.total.add(record.cost, record.tokens, record.prices);
        }
        for posting in links.journal.iter().filter(|posting| period.contains(links.records[posting.record].at)) {
            let prices = links.records[posting.record].prices;
            match posting.account {
                Account::Unlinked(reason) => {
                    found.unlinked.entry(reason).or_default().add(posting.cost, posting.tokens, prices);
                }
                Account::Link(at) => {
                    let link = &links.links[at];
                    found.by_tier.entry(link.tier).or_default().add(posting.cost, posting.tokens, prices);
                    if posting.context {
                        found.context.add(posting.cost, posting.tokens, prices);
                    }
                    let name = || link.branch.clone().or_else(|| link.commit.clone());
                    let key = (link.repository, link.landing, link.landing.is_none().then(name).flatten());
                    let (unit, sessions) = units.entry(key).or_insert_with_key(|key| {
                        let (repository, landing, branch) = key.clone();
                        let unit = Unit { repository, landing, branch, by_tier: BTreeMap::new(), sessions: 0 };
                        (unit, BTreeSet::new())
                    });
                    unit.by_tier.entry(link.tier).or_default().add(posting.cost, posting.tokens, prices);
                    sessions.insert(&link.session);
                    if link.landing.is_some() {
                        found.landed.add(posting.cost, posting.tokens, prices);
                    }
                }
            }
        }
        found.units =
            units.into_values().map(|(unit, sessions)| Unit { sessions: sessions.len() as u64, ..unit }).collect();
        found.check()?;
        let costs = |unit: &Unit| (unit.sum(least).cost, unit.sum(Tier::Weak).cost);
        found.units.sort_by_key(|unit| std::cmp::Reverse(costs(unit)));
        Ok(found)
    }

    /// The part linked by evidence of at least this tier.
    #[must_use]
    pub fn linked(&self, least: Tier) -> Sum {
        let mut sum = Sum::default();
        self.by_tier.iter().filter(|(tier, _)| **tier <= least).for_each(|(_, part)| sum += *part);
        sum
    }

    fn check(&self) -> Result<()> {
        let mut by_tier = Sum::default();
        self.by_tier.values().chain(self.unlinked.values()).for_each(|part| by_tier += *part);
        let mut by_unit = Sum::default();
        self.units.iter().for_each(|unit| by_unit += unit.sum(Tier::Weak));
        self.unlinked.values().for_each(|part| by_unit += *part);
        for (level, sum) in [("tiers", by_tier), ("landings and branches", by_unit)] {
            if (sum.cost, sum.tokens) != (self.total.cost, self.total.tokens) {
                let message = format!("links: {level} sum to {:?}, the records to {:?}", sum, self.total);
                return Err(Error::Unreconciled { message });
            }
        }
        Ok(())
    }
}
