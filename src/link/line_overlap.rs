//! Lines that the session wrote and the commit added, ignoring white space. They survive a squash and a rebase.
//!
//! The fewer commits add a line, the more it counts: common lines are weak evidence.

use std::collections::BTreeMap;

use super::Evidence;
use super::candidate::{Candidate, LINE, Target};
use super::context::LinkContext;
use super::overlap::Overlap;
use crate::model::link::Tier;

/// Percentage of the commit's lines that is enough for a link, and of the session's lines.
const LIKELY_AUTHOR: (u64, u64) = (20, 30);
/// The same if the commit's author looks like another person.
const OTHER_AUTHOR: (u64, u64) = (50, 70);
/// Percentage of a session's lines that is enough in the commit that has most of them.
const LARGEST: u64 = 10;
/// With this percentage of the commit's lines and this many of them, no common path is needed.
const WITHOUT_PATH: (u64, u64) = (50, 3);
/// Fewer common lines are not enough for a commit of another author, or one that was made much later.
const MIN_LINES: u64 = 5;
/// Less weight in common is not evidence.
const MIN_WEIGHT: u64 = LINE;

/// The evidence of lines.
#[derive(Debug)]
pub(super) struct LineOverlap;

impl Evidence for LineOverlap {
    fn id(&self) -> &'static str {
        "lines"
    }

    fn about(&self) -> &'static str {
        "the commit is the first to add lines that the session wrote, at most 21 days before it: a fifth of the commit's \
         distinctive lines, three tenths of the session's, or a tenth in the commit that has most of them; half and \
         seven tenths if the commit's author does not look like the session's user, or up to 90 days later"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let mut largest: BTreeMap<usize, &Overlap> = BTreeMap::new();
        for overlap in context.overlaps.iter().filter(|overlap| overlap.lines > 2 && overlap.covered > 0) {
            let best = largest.entry(overlap.session).or_insert(overlap);
            if overlap.matched > best.matched {
                *best = overlap;
            }
        }
        for overlap in context.overlaps.iter().filter(|overlap| overlap.matched >= MIN_WEIGHT) {
            let mine = context.may_be_author(overlap);
            let is_near = mine && !overlap.is_late;
            let (of_commit, of_session) = if is_near { LIKELY_AUTHOR } else { OTHER_AUTHOR };
            if !is_near && overlap.lines < MIN_LINES {
                continue;
            }
            let shares_path = overlap.covered > 0;
            let needs_no_path = || overlap.wrote_of_commit(WITHOUT_PATH.0) && overlap.lines >= WITHOUT_PATH.1;
            let wrote_it = overlap.wrote_of_commit(of_commit) && (shares_path || needs_no_path());
            let went_into_it = overlap.lines > 1 && shares_path && overlap.of_session_in_commit(of_session);
            let is_largest = largest.get(&overlap.session).is_some_and(|best| best.commit == overlap.commit);
            let is_main_commit =
                is_near && is_largest && overlap.matched >= 2 * MIN_WEIGHT && overlap.of_session_in_commit(LARGEST);
            if wrote_it || went_into_it || is_main_commit {
                out.push(Candidate {
                    session: overlap.session,
                    target: Target::Commit(overlap.commit),
                    tier: Tier::Strong,
                    rule: self.id(),
                    acts: overlap.written.clone(),
                });
            }
        }
    }
}
