//! Turns → avoidable spend of sessions: overlays over the spend, which are never added to it, and possible savings.
//!
//! - In: the turns of sessions, the records, the price book. Out: [`Waste`]: the records of each kind, with dollars.
//! - A kind is one file here and one line in [`KINDS`]. Several kinds may find the same dollar; [`savings`] takes each
//!   kind from what the ones before left, so that no dollar is saved twice.
//! - Dollars of an overlay are differences at list price, and never more than the cost of the record.

mod api;
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

/// Every kind, in the order in which savings are computed.
pub static KINDS: &[&dyn Kind] = &[
    &failed_requests::FailedRequests,
    &retry_loops::RetryLoops,
    &endless_tries::EndlessTries,
    &resent_prompts::ResentPrompts,
    &cache_misses::IDLE,
    &cache_misses::CHANGED,
    &large_results::LargeResults,
    &context::LargeContext,
    &overpowered::Overpowered,
    &unattended::Unattended,
    &api::UncachedPrompts,
    &api::SmallAnswers,
    &api::NoBatch,
];

/// How certain it is that the money can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Another setting or habit avoids it.
    Likely,
    /// At most this; logs do not show how much.
    UpperBound,
    /// Worth a look, but not a saving by itself.
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

    /// The words of the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::UpperBound => "a ceiling",
            Self::Look => "no claim",
        }
    }
}

/// A kind of avoidable spend.
pub trait Kind: Sync {
    /// Stable kebab-case id.
    fn id(&self) -> &'static str;
    /// Short code, such as `W13`.
    fn code(&self) -> &'static str;
    /// Display name.
    fn name(&self) -> &'static str;
    /// The rule in words; printed by `explain`.
    fn about(&self) -> &'static str;
    /// What to do about it, as an imperative of at most eight words.
    fn advice(&self) -> &'static str;
    /// How to do it.
    fn action(&self) -> &'static str;
    /// Who has to act.
    fn who(&self) -> &'static str {
        "developers"
    }
    /// How certain the saving is.
    fn confidence(&self) -> Confidence;
    /// The percentage of its dollars that can be saved, at least and at most.
    fn range(&self) -> (u32, u32);
    /// Adds the records that it finds, with their dollars.
    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>);
}

/// The input of the kinds.
pub struct WasteContext<'a> {
    /// The sessions.
    pub turns: &'a Turns<'a>,
    /// The records that turns name.
    pub records: &'a [Spent],
    /// The texts of names.
    pub names: &'a Names,
    /// Types of work, to compare sessions of one type.
    pub work_types: &'a WorkTypes,
    prices: Prices<'a>,
}

impl<'a> WasteContext<'a> {
    /// Puts the input together.
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

    /// The requests of a session's own conversation, without subagents, in order of time.
    fn conversation(&self, session: usize) -> Vec<usize> {
        let all = self.turns.sessions[session].turns.iter().flat_map(|turn| turn.records.iter().copied());
        all.filter(|&at| !self.records[at].subagent && self.records[at].parent_session.is_none()).collect()
    }
}

/// The records that one kind found.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// Index of the kind in [`KINDS`].
    pub kind: usize,
    /// Records in order, each once, with more than zero dollars.
    pub records: Vec<(usize, Money)>,
}

/// All overlays, in the order of [`KINDS`].
#[derive(Debug, Clone, Default)]
pub struct Waste {
    /// One per kind.
    pub overlays: Vec<Overlay>,
}

/// Records of one session that an overlay found close together.
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
    /// Index of the record with the most dollars.
    pub largest: usize,
}

/// A longer pause separates findings.
const APART: TimeDelta = TimeDelta::hours(1);

impl Waste {
    /// Finds the records of every kind.
    #[must_use]
    pub fn find(context: &WasteContext<'_>) -> Self {
        let overlay = |(at, kind): (usize, &&dyn Kind)| {
            let mut found = Vec::new();
            kind.find(context, &mut found);
            let mut sums: BTreeMap<usize, Money> = BTreeMap::new();
            for (record, cost) in found {
                *sums.entry(record).or_default() += cost;
            }
            let max = |record: usize| context.records[record].cost.unwrap_or_default();
            let records = sums.into_iter().map(|(record, cost)| (record, cost.min(max(record))));
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

    /// Its `max` largest findings in a period.
    #[must_use]
    pub fn findings<'a>(&self, records: &[Spent], names: &'a Names, period: &Period, max: usize) -> Vec<Finding<'a>> {
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
        found.truncate(max);
        found
    }
}

#[cfg(test)]
mod tests;
