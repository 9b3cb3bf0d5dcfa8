//! Turns → avoidable spend of sessions: overlays that lie over the bar and are never added to it, and what could be saved.
//!
//! - In: the turns of sessions, the records, the price book. Out: [`Waste`]: per kind the records it lies on, with dollars.
//! - A kind is one file here and one line in [`KINDS`]. Kinds may lie on the same dollar; [`savings`] takes them one after the
//!   other from what is left, so that no dollar is saved twice.
//! - Dollars of an overlay are differences at list price, never more than the record cost.
//! - Source: METRICS W10, W12 to W14, W18 and F1 to F5; OFFTASK section 6.

mod cache_misses;
mod context;
mod endless_tries;
mod failed_requests;
mod large_results;
mod overpowered;
mod prices;
mod resent_prompts;
mod retry_loops;
pub mod savings;
mod unattended;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::period::Period;
use crate::pricing::PriceBook;
use crate::sessions::turns::Turns;
use crate::sessions::work_types::WorkTypes;
use prices::Prices;

/// Every kind, in the order in which savings are taken.
pub static KINDS: &[&dyn Kind] = &[
    &failed_requests::FailedRequests,
    &retry_loops::RetryLoops,
    &endless_tries::EndlessTries,
    &resent_prompts::ResentPrompts,
    &cache_misses::IDLE,
    &cache_misses::CHANGED,
    &large_results::LargeResults,
    &context::Context,
    &overpowered::Overpowered,
    &unattended::Unattended,
];

/// How sure it is that the money can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Another setting or habit avoids it.
    Likely,
    /// No more than this; how much of it nobody can tell from logs.
    UpperBound,
    /// Worth a look, and no saving by itself.
    Look,
}

impl Confidence {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::UpperBound => "upper_bound",
            Self::Look => "look",
        }
    }
}

/// A kind of avoidable spend.
pub trait Kind: Sync {
    /// Stable kebab-case id.
    fn id(&self) -> &'static str;
    /// The section of the definitions, such as `W13`.
    fn code(&self) -> &'static str;
    /// What people call it.
    fn name(&self) -> &'static str;
    /// The rule in words: what `explain` prints.
    fn about(&self) -> &'static str;
    /// What to do about it.
    fn action(&self) -> &'static str;
    /// How sure.
    fn confidence(&self) -> Confidence;
    /// Of its dollars the share that can be saved, at least and at most, in percent.
    fn range(&self) -> (u32, u32);
    /// Adds what it finds: records with their dollars.
    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>);
}

/// What kinds look at.
pub struct Case<'a> {
    /// The sessions.
    pub turns: &'a Turns<'a>,
    /// The records that turns name.
    pub records: &'a [Spent],
    /// The texts of names.
    pub names: &'a Names,
    /// Types of work, for what is usual in one.
    pub work_types: &'a WorkTypes,
    prices: Prices<'a>,
}

impl<'a> Case<'a> {
    /// Prepares a look.
    #[must_use]
    pub fn new(
        turns: &'a Turns<'a>,
        records: &'a [Spent],
        names: &'a Names,
        work_types: &'a WorkTypes,
        book: &'a PriceBook,
    ) -> Self {
        Self { turns, records, names, work_types, prices: Prices::new(book, names) }
    }

    /// The requests of a session's own conversation, subagents aside, in order of time.
    fn chain(&self, session: usize) -> Vec<usize> {
        let all = self.turns.sessions[session].turns.iter().flat_map(|turn| turn.records.iter().copied());
        all.filter(|&at| !self.records[at].subagent && self.records[at].parent_session.is_none()).collect()
    }
}

/// What one kind lies on.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// The kind, by its place in [`KINDS`].
    pub kind: usize,
    /// Records in order, each once, with dollars above zero.
    pub records: Vec<(usize, Money)>,
}

/// All overlays, in the order of [`KINDS`].
#[derive(Debug, Clone, Default)]
pub struct Waste {
    /// One a kind.
    pub overlays: Vec<Overlay>,
}

/// A stretch of one session that an overlay lies on.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The session.
    pub session: &'a str,
    /// First request.
    pub from: DateTime<Utc>,
    /// Last request.
    pub to: DateTime<Utc>,
    /// Its dollars.
    pub cost: Money,
    /// Requests.
    pub requests: usize,
    /// Index of the record with the most of it.
    pub largest: usize,
}

/// A pause that parts findings.
const APART: TimeDelta = TimeDelta::hours(1);

impl Waste {
    /// Looks for every kind.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let overlay = |(at, kind): (usize, &&dyn Kind)| {
            let mut found = Vec::new();
            kind.find(case, &mut found);
            let mut sums: BTreeMap<usize, Money> = BTreeMap::new();
            for (record, cost) in found {
                *sums.entry(record).or_default() += cost;
            }
            let most = |record: usize| case.records[record].cost.unwrap_or_default();
            let records = sums.into_iter().map(|(record, cost)| (record, cost.min(most(record))));
            Overlay { kind: at, records: records.filter(|(_, cost)| *cost > Money::ZERO).collect() }
        };
        Self { overlays: KINDS.iter().enumerate().map(overlay).collect() }
    }
}

impl Overlay {
    /// Dollars, requests and sessions of a period.
    #[must_use]
    pub fn within(&self, records: &[Spent], period: &Period) -> (Money, u64, u64) {
        let inside = || self.records.iter().filter(|(at, _)| period.contains(records[*at].at));
        let sessions: BTreeSet<_> = inside().map(|(at, _)| records[*at].session.map(|name| name.code())).collect();
        (inside().map(|(_, cost)| *cost).sum(), inside().count() as u64, sessions.len() as u64)
    }

    /// Its largest stretches in a period.
    #[must_use]
    pub fn findings<'a>(&self, records: &[Spent], names: &'a Names, period: &Period, most: usize) -> Vec<Finding<'a>> {
        let mut by_session: BTreeMap<&str, Vec<(usize, Money)>> = BTreeMap::new();
        for &(at, cost) in self.records.iter().filter(|(at, _)| period.contains(records[*at].at)) {
            by_session.entry(names.text_of(records[at].session).unwrap_or("")).or_default().push((at, cost));
        }
        let mut found = Vec::new();
        for (session, mut parts) in by_session {
            parts.sort_by_key(|(at, _)| records[*at].at);
            for stretch in parts.chunk_by(|a, b| records[b.0].at - records[a.0].at <= APART) {
                let largest =
                    stretch.iter().max_by_key(|(at, cost)| (*cost, std::cmp::Reverse(*at))).map(|(at, _)| *at);
                let (Some(first), Some(last), Some(largest)) = (stretch.first(), stretch.last(), largest) else {
                    continue;
                };
                found.push(Finding {
                    session,
                    from: records[first.0].at,
                    to: records[last.0].at,
                    cost: stretch.iter().map(|(_, cost)| *cost).sum(),
                    requests: stretch.len(),
                    largest,
                });
            }
        }
        found.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| (a.session, a.from).cmp(&(b.session, b.from))));
        found.truncate(most);
        found
    }
}
