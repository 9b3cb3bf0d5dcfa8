//! The integration tests, in one binary so that polars is linked once.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod archives;
mod bless;
mod browser;
mod canonical;
mod cases;
mod classify;
mod cli;
mod companies;
mod complete;
mod config;
mod corpora;
mod damaged_counts;
mod databases;
mod docs;
mod formats;
mod gate;
mod hostile;
mod layers;
mod line_oracle;
mod links;
mod mutations;
mod notices;
mod outputs;
mod overlap;
mod parquet;
mod privacy;
mod program;
mod properties;
mod recognition;
mod registry;
mod renderers;
mod reports;
mod rows;
mod samples;
mod sayable;
mod schema;
mod skip;
mod snapshots;
mod source_code;
mod spellings;
mod tables;
mod templates;
mod unread;
mod waste;
