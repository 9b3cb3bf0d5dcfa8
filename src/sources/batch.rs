//! What reading one file gives.

use crate::diagnostics::{Diagnostics, Severity};
use crate::model::activity::{Activity, What};
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::observations::Observations;
use crate::model::origin::Origin;
use crate::model::pending::Pending;
use crate::model::prompt::PromptReader;
use crate::model::session_folders::SessionFolders;
use crate::model::usage::{RecordId, UsageRecord};
use crate::model::value_fact::ValueFacts;
use crate::sources::aside::{Aside, Left};
use crate::sources::figures::Figures;
use crate::sources::figures::findings::Finding;
use crate::sources::file_version::FileVersion;
use crate::sources::reading::Undated;
use crate::sources::record::payer::JsonPayers;
use crate::sources::record::{Draft, Footing};
use crate::sources::rejection::{REPORTED_TWICE, Rejection, UNDATED};
use crate::sources::transcript;

/// How many records were read and what became of them; `read` is the sum of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "Counts")]
pub struct RecordCounts {
    /// Lines, whether or not they held usage.
    pub lines_read: u64,
    /// Lines that held usage, and lines that could not be read.
    pub records_read: u64,
    /// Distinct records.
    pub kept: u64,
    /// Further observations of a kept record.
    pub duplicate: u64,
    /// History that a fork or a side thread wrote again.
    pub replayed: u64,
    /// Lines that are damaged or hold impossible counts.
    pub rejected: u64,
    /// Usage that no provider billed: synthetic messages, API errors, empty counters.
    pub ignored: u64,
}

impl std::ops::AddAssign for RecordCounts {
    fn add_assign(&mut self, other: Self) {
        self.lines_read += other.lines_read;
        self.records_read += other.records_read;
        self.kept += other.kept;
        self.duplicate += other.duplicate;
        self.replayed += other.replayed;
        self.rejected += other.rejected;
        self.ignored += other.ignored;
    }
}

/// What reading one file gives.
#[derive(Debug, Default)]
pub struct Batch {
    /// The texts that the records point to.
    pub names: Names,
    /// Usage by record id.
    pub usage: Observations,
    /// Usage that counts unless something else reports it.
    pub pending: Pending,
    /// What vendors count on the value side: lines, commits, sessions.
    pub values: ValueFacts,
    /// What sessions did; empty unless asked for …
    pub activity: Activity,
    /// … which it is by this.
    pub wants_activity: bool,
    /// Folders of sessions whose records are in other files.
    pub folders: SessionFolders,
    /// `records_read`, `rejected`, `ignored` and what the format itself knows as duplicate or replayed.
    pub counts: RecordCounts,
    /// Lines or values of another shape, which nothing of this file's formats read.
    pub(super) foreign: u64,
    /// Whether one of them holds keys of usage or money.
    pub(super) foreign_usage: bool,
    /// What was noticed.
    pub diagnostics: Diagnostics,
    /// Figures that accepted records hold and that are not read.
    pub(super) figures: Figures,
    /// The record of the row that is read counts only unless something reports this usage.
    pub(super) unless: Option<RecordId>,
    /// Requests that the row has beside its own; a damaged one is rejected by itself.
    pub(super) beside: Vec<Result<UsageRecord, Rejection>>,
    /// Rows of a bill that are left out.
    pub(super) aside: Aside,
    /// Who pays for rows.
    pub(super) payers: JsonPayers,
    /// The path to show in notices.
    pub path: String,
    /// The date of records without a time.
    pub undated: Option<Undated>,
    /// What the file's name says about its export.
    pub version: FileVersion,
    /// Reads the features of prompts; without it only their length is kept.
    pub prompts: Option<PromptReader>,
}

impl Batch {
    /// How many records were neither refused nor left out.
    pub(super) fn accepted(&self) -> u64 {
        self.counts.records_read - self.counts.rejected - self.counts.ignored
    }

