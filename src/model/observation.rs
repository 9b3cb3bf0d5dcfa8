//! Observations: one request can be logged on several lines and in several files, and is combined into one record.
//!
//! Combining is commutative and associative, so files can be read in any order and by any number of threads: the
//! earliest observation sets time, session and model, and each token bucket takes its largest value.

use super::bill::Authority;
use super::origin::FileId;
use super::usage::UsageRecord;

/// How often one file logged a record under one provider request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) file: FileId,
    pub(super) request: Option<u64>,
    pub(super) count: u64,
    /// The figures of a row that its vendor revises, to say what replaced them.
    pub(super) figures: Figures,
}

/// What a row amounts to: money in nano-dollars, all tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Figures {
    /// The amount, billed or reported, in nano-dollars.
    pub nanos: i64,
    /// All tokens.
    pub tokens: u64,
}

impl Figures {
    /// The figures of a record.
    #[must_use]
    pub fn of(record: &UsageRecord) -> Self {
        let money = record.billed_cost.or(record.reported_cost).or(record.bill.gross_cost);
        let nanos = money.and_then(|money| i64::try_from(money.nanos()).ok()).unwrap_or(0);
        Self { nanos, tokens: record.tokens.total() }
    }
}

/// A record and where else it was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The earliest observation, with the largest count per bucket.
    pub record: UsageRecord,
    pub(super) rest: Rest,
}

/// What else is known of a record; for most records, nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rest {
    /// Repeats in the record's own file under its own request.
    pub(super) own_repeats: u64,
    /// Repeats under other requests or in other files. Mostly empty, and then nothing is allocated.
    pub(super) others: Vec<Repeat>,
    /// Visible output per content block: hash of the block, characters.
    pub(super) visible: Vec<(u64, u32)>,
    /// The source says that the record is complete.
    pub(super) finished: bool,
}

/// The recorded output count is taken for a placeholder if the visible output is at least this many times larger …
const DOUBT_FACTOR: u64 = 2;
/// … and at least this many tokens larger. Both leave room for the ordinary variance of tokenizers (0.6 to 1.4).
const DOUBT_TOKENS: u64 = 50;
/// Characters per token in the estimate. It is coarse, and called an estimate wherever it is shown.
const CHARS_PER_TOKEN: u64 = 4;

impl Observation {
    /// The first observation of a record; `visible` holds a hash and a character count per visible content block.
    #[must_use]
    pub fn new(record: UsageRecord, visible: Vec<(u64, u32)>) -> Self {
        Self { record, rest: Rest { visible, ..Rest::default() } }
    }

    /// Marks the record as complete: of several copies the first in input order wins.
    #[must_use]
    pub fn finished(mut self) -> Self {
        self.rest.finished = true;
        self
    }

    /// Combines another observation of the same record into this one.
    pub fn absorb(&mut self, mut other: Self) {
        debug_assert_eq!(self.record.id, other.record.id);
        if self.rest.finished || other.rest.finished {
            let earlier = (!other.rest.finished, other.record.origin) < (!self.rest.finished, self.record.origin);
            self.rest.finished = true;
            self.count(other, earlier);
            return;
        }
        if self.record.bill.revises && other.record.bill.revises {
            // A corrected row replaces the older one whole: the larger of two counts may be the wrong one.
            let newer = revision(&other.record) > revision(&self.record);
            self.count(other, newer);
            return;
        }
        let tokens = self.record.tokens.max(other.record.tokens);
        let billed = self.record.billed_cost.max(other.record.billed_cost);
        let reported = self.record.reported_cost.max(other.record.reported_cost);
        for (hash, chars) in std::mem::take(&mut other.rest.visible) {
            if !self.rest.visible.iter().any(|(ours, _)| *ours == hash) {
                self.rest.visible.push((hash, chars));
            }
        }
        let earlier = rank(&other.record) < rank(&self.record);
        self.count(other, earlier);
        self.record.tokens = tokens;
        self.record.billed_cost = billed;
        self.record.reported_cost = reported;
    }

    /// Adds the repeats of another observation, and takes its record instead of ours if it is `better`.
    fn count(&mut self, mut other: Self, better: bool) {
        if better {
            std::mem::swap(&mut self.record, &mut other.record);
            std::mem::swap(&mut self.rest.own_repeats, &mut other.rest.own_repeats);
        }
        let (file, request) = (other.record.origin.file, other.record.request);
        let figures = if other.record.bill.revises { Figures::of(&other.record) } else { Figures::default() };
        let repeat = std::iter::once(Repeat { file, request, count: 1 + other.rest.own_repeats, figures });
        let Rest { own_repeats, others, .. } = &mut self.rest;
        for repeat in repeat.chain(other.rest.others).chain(std::mem::take(others)) {
            if (repeat.file, repeat.request) == (self.record.origin.file, self.record.request) {
                *own_repeats += repeat.count;
                continue;
            }
            match others.iter_mut().find(|known| (known.file, known.request) == (repeat.file, repeat.request)) {
                Some(known) => {
                    known.count += repeat.count;
                    known.figures = known.figures.max(repeat.figures);
                }
                None => others.push(repeat),
            }
        }
    }

    /// Repeats of the kept record per file: `(file, duplicate, replayed)`.
    ///
    /// A replay has another request id than the kept record; everything else is a duplicate.
    pub fn repeats(&self) -> impl Iterator<Item = (FileId, u64, u64)> + '_ {
        let request = self.record.request;
        let others = self.rest.others.iter().map(move |repeat| {
            let replay = repeat.request.is_some() && request.is_some() && repeat.request != request;
            if replay { (repeat.file, 0, repeat.count) } else { (repeat.file, repeat.count, 0) }
        });
        std::iter::once((self.record.origin.file, self.rest.own_repeats, 0)).chain(others)
    }

    /// The figures of rows in other files that this vendor's row replaces, if they are others.
    pub fn replaced(&self) -> impl Iterator<Item = (FileId, Figures)> + '_ {
        let own = Figures::of(&self.record);
        let is_vendor = self.record.bill.revises && self.record.bill.authority >= Authority::Gateway;
        let file = self.record.origin.file;
        let others = self.rest.others.iter().filter(move |repeat| is_vendor && repeat.file != file);
        others.filter(move |repeat| repeat.figures != own).map(|repeat| (repeat.file, repeat.figures))
    }

    /// The record, with an output estimate if the recorded count is a placeholder.
    #[must_use]
    pub fn into_record(mut self) -> UsageRecord {
        let chars: u64 = self.rest.visible.iter().map(|(_, chars)| u64::from(*chars)).sum();
        let estimate = chars / CHARS_PER_TOKEN;
        if let Some(recorded) = self.record.tokens.output
            && estimate >= recorded.saturating_mul(DOUBT_FACTOR)
            && estimate >= recorded.saturating_add(DOUBT_TOKENS)
        {
            self.record.output_estimate = Some(estimate);
        }
        self.record
    }
}

/// Earliest first; at one instant the main thread before a sidechain, then input order.
fn rank(record: &UsageRecord) -> impl Ord + use<> {
    (record.charge_period_start, record.subagent, record.origin)
}

/// Orders the states of a row that its vendor revises, newest last.
fn revision(record: &UsageRecord) -> impl Ord + use<> {
    (record.bill.revised_at, record.origin)
}
