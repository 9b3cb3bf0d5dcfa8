//! OpenAI's exports: the organization's usage and costs, the dashboard's CSV files, batch output.

pub(super) mod batch;
pub(super) mod costs;
pub(super) mod dashboard_cost;
pub(super) mod dashboard_usage;
pub(super) mod usage;

const PROVIDER: &str = "openai";
