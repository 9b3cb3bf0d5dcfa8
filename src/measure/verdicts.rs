//! What became of every merged change, unmerged branch and session, and what decided it: the way from the bar to the evidence.
//!
//! - Each row is one class of one unit, by one rule. The rows of the units sum to the classes of the bar, and so do those of the
//!   sessions: the first say what the money bought, the second who spent it.
//! - Several sessions that paid for one change share its classes by what each paid.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::error::{Error, Result};
use crate::fate::{Class, Cluster, Judged, LineCounts, Place, Ruling, Waterfall};
use crate::history::History;
use crate::measure::fates::{Fates, Part};
use crate::measure::material::Material;
use crate::model::commit::Commit;
use crate::model::money::Money;
use crate::model::name::Name;

/// What money bought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bought {
    /// A merged change, by repository and index.
    Change(usize, usize),
    /// Work that was not merged: its repository, and the name of its branch or commit.
    Branch(usize, String),
    /// No change and no branch.
    Nothing,
}

impl Bought {
    /// The word of machine output; what bought nothing is of a session, or of requests without one.
    #[must_use]
    pub fn word(&self, session: Option<&str>) -> &'static str {
        match self {
            Self::Change(..) => "change",
            Self::Branch(..) => "branch",
            Self::Nothing if session.is_some() => "session",
            Self::Nothing => "requests",
        }
    }

    /// Its repository.
    #[must_use]
    pub fn history<'a>(&self, histories: &'a [History]) -> Option<&'a History> {
        match self {
            Self::Change(repository, _) | Self::Branch(repository, _) => histories.get(*repository),
            Self::Nothing => None,
        }
    }

    /// The merged change.
    #[must_use]
    pub fn commit<'a>(&self, histories: &'a [History]) -> Option<&'a Commit> {
        let Self::Change(_, at) = self else { return None };
        self.history(histories)?.commits.get(*at)
    }

    /// The branch or commit that was not merged.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch(_, name) => Some(name),
            Self::Change(..) | Self::Nothing => None,
        }
    }
}

/// One class of what a unit cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was bought.
    pub bought: Bought,
    /// The session, in rows of sessions and where nothing was bought.
    pub session: Option<String>,
    /// What became of it, and what decided that.
    pub ruling: Ruling,
    /// Its spend.
    pub cost: Money,
    /// The lines of a merged change.
    pub lines: Option<LineCounts>,
    /// When work that was not merged was last worked on.
    pub last: Option<DateTime<Utc>>,
}

/// The verdicts of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// By merged change, unmerged branch and session, the most expensive unit first.
    pub units: Vec<Verdict>,
    /// By session and what it bought, the most expensive session first.
    pub sessions: Vec<Verdict>,
}

impl Verdicts {
    /// The verdicts of a run.
    ///
    /// # Errors
    /// When they do not sum to the classes of the bar.
    pub fn new(material: &Material, fates: &Fates) -> Result<Self> {
        let names = material.run.ledger.names();
        let sessions = by_session(material, fates)?;
        let usual = &fates.usual;
        let found = Self {
            units: sorted(
                usual.units.iter().flat_map(|(cluster, judged)| of_unit(material, *cluster, judged)),
                |one| (one.bought.clone(), one.session.clone()),
            ),
            sessions: sorted(
                sessions.into_iter().map(|((session, bought), ruling, cost)| {
                    let judged = judged(usual, &bought);
                    Verdict {
                        session: session.map(|name| names.text(name).to_owned()),
                        ruling,
                        cost,
                        lines: judged.and_then(|judged| judged.lines),
                        last: judged.and_then(|judged| judged.last),
                        bought,
                    }
                }),
                |one| one.session.clone(),
            ),
        };
        check(&found.units, usual, "units")?;
        check(&found.sessions, usual, "sessions")?;
        Ok(found)
    }
}

