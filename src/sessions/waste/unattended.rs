//! W18 Unattended runs: long stretches of requests that no person looked at.

use chrono::TimeDelta;

use crate::model::money::Money;
use crate::sessions::waste::{Case, Confidence, Kind};

/// A run this long …
const LONG: TimeDelta = TimeDelta::hours(2);
/// … or with so many requests since the last prompt counts.
const MANY: usize = 200;
/// A pause that ends a run.
const PAUSE: TimeDelta = TimeDelta::minutes(30);

/// See [`Kind::about`].
pub(super) struct Unattended;

impl Kind for Unattended {
    fn id(&self) -> &'static str {
        "unattended-runs"
    }

    fn code(&self) -> &'static str {
        "W18"
    }

    fn name(&self) -> &'static str {
        "Unattended runs"
    }

    fn about(&self) -> &'static str {
        "Requests after one prompt that go on for two hours without a pause of half an hour, or for more than 200 requests: their \
         whole cost. Agents in CI are such runs on purpose; what the run became stands in the bar."
    }

    fn action(&self) -> &'static str {
        "look at what the longest runs became; give them a limit of requests or of dollars"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Look
    }

    fn range(&self) -> (u32, u32) {
        (0, 0)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        for turn in case.turns.sessions.iter().flat_map(|session| &session.turns) {
            let together = |a: &usize, b: &usize| case.records[*b].at - case.records[*a].at <= PAUSE;
            for run in turn.records.chunk_by(together) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                if run.len() > MANY || case.records[*last].at - case.records[*first].at >= LONG {
                    out.extend(run.iter().map(|&at| (at, case.records[at].cost.unwrap_or_default())));
                }
            }
        }
    }
}
