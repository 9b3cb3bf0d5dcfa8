//! Hashes that a commit command printed in the session's own tool output: `[branch abc1234] subject`.
//!
//! A hash that was only looked at (`git log`, `git show`) is none of these; the log's reader keeps them apart.

use super::Evidence;
use super::case::{Candidate, Case};
use crate::model::link::Tier;

/// Weight of the act: next to nothing beside lines.
const PRINT: u64 = 1;

/// The rule's id.
pub(super) const ID: &str = "printed-commit";

/// The evidence of printed hashes.
#[derive(Debug)]
pub(super) struct PrintedCommit;

impl Evidence for PrintedCommit {
    fn id(&self) -> &'static str {
        ID
    }

    fn about(&self) -> &'static str {
        "a commit command in the session printed the commit's hash, which only one commit of the repository begins with"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        for &at in &case.here {
            for (time, sha) in &case.sessions[at].printed {
                let found = case.abbreviated(case.names.text(*sha));
                // A merge of the mainline into a branch is nobody's work.
                let Some(index) = found.filter(|index| !case.commit(*index).is_merge()) else { continue };
                let acts = vec![(*time, PRINT)];
                out.push(Candidate {
                    session: at,
                    target: case.target(index),
                    tier: Tier::Explicit,
                    rule: self.id(),
                    acts,
                });
            }
        }
    }
}
