//! Candidates → shares: each session is cut into segments, and each segment's cost is split over its best evidence.
//!
//! - A segment ends where the work changes: another branch, a commit of the session, a compaction, half an hour without
//!   a request.
//! - Only the candidates of a segment's best tier count; explicit and strong are one tier here. They share the cost by
//!   the weight of what the session did for each of them in the segment. If none of them has weight, they share equally.
//! - A segment without edits and without evidence is taken for planning of the next segment with evidence, or for
//!   follow-up on the one before, if that is at most a day away: `context`.
//! - A subagent's session without evidence follows the segment that its parent was in.
//! - Shares of a record sum to its cost and to its tokens, by largest remainder.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::candidate::{Acts, Candidate, Target};
use super::session::SessionFacts;
use crate::model::link::Tier;
use crate::model::name::Name;

/// A pause that ends a segment.
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// A segment without evidence belongs to work that is at most this far away.
const CONTEXT_WITHIN: TimeDelta = TimeDelta::hours(24);

/// A session and a target, with all evidence between them.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) session: usize,
    pub(super) repository: usize,
    pub(super) target: Target,
    pub(super) tier: Tier,
    /// The first rule of the best tier, in the order of the registry.
    pub(super) rule: &'static str,
    /// All rules that found it, in the order of the registry.
    pub(super) rules: Vec<&'static str>,
    acts: Acts,
}

/// Joins the candidates of one repository that have the same session and target.
pub(super) fn join(repository: usize, candidates: Vec<Candidate>) -> Vec<Pair> {
    let mut joined: BTreeMap<(usize, Target), Pair> = BTreeMap::new();
    for one in candidates {
        let pair = joined.entry((one.session, one.target)).or_insert_with(|| Pair {
            session: one.session,
            repository,
            target: one.target,
            tier: one.tier,
            rule: one.rule,
            rules: Vec::new(),
            acts: Vec::new(),
        });
        if one.tier < pair.tier {
            (pair.tier, pair.rule) = (one.tier, one.rule);
        }
        if !pair.rules.contains(&one.rule) {
            pair.rules.push(one.rule);
        }
        pair.acts.extend(one.acts);
    }
    joined.into_values().collect()
}

/// What the records of a segment paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Pairs with their weights; never empty.
    pub(super) shares: Vec<(usize, u64)>,
    /// Whether the segment has no evidence of its own and belongs to a neighbour.
    pub(super) context: bool,
}

/// The segments of one session.
pub(super) struct Segments {
    /// A segment is what happened after one cut and up to and including the next.
    cuts: Vec<DateTime<Utc>>,
    /// One per segment, so one more than cuts.
    choices: Vec<Option<Choice>>,
}

impl Segments {
    /// Cuts a session and chooses for each segment; `pairs` are the indexes of the session's pairs.
    pub(super) fn new(session: &SessionFacts, all: &[Pair], pairs: &[usize]) -> Self {
        let cuts = cuts(session);
        let segment_at = |at: DateTime<Utc>| cuts.partition_point(|cut| *cut < at);
        let mut found: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); cuts.len() + 1];
        for &pair in pairs {
            for (at, weight) in &all[pair].acts {
                let sum = found[segment_at(*at)].entry(pair).or_default();
                *sum = sum.saturating_add(*weight);
            }
        }
        let mut edited = vec![false; found.len()];
        session.edits.iter().for_each(|edit| edited[segment_at(edit.at)] = true);
        let mut choices: Vec<Option<Choice>> = found.into_iter().map(|weights| best(all, weights)).collect();
        join_context(&mut choices, &edited, &spans(session, &cuts));
        Self { cuts, choices }
    }

    /// What a record at an instant paid for.
    pub(super) fn choice(&self, at: DateTime<Utc>) -> Option<&Choice> {
        self.choices[self.cuts.partition_point(|cut| *cut < at)].as_ref()
    }

    /// The pairs that any segment chose.
    pub(super) fn chosen(&self) -> impl Iterator<Item = usize> + '_ {
        self.choices.iter().flatten().flat_map(|choice| choice.shares.iter().map(|(pair, _)| *pair))
    }
}

