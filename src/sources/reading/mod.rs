//! From paths to lines, streams and databases.
//!
//! [`inputs`] lists the files, [`driver`] reads them side by side, `file` reads one: through `containers` (compression) and
//! `utf16` to its first bytes ([`detect`]), by which `recognise` picks the format; `further` looks on where they say too little. A
//! file of lines goes through `joined`, a Parquet file through `parquet`, and a database is opened by `sqlite`. The files in an
//! `archive`, and the sheets of a `workbook`, are read like others. `versions` finds parts and older versions of exports, and
//! `remarks` says what was not read.

mod archive;
mod containers;
pub mod detect;
pub mod driver;
mod file;
mod further;
pub mod inputs;
mod joined;
mod line_breaks;
pub(super) mod lines;
mod options;
mod parquet;
mod recognise;
mod remarks;
mod side_file;
pub(super) mod sqlite;
pub(super) mod table_reader;
mod utf16;
mod versions;
mod workbook;

pub use file::FileReport;
pub use options::{ReadOptions, Undated};
