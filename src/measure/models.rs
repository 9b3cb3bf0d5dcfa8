//! Which model for which work: what merged changes cost by type of work and model, and what became of their lines.
//!
//! - A change belongs to the model that has more than two thirds of its cost, and to the type of work of the sessions that paid most
//!   of it. Changes without such a model are counted apart.
//! - Lost lines were replaced or taken back within 30 days; a change counts for them once it is old enough to judge.
//! - Two models are compared on changes of one type, in the same repository and of about the same size, where both have some.
//!   Who gives which work to which model is no accident: this is a bound, and no proof.

use std::collections::BTreeMap;

use crate::fate::{Cluster, Fate, Rule};
use crate::history::{History, Totals};
use crate::link::Account;
use crate::measure::fates::Fates;
use crate::measure::material::Material;
use crate::measure::size_bands::band_of;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::prompt::WorkType;
use crate::model::quantity::Quantity;
use crate::sessions::waste::KINDS;
use crate::statistics::interval::{self, Clusters};
use crate::statistics::strata::{self, Stratum};

/// Changes that a row needs before its figures are shown.
pub const LEAST_CHANGES: u64 = 5;

/// A cheaper model does no worse if it surely loses less than this share of its lines more.
const MARGIN: f64 = 0.05;

/// Kinds of waste that are one attempt after another at the same thing.
const RETRIES: [&str; 3] = ["retry-loops", "endless-tries", "resent-prompts"];

/// What one model did in one type of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUse {
    /// The type of work; `None` is unknown.
    pub kind: Option<WorkType>,
    /// The model.
    pub model: String,
    /// Merged changes.
    pub changes: u64,
    /// What they cost.
    pub cost: Money,
    /// The 95% range of the cost of one; `None` for few.
    pub cost_range: Option<(Quantity, Quantity)>,
    /// Changes that are old enough to judge, …
    pub judged: u64,
    /// … what they cost, …
    pub judged_cost: Money,
    /// … lines that count which they brought, …
    pub lines: u64,
    /// … and those of them that were lost within 30 days.
    pub lost: u64,
    /// The 95% range of the share that was lost; `None` for few.
    pub lost_range: Option<(Quantity, Quantity)>,
    /// Spend on trying the same again.
    pub retries: Money,
}

/// Whether a cheaper model did as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It lost no more lines, within the margin.
    NoWorse,
    /// It lost more.
    Worse,
    /// Too few comparable changes, or a range too wide to say.
    NoEvidence,
}

impl Verdict {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoWorse => "no_worse",
            Self::Worse => "worse",
            Self::NoEvidence => "no_evidence",
        }
    }
}

/// Two models on comparable changes of one type of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The type of work.
    pub kind: WorkType,
    /// The model whose changes cost more there, and the other.
    pub models: (String, String),
    /// Comparable changes of each.
    pub changes: (u64, u64),
    /// What those of the dearer one cost.
    pub cost: Money,
    /// How much larger the share of lost lines of the cheaper one is, and its 95% range; `None` for few.
    pub difference: Option<[Quantity; 3]>,
    /// Whether it did as well.
    pub verdict: Verdict,
    /// What at most would have been saved, had the cheaper one made them at the cost of its own; zero without evidence.
    pub save_most: Money,
}

/// Models by type of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Models {
    /// By type of work and model, the most expensive first.
    pub uses: Vec<ModelUse>,
    /// Pairs of models that worked on comparable changes, the largest saving first.
    pub comparisons: Vec<Comparison>,
    /// Changes without a model that has most of their cost, and their cost.
    pub mixed: (u64, Money),
}

