//! Sessions on the branch of a squash that another session showed: they worked on it, too.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Evidence;
use super::candidate::{Candidate, EDIT, Target};
use super::claims::topic_branch;
use super::context::LinkContext;
use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN};
use super::squashes::Squash;
use crate::model::link::Tier;

/// The evidence of sessions on the branch of a squash.
#[derive(Debug)]
pub(super) struct Sibling;

impl Evidence for Sibling {
    fn id(&self) -> &'static str {
        "sibling"
    }

    fn about(&self) -> &'static str {
        "other sessions on the branch wrote a tenth of a squash, and those on other branches less than half as much, and this \
         one edited half of the squash's files or half of its own edits are in files of it, on that branch, at most 21 \
         days before and after the branch's previous squash"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let repo = &context.repo;
        let by_commit: BTreeMap<u32, &Squash<'_>> =
            context.squashes.iter().map(|squash| (squash.commit, squash)).collect();
        for overlap in context.overlaps.iter().filter(|one| one.covered > 0 && context.may_be_author(one)) {
            let Some(squash) = by_commit.get(&overlap.commit) else { continue };
            let session = &repo.sessions[overlap.session];
            let made = |squash: &Squash<'_>| repo.commit(squash.commit).commit.commit_time;
            // A branch may be squashed again and again; each squash has what was done since the one before.
            let before = context.squashes_of(squash.branch).iter().map(made).filter(|at| *at < made(squash)).max();
            let is_sibling = |at: &DateTime<Utc>| {
                *at >= squash.from - EDITED_WITHIN
                    && *at <= made(squash) + CLOCK_SLACK
                    && before.is_none_or(|before| *at > before)
                    && topic_branch(repo, session, *at) == Some(squash.branch)
            };
            let edits: Vec<DateTime<Utc>> = overlap.edited.iter().copied().filter(is_sibling).collect();
            let is_enough = overlap.covers_half() || edits.len() * 2 >= session.edits.len();
            if !edits.is_empty() && is_enough {
                out.push(Candidate {
                    session: overlap.session,
                    target: Target::Commit(overlap.commit),
                    tier: Tier::Strong,
                    rule: self.id(),
                    acts: edits.into_iter().map(|at| (at, EDIT)).collect(),
                });
            }
        }
    }
}
