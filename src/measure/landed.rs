//! What landed on the mainlines in a window.

use std::collections::BTreeSet;

use crate::history::{History, Totals};
use crate::model::period::Period;

/// Sums over the landings of all repositories in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Landed {
    /// Lines, commits and files.
    pub totals: Totals,
    /// Distinct pull requests that the landings name, without those by bots.
    pub pull_requests: u64,
}

impl Landed {
    /// Sums what landed in the window; `None` when no repository was read.
    #[must_use]
    pub fn within(histories: &[History], window: &Period) -> Option<Self> {
        let mut landed = Self::default();
        for history in histories {
            let mut pulls = BTreeSet::new();
            for commit in history.commits.iter().filter(|commit| window.contains(commit.commit_time)) {
                landed.totals += Totals::of(commit);
                pulls.extend(commit.pull_request.filter(|_| !commit.bot));
            }
            landed.pull_requests += pulls.len() as u64;
        }
        (!histories.is_empty()).then_some(landed)
    }
}
