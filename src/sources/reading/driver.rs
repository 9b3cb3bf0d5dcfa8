//! Input files → everything that was read of them, side by side on all threads.
//!
//! - In: the files to read and the [`ReadOptions`]. Out: one [`Reading`].
//! - Refuses: nothing; a file that cannot be read is counted as failed and the rest is read.
//!
//! Every step of the merge is order-free ([`crate::model::observation`]) or done in input order, so the result does not depend
//! on the number of threads.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::diagnostics::{Diagnostics, Severity, UNREAD_FILE};
use crate::model::activity::Activity;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::observations::Observations;
use crate::model::origin::FileId;
use crate::model::pending::Pending;
use crate::model::session_folders::SessionFolders;
use crate::model::value_fact::ValueFacts;
use crate::sources::figures::findings::{AllFindings, Findings, FormatTotal};
use crate::sources::reading::file::{FileReader, FileReport, ReadFile};
use crate::sources::reading::inputs::InputFile;
use crate::sources::reading::options::ReadOptions;
use crate::sources::reading::remarks::{UNRECOGNISED, unrecognised};
use crate::sources::reading::versions;
use crate::sources::rejection::{REPORTED_TWICE, UNDATED};
use crate::sources::{Batch, RecordCounts};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The texts that records point to.
    pub names: Names,
    /// Distinct records with their observations.
    pub usage: Observations,
    /// What vendors count on the value side.
    pub values: ValueFacts,
    /// What sessions did, when asked for.
    pub activity: Activity,
    /// Folders of sessions whose records name none.
    pub folders: SessionFolders,
    /// One report per input, in input order; the ledger fills in `kept`, `duplicate` and `replayed`.
    pub files: Vec<FileReport>,
    /// What was noticed, in input order.
    pub diagnostics: Diagnostics,
    /// Inputs that could not be read, were named and not recognised, or gave nothing although they were recognised.
    pub failed: u64,
    /// Inputs that say themselves that they hold nothing.
    pub empty: u64,
}

impl Reading {
    /// Whether no input is in a known format.
    #[must_use]
    pub fn has_nothing(&self) -> bool {
        self.empty == 0 && self.files.iter().all(|file| file.format.is_none())
    }
}

/// Reads all inputs on the current rayon pool.
///
/// `progress` is called with the bytes read so far.
#[must_use]
pub fn read(inputs: &[InputFile], options: &ReadOptions, progress: &(dyn Fn(u64) + Sync)) -> Reading {
    let merged = Mutex::new(Merged::default());
    let done = AtomicU64::new(0);
    let count = |bytes: u64| progress(done.fetch_add(bytes, Ordering::Relaxed) + bytes);
    let mut results = read_round(inputs, 0, options, &merged, &count);
    // The files of archives come after all others, and the files of archives in archives after those.
    let mut parents: Vec<usize> = Vec::new();
    let mut round = 0..results.len();
    while !round.is_empty() {
        let mut members = Vec::new();
        for at in round.clone() {
            for member in results[at].members.iter_mut().flat_map(std::mem::take) {
                parents.push(at);
                members.push(member);
            }
        }
        let first = results.len();
        results.extend(read_round(&members, first, options, &merged, &|_| ()));
        round = first..results.len();
    }
    note_unrecognised_archives(&mut results, inputs, &parents);
    let Merged { names, mut usage, pending, values, activity, folders } =
        merged.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (kind, message) = REPORTED_TWICE;
    let set_aside = pending.finish(&mut usage);
    for (file, count) in set_aside.repeats {
        results[file.0 as usize].report.counts.duplicate += count;
    }
    for record in set_aside.records {
        let at = record.origin;
        let FileResult { report, diagnostics, .. } = &mut results[at.file.0 as usize];
        report.counts.duplicate += 1;
        diagnostics.add(Severity::Note, kind, message, format_args!("{}:{}", report.path, at.line));
    }
    for at in set_aside.undated {
        let FileResult { report, diagnostics, .. } = &mut results[at.file.0 as usize];
        let (kind, message) = UNDATED;
        diagnostics.add(Severity::Warning, kind, message, format_args!("{}:{}", report.path, at.line));
    }
    let mut reading = Reading { names, usage, values, activity, folders, ..Reading::default() };
    let mut found = AllFindings::default();
    for result in results {
        found.absorb(&result.report.path, result.found);
        reading.failed += u64::from(result.failed);
        reading.empty += u64::from(result.is_empty);
        reading.diagnostics.merge(result.diagnostics);
        reading.files.push(result.report);
    }
    if !found.is_empty() {
        found.report(&totals(&reading.usage), &mut reading.diagnostics);
    }
    reading
}

