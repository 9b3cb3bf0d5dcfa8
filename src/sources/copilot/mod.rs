//! GitHub Copilot's exports: the usage reports of the billing page, its REST form, and the usage metrics.

pub(super) mod billing;
pub(super) mod metrics;
pub(super) mod requests;
pub(super) mod usage_report;

const PROVIDER: &str = "github";
