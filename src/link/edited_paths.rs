//! Files that the session edited and the commit changed, if the commit was made during the session or soon after.
//!
//! Finds work whose lines were rewritten before they were committed, and deletions, which add no lines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::Evidence;
use super::candidate::{Candidate, EDIT, Target};
use super::claims::topic_branch;
use super::context::LinkContext;
use super::overlap::Overlap;
use super::repository_index::CLOCK_SLACK;
use crate::model::link::Tier;

/// A commit belongs to a session until this long after its last activity.
const AFTER: TimeDelta = TimeDelta::hours(2);
/// And until this long after the last edit of its files, if nothing else claims the commit.
const UNCLAIMED: TimeDelta = TimeDelta::hours(4);
/// And, whatever else claims it, this long after the session's last act if the commit has no lines to compare …
const WITHOUT_LINES: TimeDelta = TimeDelta::minutes(5);
/// … and this long after the edit.
const WITHOUT_LINES_SINCE_EDIT: TimeDelta = TimeDelta::minutes(30);
/// Percentage of the commit's lines that must be the session's, too.
const SOME_LINES: u64 = 2;

/// The evidence of paths and time.
#[derive(Debug)]
pub(super) struct EditedPaths;

impl Evidence for EditedPaths {
    fn id(&self) -> &'static str {
        "paths"
    }

    fn about(&self) -> &'static str {
        "the session edited half of the commit's files before it, its user may be the author, and: they have lines in \
         common and the commit was made during the session or within two hours; or the commit adds no lines and was \
         made on the session's branch within half an hour of the edits and five minutes of the session's last act; or \
         nothing else ties it to a session, this one edited the files last, and it was made there within four hours, \
         or half an hour if it adds no lines"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let mut claimed: BTreeSet<u32> = out
            .iter()
            .filter_map(|one| match one.target {
                Target::Commit(index) => Some(index),
                Target::Landing(_) | Target::Branch(_) => None,
            })
            .collect();
        let likely = || context.overlaps.iter().filter(|one| one.covers_half() && context.may_be_author(one));
        let mut found: Vec<&Overlap> =
            likely().filter(|one| shares_lines(context, one) || lacks_lines(context, one)).collect();
        claimed.extend(found.iter().map(|overlap| overlap.commit));
        let mut last: BTreeMap<u32, &Overlap> = BTreeMap::new();
        let within = |one: &Overlap| if one.of_commit > 0 { UNCLAIMED } else { WITHOUT_LINES_SINCE_EDIT };
        let is_left = |one: &&Overlap| !claimed.contains(&one.commit) && on_branch(context, one, within(one));
        for overlap in likely().filter(is_left) {
            let best = last.entry(overlap.commit).or_insert(overlap);
            if overlap.since_edit < best.since_edit {
                *best = overlap;
            }
        }
        found.extend(last.into_values());
        out.extend(found.into_iter().map(|overlap| Candidate {
            session: overlap.session,
            target: Target::Commit(overlap.commit),
            tier: Tier::Strong,
            rule: self.id(),
            acts: overlap.edited.iter().map(|at| (*at, EDIT)).collect(),
        }));
    }
}

fn shares_lines(context: &LinkContext<'_>, overlap: &Overlap) -> bool {
    let session = &context.repo.sessions[overlap.session];
    let made = overlap.made;
    overlap.lines > 0
        && overlap.wrote_of_commit(SOME_LINES)
        && made >= session.first - CLOCK_SLACK
        && made <= session.last + AFTER
        && overlap.since_edit.is_some_and(|since| since <= AFTER)
}

fn lacks_lines(context: &LinkContext<'_>, overlap: &Overlap) -> bool {
    let session = &context.repo.sessions[overlap.session];
    let before = session.active.partition_point(|at| *at <= overlap.made + CLOCK_SLACK);
    let is_active = || session.active[..before].last().is_some_and(|at| overlap.made - *at <= WITHOUT_LINES);
    overlap.of_commit == 0 && on_branch(context, overlap, WITHOUT_LINES_SINCE_EDIT) && is_active()
}

/// Whether the commit was made on the session's branch, after the session began and soon after the last edit. A branch that
/// was made for the commit is that of a session on the mainline.
fn on_branch(context: &LinkContext<'_>, overlap: &Overlap, within: TimeDelta) -> bool {
    let soon = overlap.since_edit.is_some_and(|since| since <= within);
    let session = &context.repo.sessions[overlap.session];
    let fits = overlap.same_branch || topic_branch(&context.repo, session, overlap.made).is_none();
    fits && soon && overlap.made >= session.first
}
