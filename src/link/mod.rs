//! Usage ↔ commits: finds evidence between sessions and commits, and splits every nano-dollar along it.
//!
//! - In: the records of the ledger, what sessions did, repositories with their commits.
//! - Out: [`Links`]: which commits, landings and branches each record paid for and by which evidence, or why it paid for
//!   none. The shares of a record sum to its cost.
//! - A kind of evidence is one file here and one line in `EVIDENCE`.

mod allocate;
mod attribution;
mod branch;
pub mod calibrate;
mod candidate;
mod canonical;
mod children;
mod claims;
mod commits;
mod context;
mod edited_paths;
mod journal;
mod line_overlap;
mod links;
mod overlap;
mod people;
mod printed_commit;
mod pull_request;
mod rejected;
mod repository_index;
mod rivals;
mod same_files;
mod same_person;
mod session;
mod session_names;
mod session_repositories;
mod siblings;
mod squashes;
mod tag;

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::error::Result;
use crate::history::History;
use crate::ledger::Ledger;
use crate::model::activity::Event;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::work::Work;
pub use attribution::{Attribution, Unit};
pub use calibrate::Calibration;
pub use links::{Account, Common, Link, Links, Posting, Rejected, Sum};

pub(crate) use allocate::split;
use candidate::{Candidate, Target};
use context::LinkContext;
use journal::JournalBuilder;
use repository_index::RepositoryIndex;
use session_names::NamedSession;

/// Every kind of evidence that is searched for, strongest first.
static EVIDENCE: &[&dyn Evidence] = &[
    &tag::Tag,
    &printed_commit::PrintedCommit,
    &pull_request::PullRequest,
    &line_overlap::LineOverlap,
    &edited_paths::EditedPaths,
    &siblings::Sibling,
    &branch::Branch,
    &same_person::SamePerson,
];

/// A kind of evidence between sessions and code.
trait Evidence: Sync {
    /// Stable kebab-case id: the `rule` of a link.
    fn id(&self) -> &'static str;

    /// What it looks for; printed by `explain`.
    fn about(&self) -> &'static str;

    /// Adds the candidates it finds to those of the stronger kinds.
    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>);
}

/// The input of linking.
#[derive(Debug, Clone, Copy)]
pub struct LinkInput<'a> {
    /// The spend.
    pub ledger: &'a Ledger,
    /// What sessions did.
    pub events: &'a [Event],
    /// The repositories.
    pub histories: &'a [History],
    /// Their commits, in the same order.
    pub works: &'a [Work],
    /// Whether to keep links that were considered and not made.
    pub explain: bool,
}

/// Commits are read from this long before the first activity of a session: they cannot contain what was written later.
pub const BEFORE: TimeDelta = TimeDelta::days(1);
/// And until this long after the last: work may be squashed after a long review.
pub const AFTER: TimeDelta = TimeDelta::days(90);

/// The kinds of evidence: id and meaning.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    session_names::kinds().chain(EVIDENCE.iter().map(|kind| (kind.id(), kind.about()))).chain([children::KIND])
}

/// Links spend to code, and scores the weaker evidence against the explicit.
///
/// # Errors
/// [`crate::error::Error::Unreconciled`] if the parts of a record do not sum to it.
pub fn link(input: &LinkInput<'_>) -> Result<(Links, Calibration)> {
    let names = input.ledger.names();
    let records = input.ledger.spent();
    let (sessions, by_name) = session::collect(&records, input.events, names);
    let repositories = session_repositories::find(&records, &sessions, input);
    let journal = JournalBuilder {
        histories: input.histories,
        works: input.works,
        records: &records,
        sessions: &sessions,
        by_name: &by_name,
        repositories: &repositories,
        explain: input.explain,
    };
    let (mut pairs, mut blind_pairs) = (Vec::new(), Vec::new());
    let (mut all_named, mut rejected) = (Vec::new(), Vec::new());
    for (at, (history, work)) in input.histories.iter().zip(input.works).enumerate() {
        let here: Vec<usize> = (0..sessions.len()).filter(|session| repositories[*session].contains(&at)).collect();
        let context = LinkContext::new(RepositoryIndex::new(names, history, work, &sessions, here));
        let (named, complete) = session_names::read(&context.repo);
        let (found, overruled) = settle(&context, &by_name, &named, &complete);
        if input.explain {
            rejected.extend(rejected::find(&context, at, &found, overruled));
        }
        pairs.extend(allocate::join(at, found));
        let mut blind = Vec::new();
        gather(&context, Some(Tier::Explicit), &mut blind);
        children::extend(&context, &by_name, &mut blind);
        same_files::extend(&context, &mut blind);
        blind_pairs.extend(allocate::join(at, blind));
        all_named.push(named);
    }
    let mut links = journal.build(&pairs, &mut rejected)?;
    let blind = journal.build(&blind_pairs, &mut Vec::new())?;
    let calibration = Calibration::compute(&links, &blind, &records);
    add_named_sessions(input, &all_named, &mut links.links);
    Ok((Links { records, rejected, ..links }, calibration))
}

