//! Sessions that only start others: what the sessions that they started are tied to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Evidence;
use super::candidate::{Acts, Candidate, Target};
use super::context::LinkContext;
use crate::model::link::Tier;

/// Chains of parents are short; the limit ends a circle.
const MOST_PARENTS: usize = 8;

/// The rule's id.
pub(super) const ID: &str = "child-session";

/// The evidence of sessions that a session started.
#[derive(Debug)]
pub(super) struct ChildSession;

impl Evidence for ChildSession {
    fn id(&self) -> &'static str {
        ID
    }

    fn about(&self) -> &'static str {
        "the session edits nothing itself, and a session that it started is tied to the commit"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        let sessions = context.repo.sessions;
        let names = context.repo.names;
        let is_tied: BTreeSet<usize> = out.iter().map(|one| one.session).collect();
        let by_id: HashMap<&str, usize> =
            sessions.iter().enumerate().map(|(index, session)| (session.id.as_str(), index)).collect();
        let parent_of = |at: usize| by_id.get(names.text(sessions[at].parent?)).copied();
        let mut found: BTreeMap<(usize, Target, Tier), Acts> = BTreeMap::new();
        for one in out.iter() {
            let started = sessions[one.session].first;
            let weight = one.acts.iter().fold(0_u64, |sum, (_, weight)| sum.saturating_add(*weight));
            let mut at = one.session;
            for _ in 0..MOST_PARENTS {
                let Some(parent) = parent_of(at).filter(|parent| !is_tied.contains(parent)) else { break };
                let facts = &sessions[parent];
                if !facts.edits.is_empty() {
                    break;
                }
                let time = started.clamp(facts.first, facts.last.max(facts.first));
                let tier = one.tier.max(Tier::Strong);
                found.entry((parent, one.target, tier)).or_default().push((time, weight.max(1)));
                at = parent;
            }
        }
        out.extend(found.into_iter().map(|((session, target, tier), acts)| Candidate {
            session,
            target,
            tier,
            rule: self.id(),
            acts,
        }));
    }
}
