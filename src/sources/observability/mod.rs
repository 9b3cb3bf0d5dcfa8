//! Observability: telemetry of tools, traces of applications.

pub(super) mod gemini_telemetry;
pub(super) mod langfuse;
pub(super) mod langfuse_csv;
pub(super) mod langfuse_daily;
pub(super) mod langsmith;
pub(super) mod langsmith_table;
pub(super) mod langsmith_usage;
pub(super) mod traces;
