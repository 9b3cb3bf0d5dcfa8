//! Where a fact was read: file and line, for errors, drill-down and stable order.

use serde::Serialize;

/// Position of an input file in the sorted list of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub u32);

/// The file and the line (from 1) that a record came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Origin {
    /// Index into the run's list of inputs.
    pub file: FileId,
    /// Line number from 1; for documents that are not lines, the record's ordinal.
    pub line: u64,
}
