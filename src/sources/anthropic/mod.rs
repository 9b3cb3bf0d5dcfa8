//! Anthropic's exports: the Admin and Enterprise APIs, the Console's and claude.ai's CSV downloads.

pub(super) mod code_analytics;
pub(super) mod console_cost;
pub(super) mod console_usage;
pub(super) mod cost_report;
pub(super) mod enterprise_spend;
pub(super) mod usage_report;

const PROVIDER: &str = "anthropic";