/// The verdicts of one unit of the waterfall.
fn of_unit<'a>(
    material: &'a Material,
    cluster: Cluster,
    judged: &'a Judged,
) -> impl Iterator<Item = Verdict> + use<'a> {
    let names = material.run.ledger.names();
    let session = match cluster {
        Cluster::Session(first) => {
            material.records().get(first).and_then(|record| names.text_of(record.session)).map(str::to_owned)
        }
        Cluster::Landing(..) | Cluster::Open(..) | Cluster::Record(_) => None,
    };
    let bought = match cluster {
        Cluster::Landing(repository, at) => Bought::Change(repository, at),
        Cluster::Open(repository, _) => Bought::Branch(repository, judged.name.clone().unwrap_or_default()),
        Cluster::Session(_) | Cluster::Record(_) => Bought::Nothing,
    };
    judged.parts.iter().map(move |(ruling, cost)| Verdict {
        bought: bought.clone(),
        session: session.clone(),
        ruling: *ruling,
        cost: *cost,
        lines: judged.lines,
        last: judged.last,
    })
}

/// A session, and what it bought.
type Spender = (Option<Name>, Bought);

/// The rulings of each session.
fn by_session(material: &Material, fates: &Fates) -> Result<Vec<(Spender, Ruling, Money)>> {
    // Sessions are numbered as they come, so that rounding does not depend on how names are numbered.
    let mut numbers: HashMap<Name, usize> = HashMap::new();
    let mut known: Vec<Name> = Vec::new();
    let found = fates.rulings(material, |part: &Part<'_>, groups| {
        let number = part.record.session.map(|name| {
            *numbers.entry(name).or_insert_with(|| {
                known.push(name);
                known.len() - 1
            })
        });
        let bought = match part.place {
            Place::Landing(repository, at) => Bought::Change(repository, at),
            Place::Open(repository, name) => Bought::Branch(repository, name.to_owned()),
            Place::Cell(_) => Bought::Nothing,
        };
        groups.push(((number, bought), part.cost));
    })?;
    let mut rows = Vec::new();
    for ((number, bought), parts) in found {
        let session = number.map(|number| known[number]);
        let parts = parts.into_iter().filter(|(_, cost)| *cost != Money::ZERO);
        rows.extend(parts.map(|(ruling, cost)| ((session, bought.clone()), ruling, cost)));
    }
    Ok(rows)
}

fn judged<'a>(usual: &'a Waterfall, bought: &Bought) -> Option<&'a Judged> {
    match bought {
        Bought::Change(repository, at) => usual.units.get(&Cluster::Landing(*repository, *at)),
        Bought::Branch(repository, name) => {
            let open = usual.units.range(Cluster::Open(*repository, 0)..=Cluster::Open(*repository, usize::MAX));
            open.map(|(_, judged)| judged).find(|judged| judged.name.as_deref() == Some(name))
        }
        Bought::Nothing => None,
    }
}

/// Groups of rows by what they cost together, the rows of a group by what they bought and class.
fn sorted<G: Ord + Clone>(rows: impl Iterator<Item = Verdict>, group_of: impl Fn(&Verdict) -> G) -> Vec<Verdict> {
    let mut rows: Vec<Verdict> = rows.collect();
    let mut sums: BTreeMap<G, Money> = BTreeMap::new();
    rows.iter().for_each(|one| *sums.entry(group_of(one)).or_default() += one.cost);
    rows.sort_by_cached_key(|one| {
        let group = group_of(one);
        let cost = sums.get(&group).copied().unwrap_or_default();
        (std::cmp::Reverse(cost), group, one.bought.clone(), one.ruling)
    });
    rows
}

fn check(rows: &[Verdict], usual: &Waterfall, what: &str) -> Result<()> {
    let mut sums: BTreeMap<Class, Money> = BTreeMap::new();
    rows.iter().for_each(|one| *sums.entry(one.ruling.class()).or_default() += one.cost);
    for class in Class::ALL {
        let (sum, bar) = (sums.get(&class).copied().unwrap_or_default(), usual.class(class));
        if sum != bar {
            let message = format!("verdicts: {what} of {class:?} sum to {sum:?}, the bar to {bar:?}");
            return Err(Error::Unreconciled { message });
        }
    }
    Ok(())
}
