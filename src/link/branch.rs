//! The branch that was checked out, and the next landing of it. It needs no data about files and says nothing about them.
//!
//! Names of branches are used again, by other people and for other work. So a commit of the branch has to be made before the
//! session ended or soon after, and its author has to be somebody that the session's user may be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::Evidence;
use super::candidate::{ACT, Acts, Candidate, Target};
use super::claims::topic_branch;
use super::commits::interval;
use super::context::LinkContext;
use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN, LANDS_WITHIN, RepositoryIndex};
use crate::model::link::Tier;

/// The branch has its first commit this long after a session at the latest.
const AFTER: TimeDelta = TimeDelta::hours(2);

/// The evidence of branches.
#[derive(Debug)]
pub(super) struct Branch;

impl Evidence for Branch {
    fn id(&self) -> &'static str {
        "branch"
    }

    fn about(&self) -> &'static str {
        "the session worked on a branch at most 90 days before its merge, or on one that has commits and was not merged; \
         the branch's first commit for it was made before the session ended or within two hours, and its author may be \
         the session's user; work on the main branch itself is not evidence"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        for &at in &context.repo.here {
            let session = &context.repo.sessions[at];
            let mut found: BTreeMap<Target, Acts> = BTreeMap::new();
            let mut known: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
            for time in &session.active {
                let Some(branch) = topic_branch(&context.repo, session, *time) else { continue };
                let lines = known.entry(branch).or_insert_with(|| lines(context, at, branch));
                if let Some(target) = target(lines, *time) {
                    found.entry(target).or_default().push((*time, ACT));
                }
            }
            for (target, acts) in found {
                out.push(Candidate { session: at, target, tier: Tier::Medium, rule: self.id(), acts });
            }
        }
    }
}

/// What became of commits of a branch.
struct Line {
    target: Target,
    /// When it landed, if it did.
    landed: Option<DateTime<Utc>>,
}

/// What became of the commits of a branch that a session may have been about.
fn lines(context: &LinkContext<'_>, session: usize, branch: &str) -> Vec<Line> {
    let repo = &context.repo;
    let ended = repo.sessions[session].last + AFTER;
    let mut begun: BTreeSet<Option<u32>> = BTreeSet::new();
    for &index in repo.by_branch.get(branch).into_iter().flatten() {
        let landing = repo.commit(repo.canonical[index as usize]).landing;
        if !begun.contains(&landing) && made(repo, index, landing) <= ended && context.may_be_by(session, index) {
            begun.insert(landing);
        }
    }
    for squash in context.squashes_of(branch) {
        let landing = repo.commit(squash.commit).landing;
        let is_near = squash.from <= ended + EDITED_WITHIN && squash.from - EDITED_WITHIN <= ended;
        if !begun.contains(&landing) && is_near && context.may_be_by(session, squash.commit) {
            begun.insert(landing);
        }
    }
    begun
        .into_iter()
        .filter_map(|landing| match landing {
            Some(landing) => {
                let landed = repo.history.commits[landing as usize].commit_time;
                Some(Line { target: Target::Landing(landing), landed: Some(landed) })
            }
            None => {
                let index = u32::try_from(repo.branch_names.binary_search(&branch).ok()?).ok()?;
                Some(Line { target: Target::Branch(index), landed: None })
            }
        })
        .collect()
}

/// When a commit of a branch was made, or the work of its landing began before it as an export of pull requests says.
fn made(repo: &RepositoryIndex<'_>, index: u32, landing: Option<u32>) -> DateTime<Utc> {
    let one = repo.commit(index);
    let (made, committed) = interval(one);
    // A clock that is months off says nothing.
    let landed = landing.map(|landing| repo.history.commits[landing as usize].commit_time);
    let made = if landed.is_none_or(|landed| landed - made <= LANDS_WITHIN) { made } else { committed };
    let exported = landing.and_then(|landing| {
        let from = repo.work.begun.partition_point(|(at, _)| *at < landing);
        repo.work.begun.get(from).filter(|(at, _)| *at == landing).map(|(_, begun)| *begun)
    });
    exported.map_or(made, |exported| exported.min(made))
}

/// What became of work on a branch at an instant: the first landing afterwards, or the branch itself.
fn target(lines: &[Line], at: DateTime<Utc>) -> Option<Target> {
    let in_time = |landed: DateTime<Utc>| landed + CLOCK_SLACK >= at && landed - at <= LANDS_WITHIN;
    let landings = lines.iter().filter_map(|line| Some((line.landed.filter(|landed| in_time(*landed))?, line.target)));
    let open = || lines.iter().find(|line| line.landed.is_none()).map(|line| line.target);
    landings.min().map(|(_, target)| target).or_else(open)
}
