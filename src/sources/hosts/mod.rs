//! Hosts of models and agents that bill by themselves, each with one export.

pub(super) mod augment;
pub(super) mod databricks;
pub(super) mod databricks_billing;
pub(super) mod devin;
pub(super) mod fireworks;
pub(super) mod langdock;
pub(super) mod mimo;
pub(super) mod snowflake;
