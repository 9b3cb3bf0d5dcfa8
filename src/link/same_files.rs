//! Edits whose lines are in no commit: they went into the next commit of the session that changes the file.
//!
//! A session often writes a file several times before it is committed. What it wrote first and rewrote later is work on the
//! same commit. Such edits have no weight: they count in parts of the session that nothing else says anything about.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::candidate::{Candidate, Target};
use super::claims::interval;
use super::context::LinkContext;
use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN, LANDS_WITHIN};
use crate::model::link::Tier;

/// Something that a session is tied to, and the files that it changes.
struct Tied {
    target: Target,
    tier: Tier,
    rule: &'static str,
    paths: BTreeSet<u32>,
    made: (DateTime<Utc>, DateTime<Utc>),
}

/// Adds a session's edits to what it is surely tied to.
pub(super) fn extend(context: &LinkContext<'_>, found: &mut Vec<Candidate>) {
    let mut tied: BTreeMap<usize, BTreeMap<Target, Tied>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.tier <= Tier::Strong) {
        if let Some((paths, made)) = changes(context, one.target) {
            let new = || Tied { target: one.target, tier: one.tier, rule: one.rule, paths, made };
            tied.entry(one.session).or_default().entry(one.target).or_insert_with(new);
        }
    }
    for (session, tied) in tied {
        let mut tied: Vec<Tied> = tied.into_values().collect();
        tied.sort_by_key(|one| (one.made.1, one.target));
        let mut acts: Vec<Vec<(DateTime<Utc>, u64)>> = vec![Vec::new(); tied.len()];
        let edits = context.repo.sessions[session].edits.iter().zip(context.placed(session));
        for (edit, placed) in edits {
            let Some(path) = placed.path else { continue };
            let is_next = |one: &Tied| {
                let (from, until) = one.made;
                one.paths.contains(&path) && until + CLOCK_SLACK >= edit.at && from - LANDS_WITHIN <= edit.at
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

/// The first and the last time at which something was made.
type Interval = (DateTime<Utc>, DateTime<Utc>);

/// The files that a target changes, and when it was made.
fn changes(context: &LinkContext<'_>, target: Target) -> Option<(BTreeSet<u32>, Interval)> {
    let repo = &context.repo;
    match target {
        Target::Commit(index) => {
            let one = repo.commit(index);
            Some((one.paths.iter().copied().collect(), interval(one)))
        }
        Target::Landing(landing) => {
            let landed = repo.history.commits.get(landing as usize)?.commit_time;
            let merged = repo.work.commits.iter().filter(|one| one.landing == Some(landing));
            Some((merged.flat_map(|one| one.paths.iter().copied()).collect(), (landed - EDITED_WITHIN, landed)))
        }
        Target::Branch(_) => None,
    }
}
