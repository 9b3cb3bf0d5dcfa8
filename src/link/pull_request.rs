//! Pull requests that the session opened or was linked to, by number.

use super::Evidence;
use super::case::{Candidate, Case, Target};
use crate::history::normalise_remote;
use crate::model::link::Tier;

/// Weight of the act: next to nothing beside lines.
const NAMED: u64 = 1;

/// The evidence of pull requests.
#[derive(Debug)]
pub(super) struct PullRequest;

impl Evidence for PullRequest {
    fn id(&self) -> &'static str {
        "pull-request"
    }

    fn about(&self) -> &'static str {
        "the session is linked to the pull request that a landing names, in this repository"
    }

    fn gather(&self, case: &Case<'_>, out: &mut Vec<Candidate>) {
        for &at in &case.here {
            for (time, number, repository) in &case.sessions[at].pulls {
                let elsewhere = repository.is_some_and(|name| {
                    let wanted = case.names.text(name);
                    let remote = normalise_remote(wanted).unwrap_or_else(|| wanted.to_owned());
                    !case.history.remotes.is_empty() && !case.history.remotes.iter().any(|own| own.ends_with(&remote))
                });
                let Some(&landing) = case.landing_of_pull.get(number).filter(|_| !elsewhere) else { continue };
                let target = match case.index_of(&case.history.commits[landing as usize].id) {
                    Some(index) if !case.commit(index).is_merge() => Target::Commit(index),
                    _ => Target::Landing(landing),
                };
                let acts = vec![(*time, NAMED)];
                out.push(Candidate { session: at, target, tier: Tier::Explicit, rule: self.id(), acts });
            }
        }
    }
}
