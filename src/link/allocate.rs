//! Candidates → shares: each session cut into segments, each segment's cost split over its best evidence.
//!
//! - A segment ends where the work turned to something else: another branch, an own commit, a compaction, half an
//!   hour without a request.
//! - Of a segment's candidates only those of the best tier count, explicit and strong ones together; they share by the
//!   weight of what was done in it.
//! - A segment without edits and without evidence is the thinking about the next one that has some, else about the
//!   one before, at most a day away: `context`.
//! - A subagent's session without evidence of its own follows the segment that its parent was in.
//! - Shares of a record sum to its cost and to its tokens, by largest remainder.
//! - Source: METRICS 5.4, steps 3, 5 and 6.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::case::{Candidate, Session, Target};
use crate::model::link::Tier;
use crate::model::name::Name;

/// A pause that ends a segment.
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// How far away the work may be that a segment was the thinking about.
const CONTEXT_WITHIN: TimeDelta = TimeDelta::hours(24);

/// A tie between a session and a target, all evidence together.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) session: usize,
    pub(super) repository: usize,
    pub(super) target: Target,
    pub(super) tier: Tier,
    /// The rule of the best tier, first in the registry's order.
    pub(super) rule: &'static str,
    /// All rules that found it, in the registry's order.
    pub(super) rules: Vec<&'static str>,
    acts: Vec<(DateTime<Utc>, u64)>,
}

/// Joins the candidates of one repository that tie the same two ends.
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

/// What a record's money went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Pairs with their weights; never empty.
    pub(super) shares: Vec<(usize, u64)>,
    /// Whether it is the thinking about a neighbouring segment.
    pub(super) context: bool,
}

/// The segments of one session.
pub(super) struct Segments {
    /// Exclusive beginnings: a segment holds what happened after one cut and up to the next.
    cuts: Vec<DateTime<Utc>>,
    /// One more than there are cuts.
    choices: Vec<Option<Choice>>,
}

impl Segments {
    /// Cuts a session and chooses for each segment; `pairs` are the session's, by index.
    pub(super) fn of(session: &Session, all: &[Pair], pairs: &[usize]) -> Self {
        let cuts = cuts(session);
        let place = |at: DateTime<Utc>| cuts.partition_point(|cut| *cut < at);
        let mut found: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); cuts.len() + 1];
        for &pair in pairs {
            for (at, weight) in &all[pair].acts {
                let sum = found[place(*at)].entry(pair).or_default();
                *sum = sum.saturating_add(*weight);
            }
        }
        let mut edited = vec![false; found.len()];
        session.edits.iter().for_each(|edit| edited[place(edit.at)] = true);
        let mut choices: Vec<Option<Choice>> = found.into_iter().map(|weights| best(all, weights)).collect();
        join_context(&mut choices, &edited, &spans(session, &cuts));
        Self { cuts, choices }
    }

    /// What a record at an instant paid for.
    pub(super) fn choice(&self, at: DateTime<Utc>) -> Option<&Choice> {
        self.choices[self.cuts.partition_point(|cut| *cut < at)].as_ref()
    }

    /// The pairs that were chosen anywhere.
    pub(super) fn chosen(&self) -> impl Iterator<Item = usize> + '_ {
        self.choices.iter().flatten().flat_map(|choice| choice.shares.iter().map(|(pair, _)| *pair))
    }
}

fn cuts(session: &Session) -> Vec<DateTime<Utc>> {
    // A cut stands just before what begins with it, and right at the commit that ends what came before.
    let just_before = |at: DateTime<Utc>| at - TimeDelta::milliseconds(1);
    let mut cuts: Vec<DateTime<Utc>> = session.breaks.clone();
    cuts.extend(session.printed.iter().map(|(at, _)| *at));
    cuts.extend(session.branches.iter().skip(1).map(|(at, _)| just_before(*at)));
    let pauses = session.alive.windows(2).filter(|pair| pair[1] - pair[0] > IDLE);
    cuts.extend(pauses.map(|pair| just_before(pair[1])));
    cuts.sort();
    cuts.dedup();
    cuts
}

/// First and last sign of life in each segment.
fn spans(session: &Session, cuts: &[DateTime<Utc>]) -> Vec<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let mut spans = vec![None; cuts.len() + 1];
    for &at in &session.alive {
        let span = &mut spans[cuts.partition_point(|cut| *cut < at)];
        *span = Some(span.map_or((at, at), |(first, _)| (first, at)));
    }
    spans
}

fn best(all: &[Pair], weights: BTreeMap<usize, u64>) -> Option<Choice> {
    // A printed hash is surer than shared lines, but says nothing about how much of a segment went into its commit:
    // both stand together, and lines weigh by far the most.
    let rank = |pair: usize| all[pair].tier.max(Tier::Strong);
    let surest = weights.keys().map(|&pair| rank(pair)).min()?;
    let shares: Vec<(usize, u64)> = weights.into_iter().filter(|(pair, _)| rank(*pair) == surest).collect();
    Some(Choice { shares, context: false })
}

/// Gives segments without edits and evidence to the next that has evidence, else to the one before.
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
        let before = || (0..at).rev().find(|&other| found[other].is_some()).and_then(near);
        choices[at] = next.or_else(before);
    }
}

/// Splits an amount by weights so that the parts sum to it; ties go to the earlier part.
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

/// The session whose segments a session follows: itself when it has evidence or no parent that has.
pub(super) fn leader(
    sessions: &[Session],
    by_name: &HashMap<Name, usize>,
    has_pairs: &dyn Fn(usize) -> bool,
    at: usize,
) -> usize {
    let mut leader = at;
    // A chain of parents is short, and a circle must end.
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
