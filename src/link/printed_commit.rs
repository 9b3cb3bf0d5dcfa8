//! Hashes that a commit command printed in the session's own tool output: `[branch abc1234] subject`.
//!
//! Hashes that were only looked at (`git log`, `git show`) do not count; the readers of logs leave them out.

use super::Evidence;
use super::candidate::Candidate;
use super::context::LinkContext;
use crate::model::link::Tier;

/// Weight of a printed hash: very little compared with lines.
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
        "a commit command in the session printed the commit's hash, and only one commit of the repository, or of its \
         exported pull requests, begins with it"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        for &at in &context.repo.here {
            for (time, sha) in &context.repo.sessions[at].printed {
                let prefix = context.repo.names.text(*sha);
                // A merge is not the work of the session that made it.
                let is_merge = |index| context.repo.commit(index).is_merge();
                if context.repo.find_abbreviated(prefix).is_some_and(is_merge) {
                    continue;
                }
                let Some(target) = context.repo.target_of_id(prefix) else { continue };
                let acts = vec![(*time, PRINT)];
                out.push(Candidate { session: at, target, tier: Tier::Explicit, rule: self.id(), acts });
            }
        }
    }
}
