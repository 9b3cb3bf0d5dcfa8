//! From paths to lines, streams and databases: finds inputs, decompresses and decodes them, recognises their format and drives
//! its parser.

pub mod detect;
pub mod driver;
pub mod inputs;
pub(super) mod lines;
mod parquet;
pub(super) mod sqlite;
mod utf16;
