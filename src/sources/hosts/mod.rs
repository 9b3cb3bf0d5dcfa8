//! Hosts of models and agents that bill by themselves, each with one export.

pub(super) mod databricks;
pub(super) mod devin;
pub(super) mod fireworks;
pub(super) mod langdock;
