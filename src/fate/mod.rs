//! Links and line lives → where each dollar went: purpose × fate for every nano-dollar, and the classes of both.
//!
//! - In: the journal of links, the histories, the thresholds.
//! - Out: [`Waterfall`]: a table whose cells sum to the spend exactly, and its classes in headline order.
//! - A landing is in flight until it has been observed for the horizon, so that all landings have the same time to fail.
//!   After that it is reverted, a fix, a rewrite, churned, maintenance or product.
//! - Landings are the units. The rewriting part of a landing is the share of its changed lines that replaced or removed recent
//!   assisted ones. What else it removed without putting anything in its place is upkeep, and so is a landing without lines
//!   that count. The rest is split by the share of its new lines that died before the horizon.

mod class;
mod landing;
mod parts;
mod placed;
mod ruling;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

pub use class::{Class, Fate, Purpose, Tone};
pub use landing::{FixRule, FixedCode, LineCounts, is_fix_or_maintenance};
pub use parts::{ClassSums, by_group};
pub use placed::{Place, observed_until};
pub use ruling::{Rule, Ruling};

use crate::company::reviewed::Reviewed;
use crate::error::{Error, Result};
use crate::history::History;
use crate::link::{Links, split};
use crate::model::basis::Prices;
use crate::model::branch;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::{HORIZON, Period};
use landing::LandingLines;
use placed::Placer;

/// The limits that decide a fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// The name of the set.
    pub name: &'static str,
    /// How long work is watched before it is judged: a landing after it landed, other work after its last activity.
    pub horizon: TimeDelta,
    /// A fix blames assisted lines that it replaced up to this age …
    pub blamed_within: TimeDelta,
    /// … if they are at least this percentage of the lines that it replaced.
    pub blamed_percent: u64,
    /// Replacing assisted lines up to this age is a rewrite.
    pub recent: TimeDelta,
    /// What makes a landing a fix.
    pub fix_rule: FixRule,
}

impl Thresholds {
    /// The usual set.
    pub const DEFAULT: Self = Self {
        name: "default",
        horizon: HORIZON,
        blamed_within: TimeDelta::days(90),
        blamed_percent: 50,
        recent: TimeDelta::days(21),
        fix_rule: FixRule::Worded,
    };
    /// Blames less.
    pub const STRICT: Self = Self {
        name: "strict",
        blamed_within: TimeDelta::days(30),
        blamed_percent: 75,
        recent: TimeDelta::days(7),
        fix_rule: FixRule::Typed,
        ..Self::DEFAULT
    };
    /// Blames more.
    pub const BROAD: Self = Self {
        name: "broad",
        blamed_within: TimeDelta::days(180),
        blamed_percent: 25,
        recent: TimeDelta::days(30),
        fix_rule: FixRule::Hinted,
        ..Self::DEFAULT
    };
}

/// The input of the waterfall.
#[derive(Debug, Clone, Copy)]
pub struct FateInput<'a> {
    /// The cost of every record, split over links.
    pub links: &'a Links,
    /// The repositories of the links.
    pub histories: &'a [History],
    /// Only records of this period count.
    pub period: &'a Period,
    /// Links of at least this tier count.
    pub least: Tier,
    /// Records of turns that are probably off task; `None` if prompts were not read.
    pub off_task: Option<&'a HashSet<usize>>,
    /// Pull requests with their reviews and labels; may be empty.
    pub reviewed: &'a Reviewed,
    /// The clock.
    pub as_of: DateTime<Utc>,
}

