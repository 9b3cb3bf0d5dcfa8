//! Observations → records in a stable order, and counts of repeats per file.

use std::collections::BTreeMap;

use super::copies::{self, Copies};
use crate::diagnostics::{Diagnostics, Severity};
use crate::model::elsewhere::Figures;
use crate::model::money::Money;
use crate::model::observations::Observations;
use crate::model::origin::FileId;
use crate::model::usage::UsageRecord;
use crate::sources::FileReport;

/// Resolves the records to keep, and sets `kept`, `duplicate`, `replayed` and the span of each file.
///
/// Records are ordered by time, then id. Ids are unique, so the order does not depend on how the files were read.
///
/// Rows of a file that others replaced with other figures are reported.
pub(super) fn resolve(
    mut usage: Observations,
    files: &mut [FileReport],
    diagnostics: &mut Diagnostics,
) -> Vec<UsageRecord> {
    let mut replaced: Replaced = BTreeMap::new();
    let mut records = Vec::with_capacity(usage.len());
    for (repeat, is_replay, by) in usage.take_repeats() {
        if let Some(by) = by {
            let sum = replaced.entry((repeat.file, by.file)).or_default();
            sum.0 += 1;
            sum.1.add(repeat.figures);
            sum.2.add(by.figures);
        }
        let counts = &mut files[repeat.file.0 as usize].counts;
        *(if is_replay { &mut counts.replayed } else { &mut counts.duplicate }) += repeat.count;
    }
    for observation in usage.into_all() {
        let own_repeats = observation.own_repeats();
        let record = observation.into_record();
        files[record.origin.file.0 as usize].counts.duplicate += own_repeats;
        count_kept(&record, files);
        records.push(record);
    }
    records.sort_unstable_by_key(|record| (record.charge_period_start, record.id));
    report(&replaced, files, diagnostics);
    let found = copies::find(&records);
    report_copies(&found, &records, files, diagnostics);
    if !found.copied.is_empty() {
        set_aside(&mut records, &found.copied, files);
    }
    records
}

/// By the older and the newer file: how many rows were replaced, and their figures before and after.
type Replaced = BTreeMap<(FileId, FileId), (u64, Sum, Sum)>;

/// Sums of figures.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    nanos: i128,
    tokens: u128,
}

impl Sum {
    fn add(&mut self, figures: Figures) {
        self.nanos += i128::from(figures.nanos);
        self.tokens += u128::from(figures.tokens);
    }
}

/// Reports rows that were replaced by rows with other figures.
fn report(replaced: &Replaced, files: &[FileReport], diagnostics: &mut Diagnostics) {
    let path = |file: &FileId| files.get(file.0 as usize).map_or("", |file| file.path.as_str());
    for ((old, new), (rows, before, after)) in replaced {
        let change = if before.nanos == after.nanos {
            format!("{} tokens became {}", before.tokens, after.tokens)
        } else {
            format!("${} became ${}", Money::from_nanos(before.nanos), Money::from_nanos(after.nanos))
        };
        diagnostics.add(
            Severity::Warning,
            "replaced-rows",
            "two files hold the same rows with different figures, and the newer one counts; if they are two accounts or months \
             that the rows do not name, sums are too low: read them apart",
            format_args!("{} of {} replaced by {}: {change}", rows_of(*rows), path(old), path(new)),
        );
    }
}

fn rows_of(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// Counts a kept record in its file.
fn count_kept(record: &UsageRecord, files: &mut [FileReport]) {
    let file = &mut files[record.origin.file.0 as usize];
    file.counts.kept += 1;
    let at = record.charge_period_start;
    file.first = Some(file.first.map_or(at, |first| first.min(at)));
    file.last = Some(file.last.map_or(at, |last| last.max(at)));
}

/// Sets copied records aside as replayed.
fn set_aside(records: &mut Vec<UsageRecord>, copied: &[usize], files: &mut [FileReport]) {
    for at in copied {
        files[records[*at].origin.file.0 as usize].counts.replayed += 1;
    }
    let (mut at, mut copied) = (0, copied.iter().peekable());
    records.retain(|_| {
        at += 1;
        copied.next_if(|next| **next == at - 1).is_none()
    });
    // The spans are those of what is left.
    for file in &mut *files {
        (file.counts.kept, file.first, file.last) = (0, None, None);
    }
    records.iter().for_each(|record| count_kept(record, files));
}

fn report_copies(found: &Copies, records: &[UsageRecord], files: &[FileReport], diagnostics: &mut Diagnostics) {
    let mut note = |severity: Severity, kind: &'static str, message: &str, all: &[usize]| {
        let Some(first) = all.iter().map(|at| records[*at].origin).min() else { return };
        let place = format!("{}:{}", files[first.file.0 as usize].path, first.line);
        diagnostics.add_many(severity, kind, message, all.len() as u64, Some(place));
    };
    let message =
        "a forked or copied session repeats another one's history; that spend belongs to the log that had it first";
    note(Severity::Note, "replayed-history", message, &found.copied);
    let message = "a forked session repeats the history of a session that was not read; it is counted once, at the time of the copy";
    note(Severity::Warning, "history-without-parent", message, &found.orphans);
}
