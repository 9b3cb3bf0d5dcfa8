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

/// Weight of a line that only one commit adds; a line that n commits add has an n-th of it.
pub(super) const LINE: u64 = 1_000_000;
/// Weight of an edit of a file, where no lines are compared.
pub(super) const EDIT: u64 = 1_000;
/// Weight of a request or an edit, where only its time is compared.
pub(super) const ACT: u64 = 1;

/// A session and a target with evidence between them.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) session: usize,
    pub(super) target: Target,
    pub(super) tier: Tier,
    pub(super) rule: &'static str,
    /// What the session did for the target; never empty. Acts without weight pay for it only in parts of the session where
    /// no act has weight.
    pub(super) acts: Acts,
}
