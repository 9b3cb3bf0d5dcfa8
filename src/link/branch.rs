//! The branch that was checked out, and the next commit on it: no file data needed, and none is claimed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Evidence;
use super::case::{Candidate, Case, EDITED_WITHIN, Target};
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
        "the session worked on the branch that a landing merged, at most 21 days before, or on one that has commits \
         and did not land; the mainline's own branch tells nothing"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        for &at in &case.here {
            let session = &case.sessions[at];
            let mut found: BTreeMap<Target, Vec<(DateTime<Utc>, u64)>> = BTreeMap::new();
            for time in &session.alive {
                let Some(branch) = session.branch_at(*time).map(|branch| case.names.text(branch)) else { continue };
                if case.history.branch.as_deref() == Some(branch) || branch == "HEAD" {
                    continue;
                }
                if let Some(target) = unit(case, branch, *time) {
                    found.entry(target).or_default().push((*time, ACT));
                }
            }
            for (target, acts) in found {
                out.push(Candidate { session: at, target, tier: Tier::Medium, rule: self.id(), acts });
            }
        }
    }
}

/// What the work on a branch at an instant became: the first landing of it afterwards, else the branch itself.
fn unit(case: &Case<'_>, branch: &str, at: DateTime<Utc>) -> Option<Target> {
    let commits = case.by_branch.get(branch)?;
    let landings = commits.iter().filter_map(|&index| {
        let landing = case.commit(case.canonical[index as usize]).landing?;
        let landed = case.history.commits[landing as usize].commit_time;
        (landed >= at && landed - at <= EDITED_WITHIN).then_some((landed, landing))
    });
    if let Some((_, landing)) = landings.min() {
        return Some(Target::Landing(landing));
    }
    let index = case.branch_names.binary_search(&branch).ok()?;
    u32::try_from(index).ok().map(Target::Branch)
}
