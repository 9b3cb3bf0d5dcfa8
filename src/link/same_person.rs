//! The same person committed during the session or soon after: the only evidence if a log has no files and no branch.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::Evidence;
use super::candidate::{ACT, Candidate, Target};
use super::context::LinkContext;
use crate::model::link::Tier;

/// A commit belongs to a session until this long after its last request.
const SOON: TimeDelta = TimeDelta::minutes(60);

/// The evidence of people and time.
#[derive(Debug)]
pub(super) struct SamePerson;

impl Evidence for SamePerson {
    fn id(&self) -> &'static str {
        "same-person"
    }

    fn about(&self) -> &'static str {
        "the session's user made exactly one commit in the repository between its first request and an hour after its \
         last; only for logs that list single requests without what was done: sums over an hour or a day match no commit"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let linked: HashSet<usize> = out.iter().map(|one| one.session).collect();
        let commits = (0u32..)
            .zip(&context.repo.work.commits)
            .filter(|(index, one)| context.repo.counts(*index) && !one.is_merge());
        let mut by_time: Vec<(DateTime<Utc>, u32)> =
            commits.map(|(index, one)| (one.commit.author_time, index)).collect();
        by_time.sort_unstable();
        for &at in context.repo.here.iter().filter(|at| !linked.contains(at)) {
            let session = &context.repo.sessions[at];
            // A log with working directories is the agent's own and would have the edits.
            let is_agent_log = !session.folders.is_empty();
            if is_agent_log || session.coarse || session.active.is_empty() || session.parent.is_some() {
                continue;
            }
            let from = by_time.partition_point(|(time, _)| *time < session.first);
            let until = by_time.partition_point(|(time, _)| *time <= session.last + SOON);
            let own =
                by_time.get(from..until).unwrap_or_default().iter().filter(|(_, index)| context.is_author(at, *index));
            let targets: BTreeSet<Target> = own.map(|(_, index)| context.repo.target(*index)).collect();
            let mut targets = targets.into_iter();
            if let (Some(target), None) = (targets.next(), targets.next()) {
                let acts = session.active.iter().map(|time| (*time, ACT)).collect();
                out.push(Candidate { session: at, target, tier: Tier::Weak, rule: self.id(), acts });
            }
        }
    }
}
