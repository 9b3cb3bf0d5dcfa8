//! What became of the spend of each week, month, model, vendor, repository, branch, session and team.
//!
//! - The classes of a merged change go to what was spent on it in proportion. The rows of each key sum to the bar, class by class.
//! - Keys are the texts of spend by that key. Teams too small to be shown are one row together.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::error::Result;
use crate::fate::Class;
use crate::ledger::GroupKey;
use crate::measure::fates::Fates;
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::{Granularity, day_of};

/// The keys, with their names in machine output, in the order of the rows.
pub const KEYS: [(&str, GroupKey); 8] = [
    ("week", GroupKey::Week),
    ("month", GroupKey::Month),
    ("model", GroupKey::Model),
    ("vendor", GroupKey::Vendor),
    ("repository", GroupKey::Project),
    ("branch", GroupKey::Branch),
    ("session", GroupKey::Session),
    ("team", GroupKey::Team),
];

/// The spend of one class of one week, model or the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FateOf {
    /// The name of the key, as in [`KEYS`].
    pub by: &'static str,
    /// Its value; `None` is unknown.
    pub key: Option<String>,
    /// What became of the spend.
    pub class: Class,
    /// The spend.
    pub cost: Money,
}

/// What the rows can tell apart about a part of the spend, besides its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Spender {
    session: Option<Name>,
    day: NaiveDate,
    model: Option<Name>,
    vendor: Option<Name>,
    project: Option<Name>,
    branch: Option<Name>,
    team: Option<Name>,
}

/// The rows of every key: weeks and months in their order, others the most expensive first, and the unknown last.
///
/// # Errors
/// When groups do not sum to the spend.
pub fn fates_by(material: &Material, fates: &Fates) -> Result<Vec<FateOf>> {
    let tz = material.run.period.tz;
    // Both are numbered as they come, so that rounding does not depend on how names are numbered. Sessions come first, as in their
    // verdicts, so that both have the same sums.
    let mut sessions: HashMap<Name, usize> = HashMap::new();
    let mut numbers: HashMap<Spender, usize> = HashMap::new();
    let mut spenders: Vec<Spender> = Vec::new();
    let found = fates.by_group(material, |part, groups| {
        let record = part.record;
        let count = sessions.len();
        let session = record.session.map(|name| *sessions.entry(name).or_insert(count));
        let spender = Spender {
            session: record.session,
            day: day_of(record.at, tz),
            model: record.canonical_model,
            vendor: record.provider,
            project: record.project,
            branch: record.branch,
            team: record.team,
        };
        let number = *numbers.entry(spender).or_insert_with(|| {
            spenders.push(spender);
            spenders.len() - 1
        });
        groups.push(((session, number), part.cost));
    })?;
    let labels = Labels::new(material)?;
    let mut rows: Vec<BTreeMap<Option<String>, BTreeMap<Class, Money>>> = vec![BTreeMap::new(); KEYS.len()];
    for ((_, number), classes) in found {
        for ((_, key), rows) in KEYS.iter().zip(&mut rows) {
            let row = rows.entry(labels.of(*key, &spenders[number])).or_default();
            for ((purpose, fate), cost) in classes.cells() {
                *row.entry(Class::of(purpose, fate)).or_default() += cost;
            }
        }
    }
    Ok(KEYS.iter().zip(rows).flat_map(|((by, key), rows)| in_order(by, *key, rows)).collect())
}

/// The rows of one key in their order, without empty ones.
fn in_order(
    by: &'static str,
    key: GroupKey,
    rows: BTreeMap<Option<String>, BTreeMap<Class, Money>>,
) -> impl Iterator<Item = FateOf> {
    let mut rows: Vec<(Option<String>, BTreeMap<Class, Money>)> = rows.into_iter().collect();
    rows.sort_by_cached_key(|(text, classes)| {
        let cost: Money = classes.values().copied().sum();
        let by_cost = key.granularity().is_none().then_some(std::cmp::Reverse(cost));
        (text.is_none(), by_cost, text.clone())
    });
    rows.into_iter().flat_map(move |(text, classes)| {
        let some = classes.into_iter().filter(|(_, cost)| *cost != Money::ZERO);
        some.map(move |(class, cost)| FateOf { by, key: text.clone(), class, cost }).collect::<Vec<_>>()
    })
}

/// The texts of the rows.
struct Labels<'a> {
    material: &'a Material,
    /// Models that logs write in one way only, by their canonical names.
    models: HashMap<Name, Name>,
    /// The row of each team, where that is not the team's own.
    joined: HashMap<Option<Name>, String>,
}

impl<'a> Labels<'a> {
    fn new(material: &'a Material) -> Result<Self> {
        let (ledger, period) = (&material.run.ledger, &material.run.period);
        let groups = ledger.group(&[GroupKey::Team], period)?;
        let text_of = |joined: bool| {
            let own = groups.iter().filter(move |group| (group.joined > 0) == joined);
            own.filter_map(|group| group.key.first().cloned())
        };
        let mut joined = HashMap::new();
        if let Some(together) = text_of(true).next().flatten() {
            let shown: Vec<Option<String>> = text_of(false).collect();
            for team in material.records().iter().map(|record| record.team) {
                let text = ledger.names().text_of(team).map(str::to_owned);
                if !joined.contains_key(&team) && !shown.contains(&text) {
                    joined.insert(team, together.clone());
                }
            }
        }
        Ok(Self { material, models: ledger.written_models(period)?, joined })
    }

    fn of(&self, key: GroupKey, spender: &Spender) -> Option<String> {
        let text = |name: Option<Name>| self.material.run.ledger.names().text_of(name).map(str::to_owned);
        match key {
            GroupKey::Week => Some(Granularity::Week.label(spender.day)),
            GroupKey::Month => Some(Granularity::Month.label(spender.day)),
            GroupKey::Model => text(spender.model.map(|model| self.models.get(&model).copied().unwrap_or(model))),
            GroupKey::Vendor => text(spender.vendor),
            GroupKey::Project => text(spender.project),
            GroupKey::Branch => text(spender.branch),
            GroupKey::Session => text(spender.session),
            GroupKey::Team => self.joined.get(&spender.team).cloned().or_else(|| text(spender.team)),
            _ => None,
        }
    }
}