/// What sessions are tied to by all evidence, and what complete git metadata overruled.
fn settle(
    context: &LinkContext<'_>,
    by_name: &HashMap<Name, usize>,
    named: &[NamedSession],
    complete: &BTreeSet<String>,
) -> (Vec<Candidate>, Vec<Candidate>) {
    let mut found = Vec::new();
    session_names::candidates(context, named, &mut found);
    gather(context, None, &mut found);
    let overruled = overrule(&context.repo, complete, &mut found);
    // What follows from other links comes last: it may not follow from those that were overruled, nor be overruled itself.
    children::extend(context, by_name, &mut found);
    same_files::extend(context, &mut found);
    (found, overruled)
}

/// Gathers every kind of evidence but that of the hidden tier.
fn gather(context: &LinkContext<'_>, hidden: Option<Tier>, found: &mut Vec<Candidate>) {
    for kind in EVIDENCE {
        kind.gather(context, found);
        found.retain(|one| Some(one.tier) != hidden);
    }
}

/// Removes weaker candidates of commits whose sessions git metadata names completely, and returns them.
fn overrule(repo: &RepositoryIndex<'_>, complete: &BTreeSet<String>, found: &mut Vec<Candidate>) -> Vec<Candidate> {
    let known = complete.iter().filter_map(|sha| repo.index_of(sha));
    let closed: BTreeSet<u32> = known.map(|index| repo.canonical[index as usize]).collect();
    let is_overruled = |one: &Candidate| match one.target {
        Target::Commit(index) => one.tier != Tier::Explicit && closed.contains(&index),
        Target::Landing(_) | Target::Branch(_) => false,
    };
    let (overruled, rest) = std::mem::take(found).into_iter().partition(is_overruled);
    *found = rest;
    if !closed.is_empty() {
        // A tool that records the sessions of every commit did not record this one, which contradicts the printed hash.
        let printed = found.iter_mut().filter(|one| one.rule == printed_commit::ID);
        printed.for_each(|one| one.tier = Tier::Strong);
    }
    overruled
}

/// Adds links, without cost, to sessions without a log and to commits that this clone does not have.
fn add_named_sessions(input: &LinkInput<'_>, all_named: &[Vec<NamedSession>], links: &mut Vec<Link>) {
    for (repository, named) in all_named.iter().enumerate() {
        let known: BTreeSet<(String, String)> = links
            .iter()
            .filter(|link| link.repository == repository)
            .filter_map(|link| Some((link.session.clone(), link.commit.clone()?)))
            .collect();
        let landings: HashMap<&str, Option<u32>> =
            input.works[repository].commits.iter().map(|own| (own.commit.id.as_str(), own.landing)).collect();
        for one in named {
            if known.contains(&(one.session.clone(), one.sha.clone())) {
                continue;
            }
            links.push(Link {
                session: one.session.clone(),
                repository,
                sha: Some(one.sha.clone()).filter(|sha| landings.get(sha.as_str()).is_none_or(Option::is_some)),
                commit: Some(one.sha.clone()),
                landing: landings.get(one.sha.as_str()).copied().flatten().map(|landing| landing as usize),
                branch: None,
                tier: Tier::Explicit,
                rule: one.rule,
                rules: vec![one.rule],
                cost: Money::ZERO,
                context_cost: Money::ZERO,
                tokens: 0,
                has_log: false,
            });
        }
    }
}

#[cfg(test)]
mod tests;
