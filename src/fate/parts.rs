//! The waterfall by group: what became of the spend of each initiative, tool or team.
//!
//! - In: the waterfall, and a function that says which groups a part of a record belongs to. Out: the cells of each group.
//! - Cells are of merged changes, groups are of records. Where several groups paid for one change, its cells are split over
//!   them by what each paid.
//! - The cost of each group is exact, and so is the sum of each cell over all groups.

use std::collections::BTreeMap;

use super::placed::{Place, Placer};
use super::{Class, Cluster, Fate, FateInput, Judged, Purpose, Rule, Ruling, Tone, Waterfall};
use crate::link::Posting;
use crate::model::money::Money;

/// Spend by what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassSums(BTreeMap<(Purpose, Fate), Money>);

impl ClassSums {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Money {
        self.0.values().copied().sum()
    }

    /// The spend of a class.
    #[must_use]
    pub fn class(&self, class: Class) -> Money {
        self.sum(|(purpose, fate)| Class::of(purpose, fate) == class)
    }

    /// The spend whose fate is known.
    #[must_use]
    pub fn judged(&self) -> Money {
        self.sum(|(purpose, fate)| Class::of(purpose, fate).tone() != Tone::Open)
    }

    /// The spend by cell.
    pub fn cells(&self) -> impl Iterator<Item = ((Purpose, Fate), Money)> + '_ {
        self.0.iter().map(|(cell, cost)| (*cell, *cost))
    }

    /// Adds spend of a cell.
    pub fn add(&mut self, cell: (Purpose, Fate), cost: Money) {
        *self.0.entry(cell).or_default() += cost;
    }

    fn sum(&self, is_wanted: impl Fn((Purpose, Fate)) -> bool) -> Money {
        self.0.iter().filter(|(cell, _)| is_wanted(**cell)).map(|(_, cost)| *cost).sum()
    }
}

impl From<&BTreeMap<Ruling, Money>> for ClassSums {
    fn from(parts: &BTreeMap<Ruling, Money>) -> Self {
        let mut found = Self::default();
        parts.iter().for_each(|(ruling, cost)| found.add(ruling.cell(), *cost));
        found
    }
}

impl std::ops::AddAssign<&Self> for ClassSums {
    fn add_assign(&mut self, other: &Self) {
        other.0.iter().for_each(|(cell, cost)| self.add(*cell, *cost));
    }
}

/// What became of the spend of each group, by what decided it.
///
/// `groups_of` gets a part of a record, where it belongs and its cost, and adds the groups with their parts of that cost, which
/// must sum to it.
pub fn by_group<G: Ord + Clone>(
    input: &FateInput<'_>,
    waterfall: &Waterfall,
    mut groups_of: impl FnMut(&Posting, Place<'_>, Money, &mut Vec<(G, Money)>),
) -> BTreeMap<G, BTreeMap<Ruling, Money>> {
    let placer = Placer::new(input, &waterfall.limits);
    let mut found: BTreeMap<G, BTreeMap<Ruling, Money>> = BTreeMap::new();
    let mut landings: BTreeMap<(usize, usize), BTreeMap<G, Money>> = BTreeMap::new();
    let mut open: BTreeMap<(usize, &str), BTreeMap<G, Money>> = BTreeMap::new();
    let mut groups = Vec::new();
    for posting in &input.links.journal {
        let at = input.links.records[posting.record].at;
        let Some(cost) = posting.cost.filter(|_| input.period.contains(at)) else { continue };
        let place = placer.place(posting);
        groups_of(posting, place, cost, &mut groups);
        let paid = match place {
            Place::Cell(ruling) => {
                for (group, part) in groups.drain(..) {
                    *found.entry(group).or_default().entry(ruling).or_default() += part;
                }
                continue;
            }
            Place::Landing(repository, landing) => landings.entry((repository, landing)).or_default(),
            Place::Open(repository, name) => open.entry((repository, name)).or_default(),
        };
        for (group, part) in groups.drain(..) {
            *paid.entry(group).or_default() += part;
        }
    }
    // The waterfall numbers open work in this order.
    let open = open.into_iter().enumerate().map(|(at, ((repository, _), paid))| (Cluster::Open(repository, at), paid));
    let landings = landings.into_iter().map(|((repository, at), paid)| (Cluster::Landing(repository, at), paid));
    for (cluster, paid) in open.chain(landings) {
        share(&paid, waterfall.units.get(&cluster), &mut found);
    }
    found
}

/// Splits the spend of one change over the groups that paid for it, so that both sides keep their sums.
fn share<G: Ord + Clone>(
    paid: &BTreeMap<G, Money>,
    judged: Option<&Judged>,
    found: &mut BTreeMap<G, BTreeMap<Ruling, Money>>,
) {
    let total: i128 = paid.values().map(|cost| cost.nanos()).sum();
    let parts = judged.map(|judged| &judged.parts).filter(|_| total != 0);
    let mut before = 0;
    for (group, cost) in paid {
        let sums = found.entry(group.clone()).or_default();
        let after = before + cost.nanos();
        // Credits that cancel the cost leave nothing to judge.
        let Some(parts) = parts else {
            let nothing = Ruling::new(Purpose::Unknown, Fate::InFlight, Rule::MergedRecently);
            *sums.entry(nothing).or_default() += *cost;
            continue;
        };
        let mut whole = 0;
        let mut given = 0;
        for (ruling, amount) in parts {
            whole += amount.nanos();
            // Differences of rounded running sums: rows and columns keep their sums.
            let up_to_here = (after * whole).div_euclid(total) - (before * whole).div_euclid(total);
            *sums.entry(*ruling).or_default() += Money::from_nanos(up_to_here - given);
            given = up_to_here;
        }
        before = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruling(fate: Fate, rule: Rule) -> Ruling {
        Ruling::new(Purpose::Function, fate, rule)
    }

    #[test]
    fn both_sides_of_a_split_keep_their_sums() {
        let nanos = Money::from_nanos;
        let paid = BTreeMap::from([("a", nanos(1)), ("b", nanos(4)), ("c", nanos(5))]);
        let (lasted, gone) = (ruling(Fate::Surviving, Rule::Lasted), ruling(Fate::Churned, Rule::GoneEarly));
        let parts = BTreeMap::from([(lasted, nanos(7)), (gone, nanos(3))]);
        let mut found = BTreeMap::new();
        share(&paid, Some(&Judged { parts, ..Judged::default() }), &mut found);
        for (group, cost) in &paid {
            assert_eq!(found[group].values().copied().sum::<Money>(), *cost, "{group}");
        }
        // Of ten, seven lasted: 0.7, 3.5 and 7 after each group, rounded down.
        assert_eq!(["a", "b", "c"].map(|group| found[group][&lasted]), [nanos(0), nanos(3), nanos(4)]);
    }

    #[test]
    fn credits_that_cancel_the_cost_are_not_judged() {
        let paid = BTreeMap::from([("a", Money::from_nanos(4)), ("b", Money::from_nanos(-4))]);
        let mut found = BTreeMap::new();
        share(&paid, None, &mut found);
        let young = Ruling::new(Purpose::Unknown, Fate::InFlight, Rule::MergedRecently);
        assert_eq!(found["a"], BTreeMap::from([(young, Money::from_nanos(4))]));
    }
}
