//! Edits of files that a commit of the session changes later: they were work on that commit, whatever became of their lines.
//!
//! A session often writes a file several times before it is committed, so what it wrote first may be in no commit. Such
//! edits have no weight: they matter only in parts of the session for which there is no other evidence.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Acts, Candidate, Target};
use super::commits::{Interval, interval};
use super::context::LinkContext;
use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN, LANDS_WITHIN};
use crate::model::link::Tier;

/// The files that a target changes, and from when until when it was made.
struct Change {
    paths: BTreeSet<u32>,
    made: Interval,
}

/// Something that a session is tied to.
struct Tied<'a> {
    target: Target,
    tier: Tier,
    rule: &'static str,
    change: &'a Change,
}

/// Adds a session's edits to what it is surely tied to.
pub(super) fn extend(context: &LinkContext<'_>, found: &mut Vec<Candidate>) {
    let changes = changes(context, found);
    let mut tied: BTreeMap<usize, BTreeMap<Target, Tied<'_>>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.tier <= Tier::Strong) {
        if let Some(change) = changes.get(&one.target) {
            let new = || Tied { target: one.target, tier: one.tier, rule: one.rule, change };
            tied.entry(one.session).or_default().entry(one.target).or_insert_with(new);
        }
    }
    for (session, tied) in tied {
        let mut tied: Vec<Tied<'_>> = tied.into_values().collect();
        tied.sort_by_key(|one| (one.change.made.1, one.target));
        let mut acts: Vec<Acts> = vec![Vec::new(); tied.len()];
        let edits = context.repo.sessions[session].edits.iter().zip(context.placed(session));
        for (edit, placed) in edits {
            let Some(path) = placed.path else { continue };
            let is_next = |one: &Tied<'_>| {
                let (from, until) = one.change.made;
                one.change.paths.contains(&path) && until + CLOCK_SLACK >= edit.at && from - LANDS_WITHIN <= edit.at
            };
            if let Some(at) = tied.iter().position(is_next) {
                acts[at].push((edit.at, 0));
            }
        }
        found.extend(tied.into_iter().zip(acts).filter(|(_, acts)| !acts.is_empty()).map(|(one, acts)| Candidate {
            session,
            target: one.target,
            tier: one.tier,
            rule: one.rule,
            acts,
        }));
    }
}

/// What the targets of sure candidates change.
fn changes(context: &LinkContext<'_>, found: &[Candidate]) -> BTreeMap<Target, Change> {
    let repo = &context.repo;
    let targets: BTreeSet<Target> = found.iter().filter(|one| one.tier <= Tier::Strong).map(|one| one.target).collect();
    let mut changes: BTreeMap<Target, Change> = BTreeMap::new();
    for &target in &targets {
        let (paths, made) = match target {
            Target::Commit(index) => {
                let one = repo.commit(index);
                (one.paths.iter().copied().collect(), interval(one))
            }
            Target::Landing(landing) => {
                let Some(one) = repo.history.commits.get(landing as usize) else { continue };
                (BTreeSet::new(), (one.commit_time - EDITED_WITHIN, one.commit_time))
            }
            Target::Branch(_) => continue,
        };
        changes.insert(target, Change { paths, made });
    }
    if targets.iter().any(|target| matches!(target, Target::Landing(_))) {
        for one in &repo.work.commits {
            if let Some(change) = one.landing.and_then(|landing| changes.get_mut(&Target::Landing(landing))) {
                change.paths.extend(one.paths.iter().copied());
            }
        }
    }
    changes
}
