//! The branch that was checked out, and the next landing of it. It needs no data about files and says nothing about them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Evidence;
use super::candidate::{Candidate, Target};
use super::context::LinkContext;
use super::repository_index::EDITED_WITHIN;
use crate::model::link::Tier;

/// Weight of a request or an edit.
const ACT: u64 = 1;

/// The evidence of branches.
#[derive(Debug)]
pub(super) struct Branch;

impl Evidence for Branch {
    fn id(&self) -> &'static str {
        "branch"
    }

    fn about(&self) -> &'static str {
        "the session worked on a branch at most 21 days before its merge, or on one that has commits and was not \
         merged; work on the main branch itself is not evidence"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        for &at in &context.repo.here {
            let session = &context.repo.sessions[at];
            let mut found: BTreeMap<Target, Vec<(DateTime<Utc>, u64)>> = BTreeMap::new();
            for time in &session.active {
                let Some(branch) = session.branch_at(*time).map(|branch| context.repo.names.text(branch)) else {
                    continue;
                };
                if context.repo.history.branch.as_deref() == Some(branch) || branch == "HEAD" {
                    continue;
                }
                if let Some(target) = target(context, branch, *time) {
                    found.entry(target).or_default().push((*time, ACT));
                }
            }
            for (target, acts) in found {
                out.push(Candidate { session: at, target, tier: Tier::Medium, rule: self.id(), acts });
            }
        }
    }
}

/// What became of work on a branch at an instant: the first landing afterwards, or the branch itself.
fn target(context: &LinkContext<'_>, branch: &str, at: DateTime<Utc>) -> Option<Target> {
    let commits = context.repo.by_branch.get(branch)?;
    let landings = commits.iter().filter_map(|&index| {
        let landing = context.repo.commit(context.repo.canonical[index as usize]).landing?;
        let landed = context.repo.history.commits[landing as usize].commit_time;
        (landed >= at && landed - at <= EDITED_WITHIN).then_some((landed, landing))
    });
    if let Some((_, landing)) = landings.min() {
        return Some(Target::Landing(landing));
    }
    let index = context.repo.branch_names.binary_search(&branch).ok()?;
    u32::try_from(index).ok().map(Target::Branch)
}