/// Where each dollar went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall {
    /// The thresholds that were used.
    pub limits: Thresholds,
    /// The table, without empty cells.
    pub cells: BTreeMap<(Purpose, Fate), Money>,
    /// Spend of the period.
    pub total: Money,
    /// The prices of the part whose fate is known.
    pub settled_prices: Prices,
    /// Records without a price, which are in no cell.
    pub unpriced: u64,
    /// The part of the churned spend that paid for lines which fixes and rewrites replaced.
    pub paired: Money,
    /// Avoidable spend with each of these pairs counted once, at the larger of its two sides.
    pub net_avoidable: Money,
    /// Landings that were judged.
    pub judged: u64,
    /// The part of the spend of landings that answered reviews, in any class.
    pub answering: Money,
    /// Spend of labelled experiments that did not land; it is counted as exploring.
    pub tried_out: Money,
    /// Number and spend of judged fixes, by the origin of the lines that they replaced.
    pub fixes: BTreeMap<FixedCode, (u64, Money)>,
    /// The same spend by landing, branch or session, for confidence intervals.
    pub clusters: BTreeMap<Cluster, BTreeMap<Class, Money>>,
    /// What decided about the same spend, by landing, open work and session; records without a session are together.
    pub units: BTreeMap<Cluster, Judged>,
}

/// What became of the spend of a landing, of open work or of a session, and what decided it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    /// The lines of a landing.
    pub lines: Option<LineCounts>,
    /// The branch or commit of open work.
    pub name: Option<String>,
    /// The last day of open work.
    pub last: Option<DateTime<Utc>>,
    /// The spend, without empty parts.
    pub parts: BTreeMap<Ruling, Money>,
}

/// What spend is clustered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cluster {
    /// A landing, by repository and index.
    Landing(usize, usize),
    /// Work that did not land, by repository and by the order of branch names.
    Open(usize, usize),
    /// A session, by the index of its first record: the order of the ledger does not depend on the order of reading.
    Session(usize),
    /// A record without a session.
    Record(usize),
}

impl Cluster {
    /// All records without a session.
    pub const NO_SESSION: Self = Self::Record(usize::MAX);
}

impl Waterfall {
    /// The waterfall without links: nothing is tied to code.
    #[must_use]
    pub fn unattributed(total: Money, unpriced: u64) -> Self {
        let mut cells = BTreeMap::new();
        let mut units = BTreeMap::new();
        if total != Money::ZERO {
            let ruling = Ruling::without_history();
            cells.insert(ruling.cell(), total);
            let parts = BTreeMap::from([(ruling, total)]);
            units.insert(Cluster::NO_SESSION, Judged { parts, ..Judged::default() });
        }
        let net_avoidable = Money::ZERO;
        Self {
            limits: Thresholds::DEFAULT,
            cells,
            total,
            settled_prices: Prices::default(),
            unpriced,
            paired: Money::ZERO,
            net_avoidable,
            judged: 0,
            answering: Money::ZERO,
            tried_out: Money::ZERO,
            fixes: BTreeMap::new(),
            clusters: BTreeMap::new(),
            units,
        }
    }

    /// Adds every priced part of a record of the period to its cell.
    ///
    /// # Errors
    /// [`Error::Unreconciled`] if the cells do not sum to the records.
    pub fn compute(input: &FateInput<'_>, limits: Thresholds) -> Result<Self> {
        let mut found = Self { limits, ..Self::unattributed(Money::ZERO, 0) };
        let links = input.links;
        let records = || links.records.iter().filter(|record| input.period.contains(record.at));
        found.unpriced = records().filter(|record| record.cost.is_none()).count() as u64;
        let total: Money = records().filter_map(|record| record.cost).sum();
        let placer = Placer::new(input, &limits);
        let mut units: BTreeMap<(usize, usize), LandingSpend> = BTreeMap::new();
        let mut open: BTreeMap<(usize, &str), OpenSpend> = BTreeMap::new();
        let mut first_of = HashMap::new();
        for posting in &links.journal {
            let record = &links.records[posting.record];
            let Some(cost) = posting.cost.filter(|_| input.period.contains(record.at)) else { continue };
            let prices = record.prices;
            let first = record.session.map(|name| *first_of.entry(name).or_insert(posting.record));
            match placer.place(posting) {
                Place::Cell(ruling) => {
                    let cluster = first.map_or(Cluster::Record(posting.record), Cluster::Session);
                    found.add(ruling, (cost, prices), cluster);
                }
                Place::Landing(repository, landing) => {
                    let unit = units.entry((repository, landing)).or_default();
                    unit.cost += cost;
                    unit.prices += prices;
                    let commit = posting.account.link().and_then(|at| links.links[at].commit.as_deref());
                    if input.reviewed.answers(repository, landing, commit, record.at) {
                        unit.answering += cost;
                    }
                }
                Place::Open(repository, name) => {
                    let new = OpenSpend { cost: Money::ZERO, prices, last: record.at };
                    let unit = open.entry((repository, name)).or_insert(new);
                    unit.cost += cost;
                    unit.prices += prices;
                    unit.last = unit.last.max(record.at);
                }
            }
        }
        let end = placer.end;
        found.add_open(input, open, end);
        found.judge(input, &units);
        let sum: Money = found.cells.values().copied().sum();
        if sum != total {
            let message = format!("fates: the cells sum to {sum:?}, the records to {total:?}");
            return Err(Error::Unreconciled { message });
        }
        found.total = total;
        Ok(found)
    }

