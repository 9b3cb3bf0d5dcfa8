//! Sessions → types of work, from what became of them, branches, paths and, last, the words of prompts.
//!
//! - The first of these with a type decides: the changes that the session is tied to, weighted by cost (`change_type.rs`); the
//!   name of the branch, weighted by cost; the edited paths, if all are of one type; the prompts, weighted by cost.
//! - The session of a subagent has the type of the session that started it.
//! - Other sessions have no known type, and are reported as such.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::ledger::Spent;
use crate::link::Link;
use crate::model::activity::What;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::period::Period;
use crate::model::prompt::{TypeBasis, WorkType};
use crate::sessions::change_type::{Changes, of_paths};
use crate::sessions::title;
use crate::sessions::turns::{SessionTurns, Turns};

/// The types of all sessions.
#[derive(Debug, Clone, Default)]
pub struct WorkTypes {
    of: HashMap<Name, (Option<WorkType>, TypeBasis)>,
}

/// Spend of one type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeSum {
    /// Cost of its sessions' requests.
    pub cost: Money,
    /// Their tokens.
    pub tokens: u64,
    /// Sessions.
    pub sessions: u64,
    /// Its cost by what the type is based on.
    pub by_basis: BTreeMap<TypeBasis, Money>,
}

impl WorkTypes {
    /// Finds the type of every session.
    #[must_use]
    pub fn find(turns: &Turns<'_>, records: &[Spent], links: &[Link], changes: &Changes<'_>, names: &Names) -> Self {
        // Changes that a session is surely tied to come before those that share its branch alone.
        let mut by_changes: HashMap<(&str, bool), Weights> = HashMap::new();
        for link in links.iter().filter(|link| link.tier <= Tier::Medium) {
            if let Some((kind, basis)) = changes.kind(link) {
                let weights = by_changes.entry((&link.session, link.tier <= Tier::Strong)).or_default();
                // A link without cost counts, too.
                *weights.entry(kind).or_default().entry(basis).or_default() += link.cost.nanos().max(1);
            }
        }
        let mut found = Self::default();
        let mut branches: HashMap<Name, Option<WorkType>> = HashMap::new();
        for session in &turns.sessions {
            let of_changes = [true, false].iter().find_map(|sure| heaviest(by_changes.get(&(session.id, *sure))?));
            let known = of_changes.or_else(|| by_facts(session, records, names, &mut branches));
            found
                .of
                .insert(session.name, known.map_or((None, TypeBasis::Nothing), |(kind, basis)| (Some(kind), basis)));
        }
        // A chain of parents is short; two rounds reach a subagent of a subagent.
        for _ in 0..2 {
            for record in records {
                let (Some(own), Some(parent)) = (record.session, record.parent_session) else { continue };
                if let Some(&known) = found.of.get(&parent).filter(|(kind, _)| kind.is_some()) {
                    found.of.insert(own, known);
                }
            }
        }
        found
    }

    /// The type of a session.
    #[must_use]
    pub fn session(&self, name: Name) -> Option<WorkType> {
        self.of.get(&name).and_then(|(kind, _)| *kind)
    }

    /// The spend of a period by type; `None` is spend of an unknown type.
    #[must_use]
    pub fn within(&self, records: &[Spent], period: &Period) -> BTreeMap<Option<WorkType>, TypeSum> {
        let mut sums: BTreeMap<Option<WorkType>, TypeSum> = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        for record in records.iter().filter(|record| period.contains(record.at)) {
            let known = record.session.and_then(|name| self.of.get(&name)).copied();
            let (kind, basis) = known.unwrap_or((None, TypeBasis::Nothing));
            let sum = sums.entry(kind).or_default();
            let cost = record.cost.unwrap_or_default();
            sum.cost += cost;
            sum.tokens += record.tokens;
            sum.sessions += u64::from(record.session.is_some_and(|name| seen.insert(name)));
            *sum.by_basis.entry(basis).or_default() += cost;
        }
        sums
    }
}

/// What speaks for each type, by what says it.
type Weights = BTreeMap<WorkType, BTreeMap<TypeBasis, i128>>;

/// The type with the largest weight, and what most of it is based on.
fn heaviest(weights: &Weights) -> Option<(WorkType, TypeBasis)> {
    let sum = |by_basis: &BTreeMap<TypeBasis, i128>| by_basis.values().sum::<i128>();
    let (kind, by_basis) = weights.iter().max_by_key(|(kind, by_basis)| (sum(by_basis), Reverse(**kind)))?;
    let (basis, _) = by_basis.iter().max_by_key(|(basis, weight)| (**weight, Reverse(**basis)))?;
    Some((*kind, *basis))
}

/// The type that the session itself shows; `known` holds the types of the branches that were seen before.
fn by_facts(
    session: &SessionTurns<'_>,
    records: &[Spent],
    names: &Names,
    known: &mut HashMap<Name, Option<WorkType>>,
) -> Option<(WorkType, TypeBasis)> {
    let (mut branches, mut prompts) = (Weights::new(), Weights::new());
    let mut edited: Vec<Name> = Vec::new();
    for turn in &session.turns {
        for &at in &turn.records {
            let mut of = |branch: Name| *known.entry(branch).or_insert_with(|| title::branch(names.text(branch)));
            if let Some(kind) = records[at].branch.and_then(&mut of) {
                let cost = records[at].cost.unwrap_or_default().nanos().max(1);
                *branches.entry(kind).or_default().entry(TypeBasis::Branch).or_default() += cost;
            }
        }
        edited.extend(turn.events.iter().filter_map(|event| match event.what {
            What::Edit { path, .. } => Some(path),
            _ => None,
        }));
        // A prompt that only continues has no type of its own.
        if let Some(prompt) = turn.prompt.filter(|prompt| prompt.work != WorkType::Continuation) {
            let cost = turn.cost(records).nanos().max(1);
            *prompts.entry(prompt.work).or_default().entry(TypeBasis::Prompts).or_default() += cost;
        }
    }
    let paths = || Some((of_paths(edited.iter().map(|path| names.text(*path)))?, TypeBasis::Paths));
    heaviest(&branches).or_else(paths).or_else(|| {
        // A session with edits is not a question.
        prompts.retain(|kind, _| edited.is_empty() || *kind != WorkType::Question);
        heaviest(&prompts)
    })
}
