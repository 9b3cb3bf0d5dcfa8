//! OpenAI's exports: the organization's usage and costs, and the dashboard's CSV files.

pub(super) mod costs;
pub(super) mod dashboard_cost;
pub(super) mod dashboard_usage;
pub(super) mod legacy_usage;
pub(super) mod usage;

const PROVIDER: &str = "openai";
