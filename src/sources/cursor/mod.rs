//! Cursor's Admin API: usage events, daily activity, spend, and AI code tracking.

pub(super) mod code_commits;
pub(super) mod code_tracking;
pub(super) mod events;
pub(super) mod team;

const PROVIDER: &str = "cursor";