impl Models {
    /// What models did; `None` without a repository.
    #[must_use]
    pub fn new(material: &Material, fates: &Fates) -> Option<Self> {
        let names = material.run.ledger.names();
        let mut found = Self::default();
        let mut groups: BTreeMap<(Option<WorkType>, String), Vec<Change>> = BTreeMap::new();
        for ((repository, landing), paid) in paid(material)? {
            let Some(model) = paid.model() else {
                found.mixed = (found.mixed.0 + 1, found.mixed.1 + paid.cost);
                continue;
            };
            let history = &material.run.histories[repository];
            let change =
                Change { repository, paid_on_retries: paid.retries, ..Change::new(history, landing, paid.cost) };
            let change = change.judged(fates, repository, landing);
            groups.entry((paid.kind(), names.text(model).to_owned())).or_default().push(change);
        }
        found.uses = groups.iter().map(|((kind, model), changes)| ModelUse::new(*kind, model, changes)).collect();
        found.uses.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| (a.kind, &a.model).cmp(&(b.kind, &b.model))));
        let groups: Vec<_> = groups.into_iter().collect();
        for (at, ((kind, model), changes)) in groups.iter().enumerate() {
            let Some(known) = *kind else { continue };
            for ((_, other), others) in groups[at + 1..].iter().take_while(|(key, _)| key.0 == *kind) {
                found.comparisons.extend(compare(known, (model, changes), (other, others)));
            }
        }
        let key = |one: &Comparison| (std::cmp::Reverse((one.save_most, one.cost)), one.kind, one.models.clone());
        found.comparisons.sort_by_key(key);
        Some(found)
    }
}

/// What was paid for one merged change.
#[derive(Debug, Default)]
struct Paid {
    cost: Money,
    by_model: BTreeMap<u32, (Name, Money)>,
    by_kind: BTreeMap<Option<WorkType>, Money>,
    retries: Money,
}

impl Paid {
    /// The model with more than two thirds of the cost.
    fn model(&self) -> Option<Name> {
        let most = self.by_model.values().max_by_key(|(_, cost)| *cost)?;
        (most.1.nanos() * 3 > self.cost.nanos() * 2).then_some(most.0)
    }

    fn kind(&self) -> Option<WorkType> {
        let most = self.by_kind.iter().max_by_key(|(kind, cost)| (**cost, std::cmp::Reverse(**kind)))?;
        *most.0
    }
}

/// What the spend of the period paid for, by evidence that counts for the headline; changes of bots are left out.
fn paid(material: &Material) -> Option<BTreeMap<(usize, usize), Paid>> {
    let linking = material.links.as_ref()?;
    let links = &linking.links;
    let mut retried: BTreeMap<usize, Money> = BTreeMap::new();
    for overlay in material.waste.overlays.iter().filter(|one| RETRIES.contains(&KINDS[one.kind].id())) {
        for (record, cost) in &overlay.records {
            let most = retried.entry(*record).or_default();
            *most = (*most).max(*cost);
        }
    }
    let mut found: BTreeMap<(usize, usize), Paid> = BTreeMap::new();
    for posting in &links.journal {
        let record = &links.records[posting.record];
        let (Account::Link(at), Some(cost)) = (posting.account, posting.cost) else { continue };
        let link = &links.links[at];
        let (Some(landing), true) = (link.landing, link.tier <= linking.least) else { continue };
        let is_bot = material.run.histories[link.repository].commits[landing].bot;
        if is_bot || !material.run.period.contains(record.at) {
            continue;
        }
        let paid = found.entry((link.repository, landing)).or_default();
        paid.cost += cost;
        if let Some(model) = record.canonical_model.or(record.model) {
            paid.by_model.entry(model.code()).or_insert((model, Money::ZERO)).1 += cost;
        }
        let kind = record.session.and_then(|session| material.work_types.session(session));
        *paid.by_kind.entry(kind).or_default() += cost;
        if let (Some(wasted), Some(whole)) =
            (retried.get(&posting.record), record.cost.filter(|all| *all > Money::ZERO))
        {
            paid.retries += Money::from_nanos(wasted.nanos() * cost.nanos() / whole.nanos());
        }
    }
    found.retain(|_, paid| paid.cost > Money::ZERO);
    Some(found)
}

/// One merged change.
#[derive(Debug, Clone, Copy)]
struct Change {
    repository: usize,
    size: usize,
    cost: Money,
    paid_on_retries: Money,
    /// Lines that count which it brought, and those that were lost; `None` while it is too young.
    lines: Option<(u64, u64)>,
}

