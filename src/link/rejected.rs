//! Links that were considered and not made, to explain why.

use std::collections::BTreeSet;

use super::allocate;
use super::candidate::{Candidate, Target};
use super::context::LinkContext;
use super::journal::describe;
use super::links::{Common, Link, Rejected};
use super::overlap::Overlap;
use crate::model::link::Tier;
use crate::model::money::Money;

/// Candidates that complete git metadata overruled, and overlaps that were not evidence enough.
pub(super) fn find(
    context: &LinkContext<'_>,
    repository: usize,
    found: &[Candidate],
    overruled: Vec<Candidate>,
) -> Vec<Rejected> {
    let repo = &context.repo;
    let mut known: BTreeSet<(usize, Target)> = found.iter().map(|one| (one.session, one.target)).collect();
    let mut rejected = Vec::new();
    for pair in allocate::join(repository, overruled) {
        if known.insert((pair.session, pair.target)) {
            let link = describe(&pair, repo.sessions, repo.history, repo.work);
            let why = "git metadata names the commit's sessions, and this one is not among them";
            rejected.push(Rejected { link, why, common: None });
        }
    }
    for overlap in &context.overlaps {
        if !known.contains(&(overlap.session, Target::Commit(overlap.commit))) {
            let one = repo.commit(overlap.commit);
            let rule = if overlap.lines > 0 { "lines" } else { "paths" };
            let why = if context.may_be_author(overlap) {
                "too little in common, or too far apart in time"
            } else {
                "too little in common, and the commit's author does not look like the session's user"
            };
            let link = Link {
                session: repo.sessions[overlap.session].id.clone(),
                repository,
                sha: Some(one.commit.id.clone()).filter(|_| one.landing.is_some()),
                commit: Some(one.commit.id.clone()),
                landing: one.landing.map(|landing| landing as usize),
                branch: None,
                tier: Tier::Weak,
                rule,
                rules: vec![rule],
                cost: Money::ZERO,
                context_cost: Money::ZERO,
                tokens: 0,
                has_log: true,
            };
            rejected.push(Rejected { link, why, common: Some(common(overlap)) });
        }
    }
    rejected
}

fn common(overlap: &Overlap) -> Common {
    let percent = |of: u64| overlap.matched.saturating_mul(100).checked_div(of).unwrap_or(0);
    Common {
        lines: overlap.lines,
        of_commit: percent(overlap.of_commit),
        of_session: percent(overlap.of_session),
        files: overlap.covered,
        of_files: overlap.paths,
    }
}
