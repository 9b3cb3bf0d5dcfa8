//! Lines that the session wrote and the commit added, white space aside: what survives squash and rebase.
//!
//! A line counts by how few commits add it, so that common lines tell little.

use std::collections::BTreeMap;

use super::Evidence;
use super::case::{Candidate, Case, Target};
use super::meeting::{LINE, Meeting};
use crate::model::link::Tier;

/// Percent of a commit's lines that make it the session's, and of a session's lines that make it that commit's.
const LIKELY_AUTHOR: (u64, u64) = (20, 30);
/// The same where the commit's author is another person.
const OTHER_AUTHOR: (u64, u64) = (50, 70);
/// Percent of a session's lines that the commit holding most of them has to hold at least.
const MOST: u64 = 10;
/// Percent of a commit's lines that need no path in common.
const WITHOUT_PATH: u64 = 50;
/// Weight that says anything at all.
const ENOUGH: u64 = LINE;

/// The evidence of lines.
#[derive(Debug)]
pub(super) struct LineOverlap;

impl Evidence for LineOverlap {
    fn id(&self) -> &'static str {
        "lines"
    }

    fn about(&self) -> &'static str {
        "the session's edits hold lines that the commit added, at most 21 days before it: a fifth of the commit's \
         distinctive lines, three tenths of the session's, or a tenth in the commit that holds most of them; half and \
         seven tenths where the commit's author does not look like the session's user"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        let mut most: BTreeMap<usize, &Meeting> = BTreeMap::new();
        for meeting in case.meetings.iter().filter(|meeting| meeting.lines > 2 && meeting.covered > 0) {
            let best = most.entry(meeting.session).or_insert(meeting);
            if meeting.matched > best.matched {
                *best = meeting;
            }
        }
        for meeting in &case.meetings {
            let mine = case.may_be_author(meeting);
            let (of_commit, of_session) = if mine { LIKELY_AUTHOR } else { OTHER_AUTHOR };
            let shares_path = meeting.covered > 0;
            let wrote = meeting.wrote_of_commit(of_commit) && (shares_path || meeting.wrote_of_commit(WITHOUT_PATH));
            let went = meeting.lines > 1 && shares_path && meeting.of_session_in_commit(of_session);
            let is_most = most.get(&meeting.session).is_some_and(|best| best.commit == meeting.commit);
            let mostly = mine && is_most && meeting.matched >= 2 * ENOUGH && meeting.of_session_in_commit(MOST);
            if meeting.matched >= ENOUGH && (wrote || went || mostly) {
                out.push(Candidate {
                    session: meeting.session,
                    target: Target::Commit(meeting.commit),
                    tier: Tier::Strong,
                    rule: self.id(),
                    acts: meeting.written.clone(),
                });
            }
        }
    }
}
