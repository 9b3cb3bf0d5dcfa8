//! What is said of a file: that it is not recognised or cannot be read, that it comes close to another format, or that it gave
//! nothing.
//!
//! - In: a [`FileReader`] with what it has read so far. Out: notices in its batch, and whether the file failed.
//! - Refuses: nothing.

use crate::diagnostics::{Severity, UNREAD_FILE};
use crate::sources::known_unread::{KnownUnread, NOT_READ};
use crate::sources::reading::archive::why_unread;
use crate::sources::reading::detect::Head;
use crate::sources::reading::file::FileReader;
use crate::sources::reading::further::{is_empty_page, is_log};
use crate::sources::reading::recognise::{NearFormat, join_names, why_unrecognised};
use crate::sources::reading::side_file;
use crate::sources::{Sniff, Source};

const UNREAD: &str = "a file looks like an export and was not read, so the sums may lack what it holds";

pub(super) const UNRECOGNISED: &str =
    "no usage log was recognised; `tokaudit explain formats` lists what is read, --as FORMAT forces one";

/// How much it matters that a file is not recognised, and the kind of the notice.
pub(super) fn unrecognised(named: bool, log: bool) -> (Severity, &'static str) {
    match (named, log) {
        (true, _) => (Severity::Error, "unrecognised-input"),
        (false, true) => (Severity::Warning, "unrecognised-log"),
        (false, false) => (Severity::Note, "unrecognised-file"),
    }
}

impl FileReader<'_> {
    /// Warns when a file is read by the canonical columns but is probably a vendor's export with a renamed column.
    pub(super) fn warn_near_format(&mut self, head: &Head<'_>, source: &dyn Source) {
        if source.id() != "generic" || self.options.format.is_some() {
            return;
        }
        if let Some(near) = NearFormat::of_canonical(head, source) {
            self.batch.diagnostics.add(
                Severity::Warning,
                "near-format",
                "a file is read by the canonical columns, but comes close to a vendor's export; was a column or key renamed?",
                format_args!("{} ({near})", self.input.display_name),
            );
        }
    }

    /// Warns when the format that the user forced has columns or keys that the file lacks.
    pub(super) fn warn_forced_format(&mut self, head: &Head<'_>, source: &dyn Source) {
        if let (Some(id), Sniff::Missing(names)) = (self.options.format, source.sniff(head)) {
            self.batch.diagnostics.add(
                Severity::Warning,
                "missing-names",
                "a file is read as --as says and lacks columns or keys of that format; their values are unknown",
                format_args!("{} ({id}, without {})", self.input.display_name, join_names(&names)),
            );
        }
    }

    /// Says what a file is that no format reads, by its first bytes.
    pub(super) fn note_unrecognised(&mut self, start: &[u8]) {
        if is_empty_page(start) {
            self.is_empty = true;
            let message = "a page of an export says that it holds nothing";
            self.batch.diagnostics.add(Severity::Note, "empty-page", message, &self.input.display_name);
            return;
        }
        if let Some(why) = why_unread(start) {
            return self.note_unread_at(&self.input.display_name, why);
        }
        let head = Head::new(start);
        if self.note_known(&head) {
            return;
        }
        if let Some(kind) = side_file::kind_of(&head).filter(|_| !self.input.named) {
            let message =
                "files beside the logs hold something other than usage, and are read when they are passed as such";
            let place = format_args!("{} ({kind})", self.input.display_name);
            self.batch.diagnostics.add(Severity::Note, "side-file", message, place);
            return;
        }
        self.note_unrecognised_head(&head, is_log(start));
    }

    /// Says that a file, or one in it, looks like an export and cannot be read.
    pub(super) fn note_unread_at(&mut self, name: &str, why: &str) {
        self.failed |= self.input.named;
        self.batch.diagnostics.add(Severity::Warning, UNREAD_FILE, UNREAD, format_args!("{name} ({why})"));
    }

    /// Says what a file is whose agent is known and not read, if it is one.
    fn note_known(&mut self, head: &Head<'_>) -> bool {
        let Some(known) = self.known_unread(head) else { return false };
        let severity = if self.input.named { Severity::Error } else { Severity::Warning };
        self.failed |= self.input.named;
        let place = format_args!("{} ({})", self.input.display_name, known.sentence());
        self.batch.diagnostics.add(severity, "known-unread", NOT_READ, place);
        true
    }

    /// The agent of the file, if it is one that is known and not read.
    pub(super) fn known_unread(&self, head: &Head<'_>) -> Option<&'static KnownUnread> {
        KnownUnread::of(&self.input.display_name, head).filter(|_| self.options.format.is_none())
    }

    /// Says that no format reads the file; `log` if it can hardly be anything but a log.
    pub(super) fn note_unrecognised_head(&mut self, head: &Head<'_>, log: bool) {
        if self.note_known(head) {
            return;
        }
        let (severity, kind) = unrecognised(self.input.named, log);
        self.failed |= self.input.named;
        self.batch.diagnostics.add(
            severity,
            kind,
            UNRECOGNISED,
            format_args!("{} ({})", self.input.display_name, why_unrecognised(head)),
        );
    }

    /// Checks that a recognised file gave something: a record, or why there is none.
    pub(super) fn check_promise(&mut self) {
        let Some(format) = self.report.format else { return };
        let batch = &self.batch;
        let counts = batch.counts;
        if counts.records_read == 0 && batch.values.is_empty() {
            let understood = counts.lines_read > batch.foreign;
            // Lines of other kinds are common in agents' logs; whether one holds usage is what matters.
            if batch.foreign == 0 || understood && !batch.foreign_usage {
                return;
            }
            self.failed = true;
            self.batch.diagnostics.add(
                Severity::Error,
                "nothing-read",
                "a file was recognised, but nothing of it was read: its values have another shape than the format's",
                format_args!("{} (recognised as {format})", self.input.display_name),
            );
        } else if counts.rejected > 1 && counts.rejected == counts.records_read {
            self.failed = true;
            self.batch.diagnostics.add(
                Severity::Error,
                "all-rejected",
                "every record of a file was rejected, so nothing of it is counted",
                format_args!("{} (recognised as {format})", self.input.display_name),
            );
        }
    }
}
