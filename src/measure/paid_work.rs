//! What stands behind each unit of work and each session: for the rows of a page that open.
//!
//! - A unit is a merged change, or a branch or commit that was not merged; it has its sessions with their evidence, and what became of
//!   its spend. The links of a unit sum to its cost by any evidence, its outcome to its cost by evidence that counts.
//! - A session has what it was used for and what became of its spend. The sessions sum to the spend.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::fate::{Class, Cluster, Fate, Judged, Waterfall};
use crate::ledger::GroupKey;
use crate::link::{Account, Attribution};
use crate::measure::fates_by::FateOf;
use crate::measure::material::{Linking, Material};
use crate::measure::spend_by::SpendBy;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::day_of;

/// What stands behind a unit, in the order of the units of [`Attribution`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitWork {
    /// What became of its spend by evidence that counts.
    pub outcome: Vec<(Class, Money)>,
    /// Lines that count which a merged change brought, and those of them that were gone within 30 days; the second is `None` while it is
    /// too young.
    pub lines: Option<(u64, Option<u64>)>,
    /// Its sessions, the most expensive first.
    pub links: Vec<UnitLink>,
    /// Whether any of the usage that is linked to it has a price.
    pub is_priced: bool,
}

/// A session's part in a unit, by one tier of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLink {
    /// The session; `None` is requests without one.
    pub session: Option<String>,
    /// How sure it is.
    pub tier: Tier,
    /// Its part of the cost.
    pub cost: Money,
    /// The kinds of evidence.
    pub evidence: Vec<&'static str>,
}

/// What a session was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionWork {
    /// The session; `None` is all requests without one.
    pub session: Option<String>,
    /// The log format of its first request.
    pub tool: Option<&'static str>,
    /// The day of its first request in the period.
    pub first: NaiveDate,
    /// Prompts that people wrote; `None` where the log shows none.
    pub prompts: Option<u64>,
    /// Requests, as far as the source counts them; `None` for those without a session.
    pub requests: Option<u64>,
    /// Edits of files; `None` where the log does not show what the session did.
    pub edits: Option<u64>,
    /// Its cost; `None` if none of it has a price.
    pub cost: Option<Money>,
    /// What became of it.
    pub outcome: Vec<(Class, Money)>,
    /// Indexes of the units that it is linked to, whatever the evidence.
    pub units: Vec<usize>,
}

/// What stands behind units and sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaidWork {
    /// One a unit.
    pub units: Vec<UnitWork>,
    /// The most expensive first.
    pub sessions: Vec<SessionWork>,
}

/// A part of a link: what one of its sessions paid.
#[derive(Default)]
struct Part {
    cost: Money,
    is_priced: bool,
}

impl PaidWork {
    /// What stands behind the units and the sessions of a run.
    #[must_use]
    pub fn new(
        material: &Material,
        attribution: Option<&Attribution>,
        usual: &Waterfall,
        by: &[FateOf],
        spend_by: &SpendBy,
    ) -> Self {
        let mut units = Vec::new();
        let mut units_of: HashMap<Option<Name>, BTreeSet<usize>> = HashMap::new();
        if let (Some(linking), Some(attribution)) = (&material.links, attribution) {
            let parts = parts(material, linking, attribution);
            for (at, unit) in parts.iter().enumerate() {
                unit.keys().for_each(|(session, _)| _ = units_of.entry(*session).or_default().insert(at));
            }
            let open = open_work(usual);
            units = attribution
                .units
                .iter()
                .zip(parts)
                .map(|(unit, parts)| {
                    let name = unit.branch.as_deref().unwrap_or_default();
                    let judged = match unit.landing {
                        Some(landing) => usual.units.get(&Cluster::Landing(unit.repository, landing)),
                        None => open.get(&(unit.repository, name)).copied(),
                    };
                    unit_work(material, linking, judged, parts)
                })
                .collect();
        }
        Self { units, sessions: sessions(material, &units_of, by, spend_by) }
    }
}

/// By session and link.
type Parts = HashMap<(Option<Name>, usize), Part>;

/// What sessions paid for each unit, in the order of the units.
fn parts(material: &Material, linking: &Linking, attribution: &Attribution) -> Vec<Parts> {
    let links = &linking.links;
    let units = attribution.units.iter().enumerate();
    let at_of: HashMap<(usize, Option<usize>, Option<&str>), usize> =
        units.map(|(at, unit)| ((unit.repository, unit.landing, unit.branch.as_deref()), at)).collect();
    let unit_of: Vec<Option<usize>> = links
        .links
        .iter()
        .map(|link| {
            let name = link.branch.as_deref().or(link.commit.as_deref()).filter(|_| link.landing.is_none());
            at_of.get(&(link.repository, link.landing, name)).copied()
        })
        .collect();
    let mut found: Vec<Parts> = attribution.units.iter().map(|_| Parts::new()).collect();
    for posting in &links.journal {
        let record = &links.records[posting.record];
        let Account::Link(link) = posting.account else { continue };
        let Some(unit) = unit_of[link].filter(|_| material.run.period.contains(record.at)) else { continue };
        let part = found[unit].entry((record.session, link)).or_default();
        part.cost += posting.cost.unwrap_or_default();
        part.is_priced |= posting.cost.is_some();
    }
    found
}