/// Reads files side by side; the results are in the order of the files. The first file gets the id `first`.
fn read_round(
    inputs: &[InputFile],
    first: usize,
    options: &ReadOptions,
    merged: &Mutex<Merged>,
    count: &(dyn Fn(u64) + Sync),
) -> Vec<FileResult> {
    let versions = versions::of_inputs(inputs);
    let mut queue: Vec<(usize, &InputFile)> = inputs.iter().enumerate().collect();
    // Largest first keeps the threads busy to the end.
    queue.sort_by_key(|(at, input)| (Reverse(input.bytes), *at));
    let mut results: Vec<(usize, FileResult)> = queue
        .into_par_iter()
        .with_max_len(1)
        .map(|(at, input)| {
            let file = FileId(u32::try_from(first + at).unwrap_or(u32::MAX));
            let ReadFile { mut batch, mut report, failed, is_empty, members } =
                FileReader::new(input, file, options, versions[at].clone()).read(count);
            let found = std::mem::take(&mut batch.figures.found);
            report.unread = found.unread();
            let (counts, diagnostics) = merged.lock().unwrap_or_else(PoisonError::into_inner).absorb(batch);
            report.counts = counts;
            (at, FileResult { report, diagnostics, found, failed, is_empty, members })
        })
        .collect();
    // Restores input order: a file's id is its position.
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Says of an archive that no file in it was recognised, instead of saying it of each.
fn note_unrecognised_archives(results: &mut [FileResult], inputs: &[InputFile], parents: &[usize]) {
    let first = inputs.len();
    let mut of_use: Vec<bool> = results.iter().map(|file| file.report.format.is_some() || file.is_empty).collect();
    for at in (first..results.len()).rev() {
        of_use[parents[at - first]] |= of_use[at];
    }
    for at in (first..results.len()).rev() {
        if !of_use[parents[at - first]] {
            results[at].diagnostics.remove("unrecognised-file");
        }
    }
    for (at, input) in inputs.iter().enumerate() {
        let result = &mut results[at];
        if of_use[at] || result.members.is_none() || result.diagnostics.count(UNREAD_FILE) > 0 {
            continue;
        }
        let (severity, kind) = unrecognised(input.named, false);
        result.failed |= input.named;
        let place = format_args!("{} (an archive without one)", input.display_name);
        result.diagnostics.add(severity, kind, UNRECOGNISED, place);
    }
}

/// The tokens and the money that were read, by format.
fn totals(usage: &Observations) -> BTreeMap<&'static str, FormatTotal> {
    let mut totals: BTreeMap<&'static str, FormatTotal> = BTreeMap::new();
    usage.each_record(|record| {
        let total = totals.entry(record.source).or_default();
        total.tokens += record.tokens.total();
        total.money += record.billed_cost.or(record.reported_cost).unwrap_or(Money::ZERO);
    });
    totals
}

/// What is left of a file once its records are merged.
struct FileResult {
    report: FileReport,
    diagnostics: Diagnostics,
    found: Findings,
    failed: bool,
    is_empty: bool,
    /// The files in it, if it is an archive; taken when they are read.
    members: Option<Vec<InputFile>>,
}

/// What all files read so far gave together.
#[derive(Default)]
struct Merged {
    names: Names,
    usage: Observations,
    pending: Pending,
    values: ValueFacts,
    activity: Activity,
    folders: SessionFolders,
}

impl Merged {
    /// Adds the records of a file; its counts and notices stay with the file.
    fn absorb(&mut self, batch: Batch) -> (RecordCounts, Diagnostics) {
        let map = self.names.absorb(batch.names);
        self.usage.merge(batch.usage, &map);
        self.pending.merge(batch.pending, &map);
        self.values.merge(batch.values, &map);
        self.activity.merge(batch.activity, &map);
        self.folders.merge(batch.folders, &map);
        (batch.counts, batch.diagnostics)
    }
}
