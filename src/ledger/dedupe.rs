//! Observations → records in a stable order, and counts of repeats per file.

use crate::model::observations::Observations;
use crate::model::usage::UsageRecord;
use crate::sources::FileReport;

/// Resolves the records to keep, and sets `kept`, `duplicate`, `replayed` and the span of each file.
///
/// Records are ordered by time, then id. Ids are unique, so the order does not depend on how the files were read.
pub(super) fn resolve(mut usage: Observations, files: &mut [FileReport]) -> Vec<UsageRecord> {
    let mut records = Vec::with_capacity(usage.len());
    for (repeat, is_replay) in usage.take_repeats() {
        let counts = &mut files[repeat.file.0 as usize].counts;
        *(if is_replay { &mut counts.replayed } else { &mut counts.duplicate }) += repeat.count;
    }
    for observation in usage.into_all() {
        let own_repeats = observation.own_repeats();
        let record = observation.into_record();
        let file = &mut files[record.origin.file.0 as usize];
        file.counts.duplicate += own_repeats;
        file.counts.kept += 1;
        let at = record.charge_period_start;
        file.first = Some(file.first.map_or(at, |first| first.min(at)));
        file.last = Some(file.last.map_or(at, |last| last.max(at)));
        records.push(record);
    }
    records.sort_unstable_by_key(|record| (record.charge_period_start, record.id));
    records
}
