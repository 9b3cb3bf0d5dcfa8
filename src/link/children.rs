//! Sessions that only start others: what the sessions that they started are tied to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::{Acts, Candidate, Target};
use super::context::LinkContext;
use crate::model::link::Tier;
use crate::model::name::Name;

/// Chains of parents are short; the limit ends a circle.
const MOST_PARENTS: usize = 8;

/// The id and the meaning of the rule.
pub(super) const KIND: (&str, &str) =
    ("child-session", "the session edits nothing itself, and a session that it started is tied to the commit");

/// Adds what the sessions that a session started are tied to, once that is settled.
pub(super) fn extend(context: &LinkContext<'_>, by_name: &HashMap<Name, usize>, found: &mut Vec<Candidate>) {
    let sessions = context.repo.sessions;
    let is_tied: BTreeSet<usize> = found.iter().map(|one| one.session).collect();
    let parent_of = |at: usize| by_name.get(&sessions[at].parent?).copied();
    let mut shared: BTreeMap<(usize, Target, Tier), Acts> = BTreeMap::new();
    for one in found.iter() {
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
            shared.entry((parent, one.target, tier)).or_default().push((time, weight.max(1)));
            at = parent;
        }
    }
    found.extend(shared.into_iter().map(|((session, target, tier), acts)| Candidate {
        session,
        target,
        tier,
        rule: KIND.0,
        acts,
    }));
}
