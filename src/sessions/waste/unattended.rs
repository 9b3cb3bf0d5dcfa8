//! Unattended runs: many requests without a person.

use chrono::TimeDelta;

use crate::model::money::Money;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// A run of this duration …
const LONG: TimeDelta = TimeDelta::hours(2);
/// … or with more requests than this after a prompt counts.
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
        "Requests after one prompt that go on for two hours without a pause of half an hour, or for more than 200 requests: \
         their whole cost. Agents in CI run like this on purpose; what became of the run is in the classes of spend."
    }

    fn advice(&self) -> &'static str {
        "Look at long unattended runs"
    }

    fn action(&self) -> &'static str {
        "check what became of the longest runs; give them a limit of requests or of dollars"
    }

    fn who(&self) -> &'static str {
        "team leads"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Look
    }

    fn range(&self) -> (u32, u32) {
        (0, 0)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for turn in context.turns.sessions.iter().flat_map(|session| &session.turns) {
            let together = |a: &usize, b: &usize| context.records[*b].at - context.records[*a].at <= PAUSE;
            for run in turn.records.chunk_by(together) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                if run.len() > MANY || context.records[*last].at - context.records[*first].at >= LONG {
                    out.extend(run.iter().map(|&at| (at, context.records[at].cost.unwrap_or_default())));
                }
            }
        }
    }
}
