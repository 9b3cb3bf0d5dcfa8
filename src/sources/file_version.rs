//! What the name of a file says about the export in it: part, date and period.

use chrono::{DateTime, Utc};

/// What a file's name says about its export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileVersion {
    /// A number for the part, if the file is one of several parts of one export.
    pub part: Option<u64>,
    /// The date of the export, or the end of its period: of two exports the later one is newer.
    pub exported: Option<DateTime<Utc>>,
    /// The period that the name gives, from its start to before its end.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The folder of a newer version of the same bill; then the file is not read.
    pub superseded_by: Option<String>,
}
