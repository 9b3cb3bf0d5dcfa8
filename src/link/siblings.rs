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
        "another session on the branch wrote half of a squash, and this one edited half of the squash's files or half of \
         its own edits are in files of it, on that branch, at most 21 days before"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let repo = &context.repo;
        let mut by_commit: BTreeMap<u32, Vec<&Squash<'_>>> = BTreeMap::new();
        for squash in &context.squashes {
            by_commit.entry(squash.commit).or_default().push(squash);
        }
        for overlap in context.overlaps.iter().filter(|one| one.covered > 0 && context.may_be_author(one)) {
            let Some(squashes) = by_commit.get(&overlap.commit) else { continue };
            let session = &repo.sessions[overlap.session];
            let made = repo.commit(overlap.commit).commit.commit_time;
            let is_sibling = |at: &DateTime<Utc>| {
                let branch = topic_branch(repo, session, *at);
                let is_near = |squash: &&&Squash<'_>| *at >= squash.from - EDITED_WITHIN && *at <= made + CLOCK_SLACK;
                squashes.iter().filter(is_near).any(|squash| Some(squash.branch) == branch)
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