impl Change {
    fn new(history: &History, landing: usize, cost: Money) -> Self {
        let totals = Totals::of(&history.commits[landing]);
        let size = band_of(totals.added_effective + totals.deleted_effective);
        Self { repository: 0, size, cost, paid_on_retries: Money::ZERO, lines: None }
    }

    fn judged(mut self, fates: &Fates, repository: usize, landing: usize) -> Self {
        let judged = fates.usual.units.get(&Cluster::Landing(repository, landing));
        self.lines = judged.and_then(|judged| {
            let lines = judged.lines?;
            let is_young = judged.parts.keys().any(|ruling| ruling.fate == Fate::InFlight);
            let is_taken_back = judged.parts.keys().any(|ruling| ruling.rule == Rule::TakenBack);
            (!is_young).then_some((lines.born, if is_taken_back { lines.born } else { lines.dead }))
        });
        self
    }

    /// Lost lines over lines.
    fn loss(&self) -> Option<(f64, f64)> {
        let number = |count| Quantity::Count(count).as_f64();
        self.lines.map(|(lines, lost)| (number(lost), number(lines)))
    }
}

impl ModelUse {
    fn new(kind: Option<WorkType>, model: &str, changes: &[Change]) -> Self {
        let judged = || changes.iter().filter_map(|one| Some((one.cost, one.lines?)));
        let costs = Clusters::of_money(changes.iter().map(|one| (one.cost, 1)));
        let losses = Clusters::of_counts(judged().map(|(_, (lines, lost))| (lost, lines)));
        Self {
            kind,
            model: model.to_owned(),
            changes: changes.len() as u64,
            cost: changes.iter().map(|one| one.cost).sum(),
            cost_range: interval::dollars(costs.interval()),
            judged: judged().count() as u64,
            judged_cost: judged().map(|(cost, _)| cost).sum(),
            lines: judged().map(|(_, (lines, _))| lines).sum(),
            lost: judged().map(|(_, (_, lost))| lost).sum(),
            lost_range: interval::share(losses.interval()),
            retries: changes.iter().map(|one| one.paid_on_retries).sum(),
        }
    }
}

/// Comparable changes of two models.
type Pair<'a> = (Vec<&'a Change>, Vec<&'a Change>);

