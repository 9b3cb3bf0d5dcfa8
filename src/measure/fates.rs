//! Where each dollar went, under the usual thresholds and under others to compare with.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::fate::{self, Class, ClassSums, Cluster, FateInput, Place, Ruling, Thresholds, Tone, Waterfall};
use crate::history::History;
use crate::ledger::{Spend, Spent};
use crate::measure::material::{Linking, Material};
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::day_of;
use crate::model::quantity::Quantity;
use crate::sessions::off_task::OffTask;
use crate::statistics::interval::{self, Clusters};

/// The sets of thresholds beside the usual one.
const OTHERS: [Thresholds; 2] = [Thresholds::STRICT, Thresholds::BROAD];

/// The spend of development by what became of it.
#[derive(Debug)]
pub struct Fates {
    /// Under the usual thresholds.
    pub usual: Waterfall,
    /// Under stricter and broader ones; empty without a repository.
    pub others: Vec<Waterfall>,
    /// Records of turns that are probably off task; `None` if prompts were not read.
    likely: Option<HashSet<usize>>,
    /// The last instant in the inputs, but not after the clock.
    pub end: DateTime<Utc>,
}

impl Fates {
    /// Judges the spend of development.
    ///
    /// # Errors
    /// When the fates do not sum to the ledger.
    pub fn judge(material: &Material, development: &Spend) -> Result<Self> {
        let cost = development.cost.unwrap_or_default();
        let likely = material.off_task.as_ref().map(OffTask::likely);
        let Some(linking) = &material.links else {
            let usual = Waterfall::unattributed(cost, development.unpriced_records);
            return Ok(Self { usual, others: Vec::new(), likely, end: material.run.as_of });
        };
        let input = input(material, linking, likely.as_ref());
        let usual = Waterfall::compute(&input, Thresholds::DEFAULT)?;
        if usual.total != cost {
            let message = format!("fates: they sum to {:?}, the ledger to {cost:?}", usual.total);
            return Err(Error::Unreconciled { message });
        }
        // Only what the usual thresholds decide is traced.
        let other = |limits| Waterfall::compute(&input, limits).map(|one| Waterfall { units: BTreeMap::new(), ..one });
        let others = OTHERS.into_iter().map(other).collect::<Result<_>>()?;
        Ok(Self { usual, others, end: fate::observed_until(&input), likely })
    }

    /// The day from which all merged changes with spend can be judged; `None` without one.
    #[must_use]
    pub fn judged_from(&self, histories: &[History], tz: Tz) -> Option<NaiveDate> {
        let landed = self.usual.units.keys().filter_map(|cluster| {
            let Cluster::Landing(repository, at) = cluster else { return None };
            Some(histories.get(*repository)?.commits.get(*at)?.commit_time)
        });
        landed.max().map(|last| day_of(last + self.usual.limits.horizon, tz))
    }