    /// Adds the spend of work that did not land to its cells.
    fn add_open(&mut self, input: &FateInput<'_>, open: BTreeMap<(usize, &str), OpenSpend>, end: DateTime<Utc>) {
        for (at, ((repository, name), unit)) in open.into_iter().enumerate() {
            let last = last_commit(&input.histories[repository], name).map_or(unit.last, |at| at.max(unit.last));
            let ruling = if end - last < self.limits.horizon {
                Ruling::new(Purpose::Unknown, Fate::InFlight, Rule::OpenRecently)
            } else if input.reviewed.is_spike(repository, name) {
                self.tried_out += unit.cost;
                Ruling::new(Purpose::Explore, Fate::Abandoned, Rule::TriedOut)
            } else {
                Ruling::new(Purpose::Unknown, Fate::Abandoned, Rule::NotMerged)
            };
            let cluster = Cluster::Open(repository, at);
            self.add(ruling, (unit.cost, unit.prices), cluster);
            if let Some(judged) = self.units.get_mut(&cluster) {
                (judged.name, judged.last) = (Some(name.to_owned()), Some(last));
            }
        }
    }

    fn add(&mut self, ruling: Ruling, (cost, prices): (Money, Prices), cluster: Cluster) {
        if cost != Money::ZERO {
            *self.cells.entry(ruling.cell()).or_default() += cost;
            let class = ruling.class();
            if class.tone() != Tone::Open {
                self.settled_prices += prices;
            }
            *self.clusters.entry(cluster).or_default().entry(class).or_default() += cost;
            let unit = if matches!(cluster, Cluster::Record(_)) { Cluster::NO_SESSION } else { cluster };
            *self.units.entry(unit).or_default().parts.entry(ruling).or_default() += cost;
        }
    }

    /// Adds the spend of landings to their cells.
    fn judge(&mut self, input: &FateInput<'_>, spend: &BTreeMap<(usize, usize), LandingSpend>) {
        let mut overlap = Money::ZERO;
        for (repository, history) in input.histories.iter().enumerate() {
            let linked: BTreeSet<usize> = input
                .links
                .links
                .iter()
                .filter(|link| link.repository == repository && link.tier <= input.least)
                .filter_map(|link| link.landing)
                .collect();
            let landings = LandingLines::new(history, &linked, &self.limits);
            let mut lost_and_redone = LostAndRedone::default();
            for (&(_, at), own) in spend.range((repository, 0)..(repository + 1, 0)) {
                self.judge_landing(input, (repository, at), *own, &landings, &mut lost_and_redone);
            }
            overlap += self.pair(&landings, &lost_and_redone);
        }
        self.net_avoidable = self.of_tone(Tone::Avoidable) - overlap;
    }

