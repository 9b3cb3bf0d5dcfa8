//! Adds records under their keys.

use crate::diagnostics::Severity;
use crate::model::usage::{IdMap, RecordId, UsageRecord};
use crate::sources::Batch;

/// Adds the records of one file, and numbers those with equal keys: a vendor that splits rows by a column it does not
/// export writes equal keys.
#[derive(Default)]
pub(in crate::sources) struct Keys(IdMap<u64>);

impl Keys {
    /// Adds a record under the key of its row.
    pub(in crate::sources) fn add(&mut self, record: &mut UsageRecord, id: RecordId, out: &mut Batch) {
        // Parts of one export never replace each other's rows.
        record.id = out.version.part.map_or(id, |part| id.again(part));
        if record.bill.revises && record.bill.revised_at.is_none() {
            record.bill.revised_at = out.version.exported;
        }
        limit_reasoning(record, out);
        self.add_with_ordinal(record, out);
    }

    /// Adds a record that counts only if nothing reports the usage `unless`, in this file or in another one.
    pub(in crate::sources) fn add_unless(
        &mut self,
        record: &mut UsageRecord,
        id: RecordId,
        unless: RecordId,
        out: &mut Batch,
    ) {
        let before = self.0.entry(id).and_modify(|seen| *seen += 1).or_insert(0);
        record.id = if *before == 0 { id } else { id.again(*before) };
        out.counts.records_read += 1;
        out.pending.defer(unless, record);
    }

    /// Adds a record whose row names itself: a second row with the same id is the same record.
    pub(in crate::sources) fn add_named(record: &mut UsageRecord, id: RecordId, out: &mut Batch) {
        record.id = id;
        limit_reasoning(record, out);
        out.counts.records_read += 1;
        out.usage.add_record(record);
    }

    /// Adds a record with an id; if the file had that id before, a number is added to it.
    pub(in crate::sources) fn add_with_ordinal(&mut self, record: &mut UsageRecord, out: &mut Batch) {
        out.counts.records_read += 1;
        // A batch holds one file, so an id that is known comes from the same file.
        if !out.usage.add_new(record) {
            let ordinal = self.0.entry(record.id).and_modify(|seen| *seen += 1).or_insert(1);
            record.id = record.id.again(*ordinal);
            out.usage.add_record(record);
        }
    }
}

/// Reasoning is a part of the output: where it is larger, it is cut to fit.
pub(in crate::sources) fn limit_reasoning(record: &mut UsageRecord, out: &mut Batch) {
    if record.tokens.output.is_some() && record.tokens.reasoning > record.tokens.output {
        record.tokens.reasoning = record.tokens.output;
        let message = "cached input or reasoning is larger than the figure that includes it; the part was cut to fit";
        out.notice(Severity::Warning, "part-over-total", message, record.origin.line);
    }
}
