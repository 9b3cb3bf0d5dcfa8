//! Retry loops: the same tool call is repeated after it failed.

use std::collections::HashMap;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// A second try may be right; the third is a loop.
const TRIES: usize = 2;

/// See [`Kind::about`].
pub(super) struct RetryLoops;

impl Kind for RetryLoops {
    fn id(&self) -> &'static str {
        "retry-loops"
    }

    fn code(&self) -> &'static str {
        "W10"
    }

    fn name(&self) -> &'static str {
        "Retry loops"
    }

    fn about(&self) -> &'static str {
        "A tool called with the same arguments a third time or more in a turn, after each earlier call reported an error and \
         nothing was edited in between: the whole cost of the requests that made the third and later calls. A flaky test looks the same."
    }

    fn advice(&self) -> &'static str {
        "Stop agents that repeat a failing call"
    }

    fn action(&self) -> &'static str {
        "let agents stop after two equal failures; fix the tool or the flaky test behind it"
    }

    fn who(&self) -> &'static str {
        "platform team"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        (50, 100)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for turn in context.turns.sessions.iter().flat_map(|session| &session.turns) {
            let failed: HashMap<u64, bool> = turn
                .events
                .iter()
                .filter_map(|event| match event.what {
                    What::Result { call, failed, .. } => Some((call, failed)),
                    _ => None,
                })
                .collect();
            let mut failures: HashMap<(u32, u64), usize> = HashMap::new();
            for event in &turn.events {
                if matches!(event.what, What::Edit { .. } | What::Commit { .. }) {
                    // After a change it is another try.
                    failures.clear();
                }
                let What::Tool { name, call, arguments } = event.what else { continue };
                let tries = failures.entry((name.code(), arguments)).or_default();
                if *tries >= TRIES {
                    // The last request before the call made it.
                    let after = turn.records.partition_point(|&at| context.records[at].at <= event.at);
                    let made_by = after.checked_sub(1).map(|at| turn.records[at]);
                    out.extend(made_by.map(|at| (at, context.records[at].cost.unwrap_or_default())));
                }
                if failed.get(&call) == Some(&true) {
                    *tries += 1;
                } else {
                    *tries = 0;
                }
            }
        }
    }
}