    /// What became of the spend of each group, under the usual thresholds.
    ///
    /// `groups_of` adds the groups of a part of the spend, with parts of its cost that sum to it.
    ///
    /// # Errors
    /// When the groups do not sum to the spend.
    pub fn by_group<G: Ord + Clone>(
        &self,
        material: &Material,
        groups_of: impl FnMut(&Part<'_>, &mut Vec<(G, Money)>),
    ) -> Result<BTreeMap<G, ClassSums>> {
        let found = self.rulings(material, groups_of)?;
        Ok(found.into_iter().map(|(group, parts)| (group, ClassSums::from(&parts))).collect())
    }

    /// What became of the spend by the evidence that ties it to code, `None` where none does.
    ///
    /// # Errors
    /// When the tiers do not sum to the spend.
    pub fn by_tier(&self, material: &Material) -> Result<BTreeMap<Option<Tier>, ClassSums>> {
        let links = material.links.as_ref().map(|linking| linking.links.links.as_slice()).unwrap_or_default();
        self.by_group(material, |part, groups| groups.push((part.link.map(|at| links[at].tier), part.cost)))
    }

    /// What became of the spend of each group, by what decided it.
    ///
    /// # Errors
    /// When the groups do not sum to the spend.
    pub fn rulings<G: Ord + Clone>(
        &self,
        material: &Material,
        mut groups_of: impl FnMut(&Part<'_>, &mut Vec<(G, Money)>),
    ) -> Result<BTreeMap<G, BTreeMap<Ruling, Money>>> {
        let mut found: BTreeMap<G, BTreeMap<Ruling, Money>> = BTreeMap::new();
        if let Some(linking) = &material.links {
            let links = &linking.links;
            let input = input(material, linking, self.likely.as_ref());
            found = fate::by_group(&input, &self.usual, |posting, place, cost, groups| {
                let link = posting.account.link();
                let (index, record) = (posting.record, &links.records[posting.record]);
                groups_of(&Part { record, index, place, link, cost }, groups);
            });
        } else {
            let period = &material.run.period;
            let mut groups = Vec::new();
            for (index, record) in material.records().iter().enumerate() {
                let Some(cost) = record.cost.filter(|_| period.contains(record.at)) else { continue };
                let ruling = Ruling::without_history();
                groups_of(&Part { record, index, place: Place::Cell(ruling), link: None, cost }, &mut groups);
                for (group, part) in groups.drain(..) {
                    *found.entry(group).or_default().entry(ruling).or_default() += part;
                }
            }
        }
        let sum: Money = found.values().flat_map(BTreeMap::values).copied().sum();
        if sum != self.usual.total {
            let message = format!("fates: groups sum to {sum:?}, the spend to {:?}", self.usual.total);
            return Err(Error::Unreconciled { message });
        }
        Ok(found)
    }
}

/// The 95% ranges of the shares of judged spend, for which changes, branches and sessions are drawn as wholes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassRanges {
    /// Those with judged spend.
    pub n: u64,
    /// By class; empty where they are too few.
    pub ends: BTreeMap<Class, (Quantity, Quantity)>,
}

impl ClassRanges {
    /// The ranges of a waterfall.
    #[must_use]
    pub fn of(fates: &Waterfall) -> Self {
        let judged = |by_class: &BTreeMap<Class, Money>| -> Money {
            by_class.iter().filter(|(class, _)| class.tone() != Tone::Open).map(|(_, cost)| *cost).sum()
        };
        let wholes: Vec<(&BTreeMap<Class, Money>, Money)> =
            fates.clusters.values().map(|one| (one, judged(one))).filter(|(_, whole)| *whole > Money::ZERO).collect();
        let range = |class: Class| {
            let part = |one: &BTreeMap<Class, Money>| one.get(&class).copied().unwrap_or_default();
            let (low, high) = Clusters::of_shares(wholes.iter().map(|(one, whole)| (part(one), *whole))).interval()?;
            // No range leaves out its point.
            let point = Quantity::share(fates.class(class), fates.known_fate())?.as_f64();
            Some((class, interval::share(Some((low.min(point), high.max(point))))?))
        };
        let classes = Class::ALL.into_iter().filter(|class| class.tone() != Tone::Open);
        Self { n: wholes.len() as u64, ends: classes.filter_map(range).collect() }
    }
}

/// A part of a record's cost, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The record.
    pub record: &'a Spent,
    /// Its index among the records.
    pub index: usize,
    /// Where it belongs.
    pub place: Place<'a>,
    /// Index of its link, whatever the evidence.
    pub link: Option<usize>,
    /// Its cost.
    pub cost: Money,
}

fn input<'a>(material: &'a Material, linking: &'a Linking, likely: Option<&'a HashSet<usize>>) -> FateInput<'a> {
    FateInput {
        links: &linking.links,
        histories: &material.run.histories,
        period: &material.run.period,
        least: linking.least,
        off_task: likely,
        reviewed: &material.reviewed,
        as_of: material.run.as_of,
    }
}
