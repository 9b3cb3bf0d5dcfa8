//! The integration tests, in one binary so that polars is linked once.

mod cli;
mod corpora;
mod formats;
mod hostile;
mod layers;
mod program;
mod properties;
mod registry;