    /// Adds the spend of one landing to its cells.
    fn judge_landing(
        &mut self,
        input: &FateInput<'_>,
        (repository, at): (usize, usize),
        LandingSpend { cost, prices, answering }: LandingSpend,
        landings: &LandingLines,
        lost_and_redone: &mut LostAndRedone,
    ) {
        self.answering += answering;
        let commit = &input.histories[repository].commits[at];
        let cluster = Cluster::Landing(repository, at);
        let lines = landings.lines[at];
        let is_labelled = input.reviewed.is_labelled_bug(repository, at);
        let fix = landing::fixed_code(commit, is_labelled, &lines, &self.limits);
        let purpose = match fix {
            Some(FixedCode::Assisted) => Purpose::AiBugFix,
            Some(FixedCode::Other | FixedCode::Unknown) => Purpose::OtherFix,
            None if landing::is_maintenance(commit) => Purpose::Maintenance,
            None => Purpose::Function,
        };
        let is_fix = fix.is_some();
        // Answers to a review are separated from the rest of a landing, but not from the rest of a fix.
        let split_answers = |cost: Money, whole: Money| match (is_fix, nanos(answering), nanos(whole - answering)) {
            (false, of, rest) if of > 0 => share(cost, of, rest),
            _ => (Money::ZERO, cost),
        };
        let young = !landings.is_mature(commit, input.as_of, self.limits.horizon);
        self.judged += u64::from(!young);
        if young || landings.reverted[at] {
            let (fate, rule) = match young {
                true => (Fate::InFlight, Rule::MergedRecently),
                false => (Fate::Reverted, Rule::TakenBack),
            };
            let (answers, rest) = split_answers(cost, cost);
            self.add(Ruling::new(Purpose::ReviewResponse, fate, rule), (answers, prices), cluster);
            self.add(Ruling::new(purpose, fate, rule), (rest, prices), cluster);
            self.set_lines(cluster, lines);
            return;
        }
        if let Some(origin) = fix {
            let sum = self.fixes.entry(origin).or_default();
            *sum = (sum.0 + 1, sum.1 + cost);
        }
        let (rewriting, rest) = if is_fix {
            (Money::ZERO, cost)
        } else {
            let recent = lines.killed_recent;
            share(cost, recent, lines.changed() - recent)
        };
        let (answers, rest) = split_answers(rest, cost);
        let rest = if is_fix { rest } else { self.add_removals(&lines, (rest, prices), cluster) };
        for (purpose, cost) in [(Purpose::Rewrite, rewriting), (Purpose::ReviewResponse, answers), (purpose, rest)] {
            let (dead, alive) = share(cost, lines.dead, lines.born - lines.dead);
            let rule = match purpose {
                Purpose::Rewrite => Some(Rule::RewroteAssisted),
                Purpose::ReviewResponse => Some(Rule::AnsweredReview),
                _ => fix.map(FixedCode::rule),
            };
            let lasted = if purpose == Purpose::Maintenance { Rule::Upkeep } else { Rule::Lasted };
            let (gone, lasted) = (rule.unwrap_or(Rule::GoneEarly), rule.unwrap_or(lasted));
            self.add(Ruling::new(purpose, Fate::Churned, gone), (dead, prices), cluster);
            self.add(Ruling::new(purpose, Fate::Surviving, lasted), (alive, prices), cluster);
            if Class::of(purpose, Fate::Churned) == Class::Churned {
                *lost_and_redone.lost.entry(index(at)).or_default() += dead;
            }
        }
        let redone = match purpose {
            Purpose::AiBugFix => Some((Class::AiBugFix, cost)),
            Purpose::OtherFix => Some((Class::OtherFix, cost)),
            _ => Some((Class::Rewrite, rewriting)).filter(|(_, cost)| *cost != Money::ZERO),
        };
        lost_and_redone.redone.extend(redone.map(|redone| (index(at), redone)));
        self.set_lines(cluster, lines);
    }