fn open_work(usual: &Waterfall) -> HashMap<(usize, &str), &Judged> {
    let open = usual.units.iter().filter_map(|(cluster, judged)| match cluster {
        Cluster::Open(repository, _) => Some(((*repository, judged.name.as_deref()?), judged)),
        _ => None,
    });
    open.collect()
}

/// What a session paid by evidence of one tier.
#[derive(Default)]
struct Paid {
    cost: Money,
    evidence: BTreeSet<&'static str>,
}

fn unit_work(material: &Material, linking: &Linking, judged: Option<&Judged>, parts: Parts) -> UnitWork {
    let mut outcome: BTreeMap<Class, Money> = BTreeMap::new();
    for (ruling, cost) in judged.iter().flat_map(|judged| &judged.parts) {
        *outcome.entry(ruling.class()).or_default() += *cost;
    }
    let lines = judged.and_then(|judged| {
        let is_young = judged.parts.keys().any(|ruling| ruling.fate == Fate::InFlight);
        judged.lines.map(|lines| (lines.born, (!is_young).then_some(lines.dead)))
    });
    let is_priced = parts.values().any(|part| part.is_priced);
    let mut by_link: BTreeMap<(Option<String>, Tier), Paid> = BTreeMap::new();
    // Sums and sets, which are the same in any order.
    parts.into_iter().for_each(|((session, link), part)| {
        let link = &linking.links.links[link];
        let session = material.run.ledger.names().text_of(session).map(str::to_owned);
        let paid = by_link.entry((session, link.tier)).or_default();
        paid.cost += part.cost;
        paid.evidence.extend(&link.rules);
    });
    let mut links: Vec<UnitLink> = Vec::with_capacity(by_link.len());
    for ((session, tier), Paid { cost, evidence }) in by_link {
        links.push(UnitLink { session, tier, cost, evidence: evidence.into_iter().collect() });
    }
    links.sort_by_key(|link| std::cmp::Reverse(link.cost));
    UnitWork { outcome: outcome.into_iter().collect(), lines, links, is_priced }
}

/// The sessions of development, the most expensive first.
fn sessions(
    material: &Material,
    units_of: &HashMap<Option<Name>, BTreeSet<usize>>,
    by: &[FateOf],
    spend_by: &SpendBy,
) -> Vec<SessionWork> {
    let (run, names) = (&material.run, material.run.ledger.names());
    let mut outcomes: HashMap<Option<&str>, Vec<(Class, Money)>> = HashMap::new();
    for one in by.iter().filter(|one| one.by == GroupKey::Session.as_str()) {
        outcomes.entry(one.key.as_deref()).or_default().push((one.class, one.cost));
    }
    let groups = spend_by.keys.iter().filter(|(key, _)| *key == GroupKey::Session).flat_map(|(_, groups)| groups);
    let requests: HashMap<Option<&str>, Option<u64>> =
        groups.map(|group| (group.key.first().and_then(Option::as_deref), group.spend.requests)).collect();
    let mut found: HashMap<Option<Name>, SessionWork> = HashMap::new();
    for record in material.records().iter().filter(|record| run.period.contains(record.at)) {
        let one = found.entry(record.session).or_insert_with(|| {
            let text = names.text_of(record.session);
            let counts = record.session.and_then(|session| material.counts.get(&session));
            SessionWork {
                session: text.map(str::to_owned),
                tool: run.ledger.files.get(record.origin.file.0 as usize).and_then(|file| file.format),
                first: day_of(record.at, run.period.tz),
                prompts: counts.map(|counts| counts.prompts).filter(|count| *count > 0),
                requests: text.and_then(|_| requests.get(&text).copied().flatten()),
                edits: counts.map(|counts| counts.edits),
                cost: None,
                outcome: outcomes.remove(&text).unwrap_or_default(),
                units: units_of.get(&record.session).map(|units| units.iter().copied().collect()).unwrap_or_default(),
            }
        });
        one.cost = one.cost.into_iter().chain(record.cost).reduce(|a, b| a + b);
        one.first = one.first.min(day_of(record.at, run.period.tz));
    }
    let mut found: Vec<SessionWork> = found.into_values().collect();
    found.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.session.cmp(&b.session)));
    found
}
