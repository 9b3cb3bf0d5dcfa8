//! What the company called important against where the money went: spend by initiative and by priority of issues.
//!
//! - The issues of a part of the spend are those that its merged change names, else those of its open work, else those of the
//!   branch on which the session worked. A part with several issues is split equally over them.
//! - Every table has a row for spend without an issue, so its rows sum to the spend of development exactly.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::company::importance::Importance;
use crate::company::mentions::keys;
use crate::company::outcomes::{Outcome, Outcomes};
use crate::error::Result;
use crate::fate::{Class, ClassSums, Place};
use crate::link::split;
use crate::measure::fates::{Fates, Part};
use crate::measure::material::Material;
use crate::model::money::Money;
use crate::model::name::{Name, Names};

/// What a row of spend is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// An initiative or a priority, as the export writes it.
    Named(String),
    /// Issues for which the export has none.
    Unset,
    /// No issue of the export is named.
    NoIssue,
}

/// Spend on one goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalSpend {
    /// The goal.
    pub goal: Goal,
    /// What became of the spend.
    pub classes: ClassSums,
    /// Its issues that were closed in the window.
    pub closed: u64,
    /// The issues that the spend names, closed or open.
    pub issues: u64,
    /// Of these, issues with a value.
    pub valued: u64,
    /// The sum of these values by currency, which is `None` where the export names none.
    pub values: BTreeMap<Option<String>, Money>,
}

impl GoalSpend {
    /// New work that lasted.
    #[must_use]
    pub fn lasted(&self) -> Money {
        self.classes.class(Class::Product)
    }
}

/// Spend by what the company called important; each table sums to the spend of development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// By initiative, the most expensive first, spend without an issue last; empty if no issue has one.
    pub initiatives: Vec<GoalSpend>,
    /// By priority, in the same order; empty if no issue has one.
    pub priorities: Vec<GoalSpend>,
    /// The spend.
    pub total: Money,
}

impl Business {
    /// Spend by initiative and priority; `None` if the export has neither.
    ///
    /// # Errors
    /// When the rows do not sum to the spend.
    pub fn new<'a>(material: &'a Material, fates: &Fates) -> Result<Option<Self>> {
        let Some(outcomes) = &material.outcomes else { return Ok(None) };
        let window = material.run.window();
        let issue = |(key, row): (&'a str, &'a Outcome)| Issue {
            key,
            importance: &row.importance,
            is_closed: row.closed.is_some_and(|closed| window.contains(closed)),
        };
        let issues: Vec<Issue<'_>> = outcomes.issues().map(issue).collect();
        let has_priority = issues.iter().any(|one| one.importance.priority.is_some());
        if outcomes.initiatives.is_empty() && !has_priority {
            return Ok(None);
        }
        let spend = by_issue(material, fates, outcomes)?;
        let initiative = |one: &Issue<'_>| outcomes.initiatives.get(one.key).cloned();
        let priority = |one: &Issue<'_>| one.importance.priority.clone();
        let initiatives = if outcomes.initiatives.is_empty() { Vec::new() } else { table(&issues, &spend, initiative) };
        let priorities = if has_priority { table(&issues, &spend, priority) } else { Vec::new() };
        Ok(Some(Self { initiatives, priorities, total: fates.usual.total }))
    }
}

/// An issue of the export.
struct Issue<'a> {
    key: &'a str,
    importance: &'a Importance,
    /// Whether it was closed in the window.
    is_closed: bool,
}

/// What became of the spend by issue, which is the index among the issues; `None` names none.
fn by_issue(material: &Material, fates: &Fates, outcomes: &Outcomes) -> Result<BTreeMap<Option<usize>, ClassSums>> {
    let index: BTreeMap<&str, usize> = outcomes.issues().enumerate().map(|(at, (key, _))| (key, at)).collect();
    let mut branches: HashMap<Name, Vec<usize>> = HashMap::new();
    let names = material.run.ledger.names();
    let indexes = |keys: &BTreeSet<String>| -> Vec<usize> {
        keys.iter().filter_map(|key| index.get(key.as_str()).copied()).collect()
    };
    fates.by_group(material, |part, groups| {
        let named = match part.place {
            Place::Landing(repository, landing) => outcomes.mentions.of_landing(repository, landing).map(indexes),
            Place::Open(repository, name) => outcomes.mentions.of_open(repository, name).map(indexes),
            Place::Cell(..) => None,
        };
        let found = named.unwrap_or_else(|| of_branch(part, names, &index, &mut branches));
        if found.is_empty() {
            groups.push((None, part.cost));
        }
        let parts = split(part.cost.nanos(), &vec![1; found.len()]);
        groups.extend(found.into_iter().map(Some).zip(parts.into_iter().map(Money::from_nanos)));
    })
}

/// The issues that the branch of a session names.
fn of_branch(
    part: &Part<'_>,
    names: &Names,
    index: &BTreeMap<&str, usize>,
    branches: &mut HashMap<Name, Vec<usize>>,
) -> Vec<usize> {
    let Some(branch) = part.record.branch else { return Vec::new() };
    let known = branches.entry(branch).or_insert_with(|| {
        let found: BTreeSet<usize> =
            keys(names.text(branch)).iter().filter_map(|key| index.get(key.as_str()).copied()).collect();
        found.into_iter().collect()
    });
    known.clone()
}

/// The rows of one table: every goal with spend, and those without whose issues were closed in the window.
fn table(
    issues: &[Issue<'_>],
    spend: &BTreeMap<Option<usize>, ClassSums>,
    name: impl Fn(&Issue<'_>) -> Option<String>,
) -> Vec<GoalSpend> {
    // Exports write one name in several cases: the first in order is shown.
    let mut spellings: BTreeMap<String, String> = BTreeMap::new();
    let named: Vec<Option<String>> = issues.iter().map(name).collect();
    for name in named.iter().flatten() {
        let shown = spellings.entry(name.to_lowercase()).or_insert_with(|| name.clone());
        *shown = std::cmp::min(shown.clone(), name.clone());
    }
    let mut rows: BTreeMap<Goal, GoalSpend> = BTreeMap::new();
    let new = |goal: &Goal| GoalSpend {
        goal: goal.clone(),
        classes: ClassSums::default(),
        closed: 0,
        issues: 0,
        valued: 0,
        values: BTreeMap::new(),
    };
    for at in std::iter::once(None).chain((0..issues.len()).map(Some)) {
        let classes = spend.get(&at);
        let issue = at.map(|at| &issues[at]);
        let is_closed = issue.is_some_and(|issue| issue.is_closed);
        if issue.is_some() && classes.is_none() && !is_closed {
            continue;
        }
        let goal = match at.map(|at| &named[at]) {
            None => Goal::NoIssue,
            Some(None) => Goal::Unset,
            Some(Some(name)) => Goal::Named(spellings[&name.to_lowercase()].clone()),
        };
        let row = rows.entry(goal).or_insert_with_key(new);
        row.closed += u64::from(is_closed);
        let Some(classes) = classes else { continue };
        row.classes += classes;
        row.issues += u64::from(issue.is_some());
        if let Some((currency, value)) = issue.and_then(|issue| issue.importance.value.as_ref()) {
            row.valued += 1;
            *row.values.entry(currency.clone()).or_default() += *value;
        }
    }
    let mut rows: Vec<GoalSpend> = rows.into_values().collect();
    rows.sort_by_key(|row| (row.goal == Goal::NoIssue, std::cmp::Reverse(row.classes.total())));
    rows
}
