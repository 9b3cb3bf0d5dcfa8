//! Observations: one request can be logged on several lines and in several files, and is combined into one record.
//!
//! Combining is commutative and associative, so files can be read in any order and by any number of threads: the
//! earliest observation sets time, session and model, and each token bucket takes its largest value.

use super::elsewhere::{Elsewhere, Figures, Repeat};
use super::usage::{UsageRecord, estimated_tokens};

/// A record and what else was seen of it.
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
    /// Visible output per content block: hash of the block, characters.
    pub(super) visible: Vec<(u64, u32)>,
    /// The source says that the record is complete.
    pub(super) finished: bool,
}

/// The recorded output count is taken for a placeholder if the visible output is at least this many times larger …
const DOUBT_FACTOR: u64 = 2;
/// … and at least this many tokens larger. Both leave room for the ordinary variance of tokenizers (0.6 to 1.4).
const DOUBT_TOKENS: u64 = 50;

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

    /// Combines another observation of the same record into this one; what does not fit into it goes to `elsewhere`.
    pub(super) fn absorb(&mut self, mut other: Self, elsewhere: &mut Elsewhere) {
        debug_assert_eq!(self.record.id, other.record.id);
        if self.rest.finished || other.rest.finished {
            let earlier = (!other.rest.finished, other.record.origin) < (!self.rest.finished, self.record.origin);
            self.rest.finished = true;
            self.count(other, earlier, elsewhere);
            return;
        }
        if self.record.bill.revises && other.record.bill.revises {
            // A corrected row replaces the older one whole: the larger of two counts may be the wrong one.
            let newer = revision(&other.record) > revision(&self.record);
            self.count(other, newer, elsewhere);
            return;
        }
        let tokens = self.record.tokens.max(other.record.tokens);
        let billed = self.record.billed_cost.max(other.record.billed_cost);
        let reported = self.record.reported_cost.max(other.record.reported_cost);
        let bills = [&self.record.bill, &other.record.bill];
        let input_estimate = self.record.input_estimate.max(other.record.input_estimate);
        let output_estimate = self.record.output_estimate.max(other.record.output_estimate);
        let [quantity, other_quantity] = bills.map(|bill| bill.quantity_micros);
        let unit = if quantity.is_some() { bills[0].unit } else { bills[1].unit };
        elsewhere.add_visible(self.record.id, &mut self.rest.visible, std::mem::take(&mut other.rest.visible));
        let earlier = rank(&other.record) < rank(&self.record);
        self.count(other, earlier, elsewhere);
        self.record.tokens = tokens;
        self.record.input_estimate = input_estimate;
        self.record.output_estimate = output_estimate;
        self.record.billed_cost = billed;
        self.record.reported_cost = reported;
        self.record.bill.quantity_micros = quantity.max(other_quantity);
        self.record.bill.unit = unit.or(self.record.bill.unit);
    }

    /// Adds the repeats of another observation, and takes its record instead of ours if it is `better`.
    fn count(&mut self, mut other: Self, better: bool, elsewhere: &mut Elsewhere) {
        if better {
            std::mem::swap(&mut self.record, &mut other.record);
            std::mem::swap(&mut self.rest.own_repeats, &mut other.rest.own_repeats);
        }
        let (file, request) = (other.record.origin.file, other.record.request);
        let count = 1 + other.rest.own_repeats;
        if (file, request) == (self.record.origin.file, self.record.request) {
            self.rest.own_repeats += count;
        } else {
            elsewhere.add_repeat(Repeat {
                id: self.record.id,
                file,
                request,
                count,
                figures: Figures::of(&other.record),
            });
        }
    }

    /// Repeats in the record's own file under its own request.
    #[must_use]
    pub fn own_repeats(&self) -> u64 {
        self.rest.own_repeats
    }

    /// The record, with an output estimate if the recorded count is a placeholder.
    #[must_use]
    pub fn into_record(mut self) -> UsageRecord {
        let chars: u64 = self.rest.visible.iter().map(|(_, chars)| u64::from(*chars)).sum();
        let estimate = estimated_tokens(chars);
        if let Some(recorded) = self.record.tokens.output
            && estimate >= recorded.saturating_mul(DOUBT_FACTOR)
            && estimate >= recorded.saturating_add(DOUBT_TOKENS)
        {
            self.record.output_estimate = Some(estimate);
        }
        self.record
    }
}

/// Earliest first; at one instant the main thread before a sidechain, a log before one that repeats it, then input order.
fn rank(record: &UsageRecord) -> impl Ord + use<> {
    (record.charge_period_start, record.subagent, record.is_history, record.origin)
}

/// Orders the states of a row that its vendor revises, newest last.
fn revision(record: &UsageRecord) -> impl Ord + use<> {
    (record.bill.revised_at, record.origin)
}
