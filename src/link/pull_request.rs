//! Pull requests that the session opened or was linked to.

use super::Evidence;
use super::candidate::Candidate;
use super::context::LinkContext;
use crate::history::may_name;
use crate::model::link::Tier;

/// Weight of a pull request: very little compared with lines.
const NAMED: u64 = 1;

/// The evidence of pull requests.
#[derive(Debug)]
pub(super) struct PullRequest;

impl Evidence for PullRequest {
    fn id(&self) -> &'static str {
        "pull-request"
    }

    fn about(&self) -> &'static str {
        "the session opened the pull request that a merged change names, in this repository; or it merged it, commented on \
         it or edited it, by a command or a tool of a forge, which is weaker evidence"
    }

    fn gather(&self, context: &LinkContext<'_>, out: &mut Vec<Candidate>) {
        for &at in &context.repo.here {
            for pull in &context.repo.sessions[at].pulls {
                let repo = &context.repo;
                let is_here = may_name(repo.names.text_of(pull.repository), &repo.history.remotes);
                let Some(&landing) = repo.landing_of_pull.get(&pull.number).filter(|_| is_here) else { continue };
                let target = repo.target_of_landing(landing);
                let acts = vec![(pull.at, NAMED)];
                let tier = if pull.opened { Tier::Explicit } else { Tier::Medium };
                out.push(Candidate { session: at, target, tier, rule: self.id(), acts });
            }
        }
    }
}
