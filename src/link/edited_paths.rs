//! Files that the session edited and the commit changed, with the commit made while the session worked or just after.
//!
//! Finds work whose lines were rewritten before they were committed, and deletions, which add no lines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::Evidence;
use super::case::{CLOCK_SLACK, Candidate, Case, Target};
use super::meeting::Meeting;
use crate::model::link::Tier;

/// How long after a session's last sign of life a commit still belongs to it.
const AFTER: TimeDelta = TimeDelta::hours(2);
/// How long after the last edit of its files, where nothing else claims the commit.
const UNCLAIMED: TimeDelta = TimeDelta::hours(4);
/// How long after it where the commit has no lines to compare.
const WITHOUT_LINES: TimeDelta = TimeDelta::minutes(5);
/// Percent of the commit's lines that have to be the session's besides.
const SOME_LINES: u64 = 2;
/// Weight of an edit; a line that only one commit adds weighs a thousand times as much.
const EDIT: u64 = 1_000;

/// The evidence of paths and time.
#[derive(Debug)]
pub(super) struct EditedPaths;

impl Evidence for EditedPaths {
    fn id(&self) -> &'static str {
        "paths"
    }

    fn about(&self) -> &'static str {
        "the session edited half of the commit's files before it, by a likely author, and: some lines are shared and \
         the commit was made while the session went on or within two hours; or the commit adds no lines and was made \
         on the session's branch within five minutes; or it was made there within four hours, no session's lines are \
         in it, and this session edited the files last"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        let mut claimed: BTreeSet<u32> = out
            .iter()
            .filter_map(|one| match one.target {
                Target::Commit(index) => Some(index),
                Target::Landing(_) | Target::Branch(_) => None,
            })
            .collect();
        let likely = || case.meetings.iter().filter(|one| one.covers_half() && case.may_be_author(one));
        let mut found: Vec<&Meeting> =
            likely().filter(|one| shares_lines(case, one) || lacks_lines(case, one)).collect();
        claimed.extend(found.iter().map(|meeting| meeting.commit));
        let mut last: BTreeMap<u32, &Meeting> = BTreeMap::new();
        for meeting in likely().filter(|one| !claimed.contains(&one.commit) && on_branch(case, one, UNCLAIMED)) {
            let best = last.entry(meeting.commit).or_insert(meeting);
            if meeting.since_edit < best.since_edit {
                *best = meeting;
            }
        }
        found.extend(last.into_values());
        out.extend(found.into_iter().map(|meeting| Candidate {
            session: meeting.session,
            target: Target::Commit(meeting.commit),
            tier: Tier::Strong,
            rule: self.id(),
            acts: meeting.edited.iter().map(|at| (*at, EDIT)).collect(),
        }));
    }
}

fn shares_lines(case: &Case<'_>, meeting: &Meeting) -> bool {
    let session = &case.sessions[meeting.session];
    let made = case.commit(meeting.commit).commit.author_time;
    meeting.lines > 0
        && meeting.wrote_of_commit(SOME_LINES)
        && made >= session.first - CLOCK_SLACK
        && made <= session.last + AFTER
        && meeting.since_edit.is_some_and(|since| since <= AFTER)
}

fn lacks_lines(case: &Case<'_>, meeting: &Meeting) -> bool {
    meeting.of_commit == 0 && on_branch(case, meeting, WITHOUT_LINES)
}

/// The commit was made on the session's branch after it began, within so long after the last edit.
fn on_branch(case: &Case<'_>, meeting: &Meeting, within: TimeDelta) -> bool {
    let made = case.commit(meeting.commit).commit.author_time;
    let soon = meeting.since_edit.is_some_and(|since| since <= within);
    meeting.same_branch && soon && made >= case.sessions[meeting.session].first
}