/// Where a session is cut.
fn cuts(session: &SessionFacts) -> Vec<DateTime<Utc>> {
    // The cut is just before an event that begins a segment, and exactly at a commit, which ends one.
    let just_before = |at: DateTime<Utc>| at - TimeDelta::milliseconds(1);
    let mut cuts: Vec<DateTime<Utc>> = session.breaks.clone();
    cuts.extend(session.printed.iter().map(|(at, _)| *at));
    cuts.extend(session.branches.iter().skip(1).map(|(at, _)| just_before(*at)));
    let pauses = session.active.windows(2).filter(|pair| pair[1] - pair[0] > IDLE);
    cuts.extend(pauses.map(|pair| just_before(pair[1])));
    cuts.sort();
    cuts.dedup();
    cuts
}

/// First and last activity of each segment.
fn spans(session: &SessionFacts, cuts: &[DateTime<Utc>]) -> Vec<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let mut spans = vec![None; cuts.len() + 1];
    for &at in &session.active {
        let span = &mut spans[cuts.partition_point(|cut| *cut < at)];
        *span = Some(span.map_or((at, at), |(first, _)| (first, at)));
    }
    spans
}

/// The candidates of the best tier.
fn best(all: &[Pair], weights: BTreeMap<usize, u64>) -> Option<Choice> {
    // A printed hash is better evidence than common lines, but does not say how much of the segment went into its
    // commit. So both count together, and lines weigh by far the most.
    let rank = |pair: usize| all[pair].tier.max(Tier::Strong);
    let best_rank = weights.keys().map(|&pair| rank(pair)).min()?;
    let mut shares: Vec<(usize, u64)> = weights.into_iter().filter(|(pair, _)| rank(*pair) == best_rank).collect();
    if shares.iter().any(|(_, weight)| *weight > 0) {
        shares.retain(|(_, weight)| *weight > 0);
    } else {
        shares.iter_mut().for_each(|(_, weight)| *weight = 1);
    }
    Some(Choice { shares, context: false })
}

/// Gives segments without edits and evidence to the next one with evidence, or else to the one before.
fn join_context(choices: &mut [Option<Choice>], edited: &[bool], spans: &[Option<(DateTime<Utc>, DateTime<Utc>)>]) {
    let found: Vec<Option<Choice>> = choices.to_vec();
    for at in 0..choices.len() {
        let (None, false, Some((first, last))) = (&found[at], edited[at], spans[at]) else { continue };
        let near = |other: usize| {
            let choice = found[other].as_ref()?;
            let distance = match spans[other] {
                Some((begins, ends)) => {
                    if other > at {
                        begins - last
                    } else {
                        first - ends
                    }
                }
                None => TimeDelta::zero(),
            };
            (distance <= CONTEXT_WITHIN).then(|| Choice { context: true, ..choice.clone() })
        };
        let next = (at + 1..found.len()).find(|&other| found[other].is_some()).and_then(near);
        let previous = || (0..at).rev().find(|&other| found[other].is_some()).and_then(near);
        choices[at] = next.or_else(previous);
    }
}

/// Splits an amount by weights so that the parts sum to it. The earlier part wins a tie.
pub(crate) fn split(amount: i128, weights: &[u64]) -> Vec<i128> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total == 0 {
        let mut parts = vec![0; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = amount;
        }
        return parts;
    }
    let (sign, size) = (amount.signum(), amount.abs());
    let mut parts: Vec<i128> = weights.iter().map(|weight| size * i128::from(*weight) / total).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(size * i128::from(weights[at]) % total), at));
    let left = size - parts.iter().sum::<i128>();
    for &at in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| part * sign).collect()
}

/// The session whose segments a session follows: its nearest ancestor with evidence, or itself.
pub(super) fn leader(
    sessions: &[SessionFacts],
    by_name: &HashMap<Name, usize>,
    has_pairs: &dyn Fn(usize) -> bool,
    at: usize,
) -> usize {
    let mut leader = at;
    // Chains of parents are short; the limit ends a circle.
    for _ in 0..8 {
        if has_pairs(leader) {
            return leader;
        }
        match sessions[leader].parent.and_then(|parent| by_name.get(&parent)) {
            Some(&parent) if parent != leader => leader = parent,
            _ => break,
        }
    }
    if has_pairs(leader) { leader } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_the_amount_and_earlier_ones_win_ties() {
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(-10, &[1, 1, 1]), [-4, -3, -3]);
        assert_eq!(split(7, &[0, 2, 5]), [0, 2, 5]);
        assert_eq!(split(5, &[0, 0]), [5, 0]);
        assert_eq!(split(1, &[]), Vec::<i128>::new());
        assert_eq!(split(100, &[1, 2]), [33, 67]);
    }
}
