//! A ledger of projects: what was worked on in each repository, from when to when, and whether it came to a release.
//!
//! - A project is a repository with the initiative of the issues that the work names, else with the first part of the branch's name;
//!   work on the main branch is the repository's own. The rows sum to the spend of development.
//! - A project is at rest after as many days without spend as make work that did not land abandoned.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::company::mentions::keys;
use crate::error::Result;
use crate::fate::Place;
use crate::history::History;
use crate::link::split;
use crate::measure::fates::{Fates, Part};
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::period::HORIZON;

/// Branches that are a repository's own.
const OWN_BRANCHES: [&str; 4] = ["main", "master", "HEAD", "trunk"];

/// Whether a project came to a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A part of its spend is on what was released.
    Released,
    /// It is at rest, and nothing of it was released.
    Stopped,
    /// Nothing of it was released so far, and it is not at rest.
    Active,
    /// It has merged work of which nothing says whether it was released.
    Unknown,
}

impl State {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Stopped => "stopped_before_release",
            Self::Active => "active",
            Self::Unknown => "unknown",
        }
    }
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The repository, or the folder; `None` is unknown.
    pub repository: Option<String>,
    /// The initiative, or the first part of the branch's name; `None` is the repository's own.
    pub name: Option<String>,
    /// Its first spend.
    pub first: DateTime<Utc>,
    /// Its last.
    pub last: DateTime<Utc>,
    /// Its spend.
    pub cost: Money,
    /// Of it, what paid for merged changes.
    pub merged: Money,
    /// Of that, what was released.
    pub released: Money,
    /// Of what was merged, that of which nothing says whether it was released.
    pub unknown: Money,
    /// Whether it had no spend for the last weeks.
    pub is_at_rest: bool,
}

impl Project {
    /// Whether it came to a release.
    #[must_use]
    pub fn state(&self) -> State {
        if self.released > Money::ZERO {
            State::Released
        } else if self.unknown > Money::ZERO {
            State::Unknown
        } else if self.is_at_rest {
            State::Stopped
        } else {
            State::Active
        }
    }
}

/// Repository and name, as numbers of texts.
type Key = (Option<u32>, Option<u32>);

/// How far a part came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Nowhere,
    Merged,
    Released,
    Unknown,
}

/// The projects of a run, the most expensive first; `None` without a repository.
///
/// # Errors
/// When the parts do not sum to the spend.
pub fn projects(material: &Material, fates: &Fates) -> Result<Option<Vec<Project>>> {
    if material.links.is_none() {
        return Ok(None);
    }
    let mut names = Names::new(material);
    let mut spans: BTreeMap<Key, (DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    let found = fates.by_group(material, |part, groups| {
        let came = match part.place {
            Place::Landing(repository, landing) => {
                match material.released.get(repository).and_then(|one| one.of(landing)) {
                    None => Came::Unknown,
                    Some(None) => Came::Merged,
                    Some(Some(_)) => Came::Released,
                }
            }
            Place::Open(..) | Place::Cell(..) => Came::Nowhere,
        };
        let keys = names.of(part);
        let parts = split(part.cost.nanos(), &vec![1; keys.len()]);
        for (key, cost) in keys.into_iter().zip(parts) {
            let at = part.record.at;
            let span = spans.entry(key).or_insert((at, at));
            *span = (span.0.min(at), span.1.max(at));
            groups.push(((key, came), Money::from_nanos(cost)));
        }
    })?;
    let mut rows: BTreeMap<Key, Project> = BTreeMap::new();
    for ((key, came), classes) in &found {
        let (first, last) = spans[key];
        let row = rows.entry(*key).or_insert_with(|| Project {
            repository: names.text(key.0),
            name: names.text(key.1),
            first,
            last,
            cost: Money::ZERO,
            merged: Money::ZERO,
            released: Money::ZERO,
            unknown: Money::ZERO,
            is_at_rest: fates.end - last >= HORIZON,
        });
        let cost = classes.total();
        row.cost += cost;
        row.merged += if *came == Came::Nowhere { Money::ZERO } else { cost };
        row.released += if *came == Came::Released { cost } else { Money::ZERO };
        row.unknown += if *came == Came::Unknown { cost } else { Money::ZERO };
    }
    let mut rows: Vec<Project> = rows.into_values().collect();
    rows.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| (&a.repository, &a.name).cmp(&(&b.repository, &b.name))));
    Ok(Some(rows))
}

/// The projects of parts of the spend, with each text under one number.
struct Names<'a> {
    material: &'a Material,
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The projects that a branch of a session means, by itself.
    branches: HashMap<Name, Vec<Option<u32>>>,
}

impl<'a> Names<'a> {
    fn new(material: &'a Material) -> Self {
        Self { material, texts: Vec::new(), numbers: HashMap::new(), branches: HashMap::new() }
    }

    fn of(&mut self, part: &Part<'_>) -> Vec<Key> {
        let (material, record) = (self.material, part.record);
        let mentions = material.outcomes.as_ref().map(|outcomes| &outcomes.mentions);
        let (repository, issues, branch) = match part.place {
            Place::Landing(repository, landing) => {
                let branch = material.run.histories[repository].commits[landing].merged_branch.as_deref();
                (Some(repository), mentions.and_then(|all| all.of_landing(repository, landing)), branch)
            }
            Place::Open(repository, name) => {
                // A commit without a branch goes by its id.
                let is_id = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                let branch = Some(name).filter(|_| !is_id);
                (Some(repository), mentions.and_then(|all| all.of_open(repository, name)), branch)
            }
            Place::Cell(..) => (None, None, None),
        };
        let ledger = &material.run.ledger;
        let repository = match repository {
            Some(at) => Some(self.number(&material.run.histories[at].name())),
            None => record.project.map(|name| self.number(ledger.names().text(name))),
        };
        let by_issue = issues.map(|issues| self.initiatives(issues.iter())).filter(|found| !found.is_empty());
        let names = match (by_issue, branch, record.branch) {
            (Some(found), ..) => found,
            (None, Some(branch), _) => self.of_branch(branch),
            (None, None, Some(branch)) => match self.branches.get(&branch) {
                Some(known) => known.clone(),
                None => {
                    let found = self.of_branch(ledger.names().text(branch));
                    self.branches.insert(branch, found.clone());
                    found
                }
            },
            (None, None, None) => vec![None],
        };
        names.into_iter().map(|name| (repository, name)).collect()
    }

    /// The initiatives of issues, each once.
    fn initiatives<'k>(&mut self, issues: impl Iterator<Item = &'k String>) -> Vec<Option<u32>> {
        let Some(outcomes) = &self.material.outcomes else { return Vec::new() };
        let mut found: Vec<&String> = issues.filter_map(|key| outcomes.initiatives.get(key)).collect();
        found.sort();
        found.dedup();
        found.into_iter().map(|name| Some(self.number(name))).collect()
    }

    /// What a branch means: the initiatives of the issues that it names, else its first part.
    fn of_branch(&mut self, branch: &str) -> Vec<Option<u32>> {
        let found = self.initiatives(keys(branch).iter());
        if !found.is_empty() {
            return found;
        }
        let first = branch.split('/').next().filter(|first| !first.is_empty() && !OWN_BRANCHES.contains(&branch));
        let is_own = |history: &History| history.branch.as_deref() == Some(branch);
        let first = first.filter(|_| !self.material.run.histories.iter().any(is_own));
        vec![first.map(|first| self.number(first))]
    }

    fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), next);
        next
    }

    fn text(&self, number: Option<u32>) -> Option<String> {
        number.and_then(|number| self.texts.get(number as usize).cloned())
    }
}