    /// Adds what a landing cost for lines that it only removed, and returns what it cost for the lines that it brought.
    fn add_removals(&mut self, lines: &LineCounts, (cost, prices): (Money, Prices), cluster: Cluster) -> Money {
        let (removing, rule, rest) = if lines.changed() == 0 {
            (cost, Rule::NoLines, Money::ZERO)
        } else {
            let (removing, rest) = share(cost, lines.removed(), lines.born);
            (removing, Rule::Removed, rest)
        };
        self.add(Ruling::new(Purpose::Maintenance, Fate::Surviving, rule), (removing, prices), cluster);
        rest
    }

    fn set_lines(&mut self, cluster: Cluster, lines: LineCounts) {
        if let Some(judged) = self.units.get_mut(&cluster) {
            judged.lines = Some(lines);
        }
    }

    /// Pairs churned spend with the fixes and rewrites that replaced its lines; returns the avoidable spend that is
    /// counted on both sides.
    fn pair(&mut self, landings: &LandingLines, spend: &LostAndRedone) -> Money {
        let mut overlap = Money::ZERO;
        for (&(born, died), &lines) in &landings.replaced {
            let (Some(&lost), Some(&(class, redone))) = (spend.lost.get(&born), spend.redone.get(&died)) else {
                continue;
            };
            let part = |cost: Money, whole: u64| share(cost, lines.min(whole), whole - lines.min(whole)).0;
            let lost = part(lost, landings.lines[born as usize].dead);
            self.paired += lost;
            if class.tone() == Tone::Avoidable {
                overlap += lost.min(part(redone, landings.lines[died as usize].killed));
            }
        }
        overlap
    }

    /// The spend of a class.
    #[must_use]
    pub fn class(&self, class: Class) -> Money {
        self.cells
            .iter()
            .filter(|((purpose, fate), _)| Class::of(*purpose, *fate) == class)
            .map(|(_, cost)| *cost)
            .sum()
    }

    /// The spend of all classes of a tone.
    #[must_use]
    pub fn of_tone(&self, tone: Tone) -> Money {
        Class::ALL.into_iter().filter(|class| class.tone() == tone).map(|class| self.class(class)).sum()
    }

    /// The spend whose fate is known: all but what is tied to no code or still in flight.
    #[must_use]
    pub fn known_fate(&self) -> Money {
        self.total - self.of_tone(Tone::Open)
    }
}

/// The spend of a landing.
#[derive(Debug, Clone, Copy, Default)]
struct LandingSpend {
    cost: Money,
    prices: Prices,
    /// The part that answers a review.
    answering: Money,
}

/// The spend of work that did not land.
struct OpenSpend {
    cost: Money,
    prices: Prices,
    last: DateTime<Utc>,
}

/// Spend of the landings of one repository, by index.
#[derive(Default)]
struct LostAndRedone {
    /// Churned spend.
    lost: BTreeMap<u32, Money>,
    /// Spend of fixes and rewrites, with their class.
    redone: BTreeMap<u32, (Class, Money)>,
}

/// Money as a weight; credits have none.
fn nanos(money: Money) -> u64 {
    u64::try_from(money.nanos()).unwrap_or(0)
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Splits money in two by weights. If the first is zero, the second part is all of it.
fn share(cost: Money, first: u64, second: u64) -> (Money, Money) {
    if first == 0 {
        return (Money::ZERO, cost);
    }
    let parts = split(cost.nanos(), &[first, second]);
    (Money::from_nanos(parts[0]), Money::from_nanos(parts[1]))
}

/// When a branch was last committed to, if its reference exists.
fn last_commit(history: &History, name: &str) -> Option<DateTime<Utc>> {
    let is_named =
        |one: &branch::BranchFate| one.names.iter().any(|full| full == name || full.ends_with(&format!("/{name}")));
    history.branches.as_ref()?.iter().find(|one| is_named(one))?.last_commit_time
}

#[cfg(test)]
mod tests;
