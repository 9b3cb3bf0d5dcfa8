//! Checks that read = kept + duplicate + replayed + rejected + ignored, per file and in total.

use crate::error::{Error, Result};
use crate::sources::{FileReport, RecordCounts};

/// Counts of what became of everything that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Reconciliation {
    /// Files in which a format was recognised.
    pub files: u64,
    /// The sums over all files.
    #[serde(flatten)]
    pub counts: RecordCounts,
}

/// Sums the files and checks each one.
///
/// # Errors
/// [`Error::Unreconciled`] naming the file and both sides.
pub(super) fn check(files: &[FileReport]) -> Result<Reconciliation> {
    let mut all = Reconciliation::default();
    for file in files {
        let c = file.counts;
        let parts = c.kept + c.duplicate + c.replayed + c.rejected + c.ignored;
        if parts != c.records_read {
            return Err(Error::Unreconciled {
                message: format!(
                    "{}: {} records read, but the parts sum to {parts} ({c:?})",
                    file.path, c.records_read
                ),
            });
        }
        all.files += u64::from(file.format.is_some());
        all.counts += c;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(counts: RecordCounts) -> FileReport {
        FileReport {
            path: "a.jsonl".into(),
            bytes: 0,
            format: Some("claude-code"),
            compression: None,
            counts,
            unread: Vec::new(),
            first: None,
            last: None,
        }
    }

    #[test]
    fn a_lost_record_stops_the_run() {
        let good = RecordCounts {
            records_read: 5,
            kept: 2,
            duplicate: 1,
            replayed: 1,
            rejected: 1,
            ..RecordCounts::default()
        };
        assert_eq!(check(&[file(good), file(good)]).map(|r| r.counts.kept).ok(), Some(4));
        let lost = RecordCounts { kept: 1, ..good };
        let message = check(&[file(good), file(lost)]).err().map(|err| err.to_string()).unwrap_or_default();
        assert!(message.contains("a.jsonl: 5 records read, but the parts sum to 4"), "{message}");
    }
}