    /// Counts a damaged record and notes where it is.
    pub fn reject(&mut self, kind: &'static str, message: &str, line: u64) {
        self.counts.records_read += 1;
        self.counts.rejected += 1;
        self.notice(Severity::Warning, kind, message, line);
    }

    /// The same for one of the usual reasons.
    pub(super) fn reject_record(&mut self, (kind, message): Rejection, at: Origin) {
        self.reject(kind, message, at.line);
    }

    /// Adds the record of a draft that has its id, or counts it as damaged.
    pub(super) fn add(&mut self, mut draft: Draft) {
        let (at, footing) = (draft.origin, draft.tokens.footing);
        match draft.finish() {
            Ok(record) => {
                self.note_footing(record.source, footing, at.line);
                self.counts.records_read += 1;
                self.usage.add_record(record);
            }
            Err(rejection) => self.reject_record(rejection, at),
        }
    }

    /// Adds the record of a draft that is a part of the sums with an id, which have its counts as it has them.
    pub(super) fn add_part(&mut self, draft: Draft, sums: RecordId) {
        let (record, used, before) = (draft.id, draft.used(), self.accepted());
        self.add(draft);
        if let Some(used) = used.filter(|_| self.accepted() > before) {
            self.pending.resolve_part(sums, record, used);
        }
    }

    /// Keeps the record of a draft that counts unless usage with an id is read directly, or counts it as damaged.
    pub(super) fn defer(&mut self, mut draft: Draft, unless: RecordId) {
        let (at, footing) = (draft.origin, draft.tokens.footing);
        match draft.finish() {
            Ok(record) => {
                self.note_footing(record.source, footing, at.line);
                self.counts.records_read += 1;
                self.pending.defer(unless, record);
            }
            Err(rejection) => self.reject_record(rejection, at),
        }
    }

    /// Notes a total that is not the sum of its parts, or is one in an unusual way.
    pub(super) fn note_footing(&mut self, format: &'static str, footing: Footing, line: u64) {
        let found = &mut self.figures.found;
        match footing {
            Footing::Unknown | Footing::Fits => {}
            Footing::Otherwise(way) => found.add(Finding::Convention, format, way, 0, line),
            Footing::Differs(more) => {
                found.add(Finding::Differs, format, "tokens", i128::from(more) * 1_000_000_000, line);
            }
        }
    }

    /// Counts usage that nobody billed.
    pub fn ignore(&mut self, kind: &'static str, message: &str, line: u64) {
        self.counts.records_read += 1;
        self.counts.ignored += 1;
        self.notice(Severity::Note, kind, message, line);
    }

    /// The same for one of the usual reasons.
    pub(super) fn ignore_record(&mut self, (kind, message): Rejection, at: Origin) {
        self.ignore(kind, message, at.line);
    }

    /// Leaves out a row of a bill, with its amount.
    pub(super) fn leave(&mut self, why: Left, amount: Option<Money>, currency: Option<&str>) {
        self.aside.leave(why, amount, currency);
        self.aside.count();
    }

    /// Counts usage that something else also reports.
    pub(super) fn repeat(&mut self, at: Origin) {
        let (kind, message) = REPORTED_TWICE;
        self.counts.records_read += 1;
        self.counts.duplicate += 1;
        self.notice(Severity::Note, kind, message, at.line);
    }

    /// The date for a record without a time, which is noted; `None` if such records are rejected.
    pub fn undated(&mut self, line: u64) -> Option<Undated> {
        let undated = self.undated?;
        let (kind, message) = UNDATED;
        self.notice(Severity::Warning, kind, message, line);
        Some(undated)
    }

    /// What is kept of a prompt.
    #[must_use]
    pub fn prompt(&self, text: &str) -> What {
        let facts = self.prompts.map(|read| Box::new(read(text)));
        What::Prompt { chars: transcript::chars(text), digest: hash_text(text.trim()), facts }
    }

    /// Notes something about a line.
    pub fn notice(&mut self, severity: Severity, kind: &'static str, message: &str, line: u64) {
        self.diagnostics.add(severity, kind, message, format_args!("{}:{line}", self.path));
    }
}