/// Compares two models; `None` if they have no comparable changes.
fn compare(kind: WorkType, one: (&String, &[Change]), other: (&String, &[Change])) -> Option<Comparison> {
    let mut pairs: BTreeMap<(usize, usize), Pair<'_>> = BTreeMap::new();
    for change in one.1.iter().filter(|change| change.lines.is_some()) {
        pairs.entry((change.repository, change.size)).or_default().0.push(change);
    }
    for change in other.1.iter().filter(|change| change.lines.is_some()) {
        pairs.entry((change.repository, change.size)).or_default().1.push(change);
    }
    pairs.retain(|_, (some, others)| !some.is_empty() && !others.is_empty());
    if pairs.is_empty() {
        return None;
    }
    let cost = |changes: &[&Change]| changes.iter().map(|change| change.cost).sum::<Money>();
    // How much dearer the changes of the first are, with weights that do not depend on which is the first.
    let dearer = |(some, others): &Pair<'_>| {
        let (count, count_of_others) = (some.len() as i128, others.len() as i128);
        (cost(some).nanos() * count_of_others - cost(others).nanos() * count) / (count + count_of_others)
    };
    if pairs.values().map(dearer).sum::<i128>() < 0 {
        return compare(kind, other, one);
    }
    let loss = |changes: &[&Change]| changes.iter().filter_map(|change| change.loss()).collect();
    let stratum = |(some, others): &Pair<'_>| Stratum { first: loss(some), second: loss(others) };
    let strata: Vec<Stratum> = pairs.values().map(stratum).collect();
    let found = strata::difference(&strata);
    let verdict = match found {
        Some((_, _, high)) if high <= MARGIN => Verdict::NoWorse,
        Some((_, low, _)) if low > 0.0 => Verdict::Worse,
        _ => Verdict::NoEvidence,
    };
    let shared = || pairs.values().zip(&strata).filter(|(_, stratum)| stratum.is_shared()).map(|(pair, _)| pair);
    // What they cost more than as many of the other's would have.
    let saved = |(some, others): &Pair<'_>| {
        let at_its_cost = cost(others).nanos() * some.len() as i128 / others.len() as i128;
        (cost(some) - Money::from_nanos(at_its_cost)).max(Money::ZERO)
    };
    let count = |of: fn(&Pair<'_>) -> usize| pairs.values().map(of).sum::<usize>() as u64;
    Some(Comparison {
        kind,
        models: (one.0.clone(), other.0.clone()),
        changes: (count(|pair| pair.0.len()), count(|pair| pair.1.len())),
        cost: pairs.values().map(|(some, _)| cost(some)).sum(),
        difference: found.map(|(middle, low, high)| [middle, low, high].map(interval::ratio)),
        verdict,
        save_most: if verdict == Verdict::NoWorse { shared().map(saved).sum() } else { Money::ZERO },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes of a hundred lines each at a price, of which every fifth lost some.
    fn changes(count: usize, cents: i128, size: usize, lost: u64) -> Vec<Change> {
        let lost = |at: usize| if at.is_multiple_of(5) { lost } else { 0 };
        let change = |at: usize| Change {
            repository: 0,
            size,
            cost: Money::from_nanos(cents * 10_000_000),
            paid_on_retries: Money::ZERO,
            lines: Some((100, lost(at))),
        };
        (0..count).map(change).collect()
    }

    fn compared(dear: &[Change], cheap: &[Change]) -> Option<Comparison> {
        let (dear_name, cheap_name) = ("dear".to_owned(), "cheap".to_owned());
        let found = compare(WorkType::Feature, (&dear_name, dear), (&cheap_name, cheap));
        assert_eq!(found, compare(WorkType::Feature, (&cheap_name, cheap), (&dear_name, dear)));
        found
    }

    fn cents(cents: i128) -> Money {
        Money::from_nanos(cents * 10_000_000)
    }

    #[test]
    fn a_cheaper_model_that_lost_no_more_lines_bounds_what_moving_saves() {
        let found = compared(&changes(40, 90, 2, 10), &changes(30, 30, 2, 10)).expect("comparable");
        assert_eq!(found.models, ("dear".to_owned(), "cheap".to_owned()));
        assert_eq!((found.changes, found.cost, found.verdict), ((40, 30), cents(3_600), Verdict::NoWorse));
        // Forty changes at thirty cents instead of ninety.
        assert_eq!(found.save_most, cents(2_400));
    }

    #[test]
    fn a_cheaper_model_that_lost_more_lines_saves_nothing() {
        let found = compared(&changes(40, 90, 2, 0), &changes(40, 30, 2, 90)).expect("comparable");
        assert_eq!((found.verdict, found.save_most), (Verdict::Worse, Money::ZERO));
        assert_eq!(found.difference.map(|all| all[0]), Some(interval::ratio(0.18)));
    }

    #[test]
    fn few_or_other_changes_are_no_evidence() {
        let few = compared(&changes(40, 90, 2, 10), &changes(10, 30, 2, 10)).expect("comparable");
        assert_eq!((few.verdict, few.difference, few.save_most), (Verdict::NoEvidence, None, Money::ZERO));
        assert_eq!(compared(&changes(40, 90, 2, 10), &changes(40, 30, 3, 10)), None);
        // The second is cheaper only because its changes are small; of one size it is the dearer one.
        let (large, small) = (changes(30, 90, 4, 0), changes(30, 10, 1, 0));
        let mixed = compared(&[large.clone(), changes(30, 9, 1, 0)].concat(), &small).expect("comparable");
        assert_eq!((mixed.models.0.as_str(), mixed.changes), ("cheap", (30, 30)));
    }

    #[test]
    fn changes_too_young_to_judge_cost_but_are_not_judged() {
        let mut all = changes(6, 50, 2, 10);
        all.iter_mut().take(2).for_each(|change| change.lines = None);
        let found = ModelUse::new(None, "m", &all);
        assert_eq!((found.changes, found.cost, found.judged, found.judged_cost), (6, cents(300), 4, cents(200)));
        assert_eq!((found.lines, found.lost, found.cost_range), (400, 10, None));
    }
}
