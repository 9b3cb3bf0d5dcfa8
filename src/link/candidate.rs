//! What evidence finds: a session and something that it may have paid for.

use chrono::{DateTime, Utc};

use crate::model::link::Tier;

/// Something that a session may have paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A commit of the repository, by index; always the canonical one.
    Commit(u32),
    /// A landing as a whole, by index in the history.
    Landing(u32),
    /// A branch that did not land, by index in the sorted names of such branches.
    Branch(u32),
}

/// When a session did something, and the weight of each act.
pub(super) type Acts = Vec<(DateTime<Utc>, u64)>;

/// A session and a target with evidence between them.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) session: usize,
    pub(super) target: Target,
    pub(super) tier: Tier,
    pub(super) rule: &'static str,
    /// When the session did what ties it to the target, and the weight of each act. Never empty.
    /// Acts without weight count in parts of the session in which no other act counts.
    pub(super) acts: Acts,
}
