//! The same person committing during the session or soon after: all there is where a log tells no files and no branch.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::Evidence;
use super::case::{Candidate, Case, Target};
use crate::model::link::Tier;

/// How long after the last sign of a session its commit may be made.
const SOON: TimeDelta = TimeDelta::minutes(60);
/// Weight of a request.
const ACT: u64 = 1;

/// The evidence of people and time.
#[derive(Debug)]
pub(super) struct SamePerson;

impl Evidence for SamePerson {
    fn id(&self) -> &'static str {
        "same-person"
    }

    fn about(&self) -> &'static str {
        "the session's user made one commit in the repository, and only one, from its first request to an hour after its \
         last; looked for where the log tells what was \
         used and not what was done, request by request: sums of a day or an hour are nobody's commit"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        let tied: HashSet<usize> = out.iter().map(|one| one.session).collect();
        let commits = (0u32..).zip(&case.work.commits).filter(|(index, one)| case.counts(*index) && !one.is_merge());
        let mut by_time: Vec<(DateTime<Utc>, u32)> =
            commits.map(|(index, one)| (one.commit.author_time, index)).collect();
        by_time.sort_unstable();
        for &at in case.here.iter().filter(|at| !tied.contains(at)) {
            let session = &case.sessions[at];
            // A log of the agent itself, which has a working directory, tells of edits where there were any.
            let is_told = !session.folders.is_empty();
            if is_told || session.coarse || session.alive.is_empty() || session.parent.is_some() {
                continue;
            }
            let from = by_time.partition_point(|(time, _)| *time < session.first);
            let until = by_time.partition_point(|(time, _)| *time <= session.last + SOON);
            let own =
                by_time.get(from..until).unwrap_or_default().iter().filter(|(_, index)| case.is_author(at, *index));
            let targets: BTreeSet<Target> = own.map(|(_, index)| case.target(*index)).collect();
            let mut targets = targets.into_iter();
            if let (Some(target), None) = (targets.next(), targets.next()) {
                let acts = session.alive.iter().map(|time| (*time, ACT)).collect();
                out.push(Candidate { session: at, target, tier: Tier::Weak, rule: self.id(), acts });
            }
        }
    }
}
