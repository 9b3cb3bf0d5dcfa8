//! Cursor: the dashboard's export and the Admin API: usage events, daily activity, spend, and AI code tracking.

pub(super) mod code_commits;
pub(super) mod code_tracking;
pub(super) mod events;
pub(super) mod team;
pub(super) mod usage_csv;

const PROVIDER: &str = "cursor";
