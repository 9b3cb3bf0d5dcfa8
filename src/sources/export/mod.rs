//! What the exports of vendors, gateways and clouds share: rows of cells and JSON pages, amounts, instants, row keys.
//!
//! An export's format is one static [`sheet::Sheet`] or [`page::Page`]: the columns or keys that it is known by, its
//! text, and a function from a row to a record.

pub(super) mod amount;
pub(super) mod gemini_counts;
pub(super) mod instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::Batch;
use crate::diagnostics::Severity;
use crate::model::bill::{Authority, Bill};
use crate::model::origin::Origin;
use crate::model::usage::{Grain, IdMap, RecordId, UsageRecord};
use crate::model::value_fact::ValueFact;

/// Why a row is rejected: kind and message.
pub(super) type Rejection = (&'static str, &'static str);

pub(super) const NO_TIME: Rejection = ("no-timestamp", "a record has no timestamp, so it belongs to no day");
pub(super) const BAD_COUNT: Rejection = ("bad-count", "a token count is negative, fractional or out of range");
pub(super) const BAD_AMOUNT: Rejection = ("bad-amount", "an amount of money is no plain decimal number of dollars");
pub(super) const NOT_USD: Rejection = ("bad-amount", "an amount is not in USD; no rate is known to change it");

/// A record that tells nothing yet but what it is; a vendor may revise it.
pub(super) fn blank(source: &'static str, authority: Authority, at: Origin, start: DateTime<Utc>) -> UsageRecord {
    let bill = Bill { authority, revises: true, ..Bill::default() };
    UsageRecord { bill, ..UsageRecord::blank(source, at, start) }
}

/// A record of a whole UTC day.
pub(super) fn day(source: &'static str, authority: Authority, at: Origin, start: DateTime<Utc>) -> UsageRecord {
    let charge_period_end = start.checked_add_signed(TimeDelta::days(1));
    UsageRecord { grain: Grain::Day, charge_period_end, ..blank(source, authority, at, start) }
}

/// The grain of a bucket from `start` to `end`.
pub(super) fn bucket(record: &mut UsageRecord, end: Option<DateTime<Utc>>) {
    let seconds = end.map_or(86_400, |end| (end - record.charge_period_start).num_seconds());
    record.charge_period_end = end.or(record.charge_period_start.checked_add_signed(TimeDelta::days(1)));
    record.grain = match seconds {
        ..=60 => Grain::Minute,
        61..=3_600 => Grain::Hour,
        3_601..=86_400 => Grain::Day,
        _ => Grain::Period,
    };
}

/// A fact of the value side that tells nothing yet.
pub(super) fn fact(source: &'static str, key: &[&str], at: Origin, when: DateTime<Utc>) -> ValueFact {
    ValueFact {
        id: RecordId::of_each(std::iter::once(source).chain(key.iter().copied())),
        origin: at,
        source,
        at: when,
        user: None,
        repository: None,
        commit: None,
        lines_added: None,
        lines_removed: None,
        ai_lines_tab: None,
        ai_lines_agent: None,
        non_ai_lines: None,
        sessions: None,
        commits: None,
        pull_requests: None,
        accepts: None,
        rejects: None,
    }
}

/// Cuts reasoning that is more than the output, which includes it, to fit.
pub(super) fn fit(record: &mut UsageRecord, out: &mut Batch) {
    if record.tokens.output.is_some() && record.tokens.reasoning > record.tokens.output {
        record.tokens.reasoning = record.tokens.output;
        let message = "cached input or reasoning is larger than the figure that includes it; the part was cut to fit";
        out.notice(Severity::Warning, "part-over-total", message, record.origin.line);
    }
}

/// Tells rows with one key in one file apart: a vendor that splits by a column it does not show writes equal keys.
#[derive(Default)]
pub(super) struct Keys(IdMap<u64>);

impl Keys {
    /// Adds a record under the key of its row.
    pub(super) fn add(&mut self, record: &mut UsageRecord, id: RecordId, out: &mut Batch) {
        record.id = id;
        fit(record, out);
        self.add_apart(record, out);
    }

    /// Adds a record whose row names itself: where it stands in the file again, it is the same.
    pub(super) fn add_named(record: &mut UsageRecord, id: RecordId, out: &mut Batch) {
        record.id = id;
        fit(record, out);
        out.counts.records_read += 1;
        out.usage.add_record(record);
    }

    /// Adds a record with an id; one whose id stood in the file before is known by it and by how often it did.
    pub(super) fn add_apart(&mut self, record: &mut UsageRecord, out: &mut Batch) {
        out.counts.records_read += 1;
        // A batch holds one file, so whoever has the id already stood in it.
        if !out.usage.add_new(record) {
            let ordinal = self.0.entry(record.id).and_modify(|seen| *seen += 1).or_insert(1);
            record.id = record.id.again(*ordinal);
            out.usage.add_record(record);
        }
    }
}
