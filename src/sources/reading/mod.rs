//! From paths to lines, streams and databases.
//!
//! [`inputs`] lists the files, [`driver`] reads them side by side, `file` reads one: through `containers` (compression) and
//! `utf16` to its first bytes ([`detect`]), by which `recognise` picks the format. A file of lines goes through `joined`, a
//! Parquet file through `parquet`, and a database is opened by `sqlite`. `versions` finds parts and older versions of exports.

mod containers;
pub mod detect;
pub mod driver;
mod file;
pub mod inputs;
mod joined;
pub(super) mod lines;
mod options;
mod parquet;
mod recognise;
pub(super) mod sqlite;
mod utf16;
mod versions;

pub use file::FileReport;
pub use options::{ReadOptions, Undated};
pub use versions::FileVersion;
