//! W10 Endless tries: the same check fails again and again, whatever is edited in between.

use std::collections::HashMap;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::sessions::waste::{Case, Confidence, Kind};

/// So many failures are how hard things are done.
const FAILURES: usize = 5;

/// See [`Kind::about`].
pub(super) struct EndlessTries;

impl Kind for EndlessTries {
    fn id(&self) -> &'static str {
        "endless-tries"
    }

    fn code(&self) -> &'static str {
        "W10"
    }

    fn name(&self) -> &'static str {
        "Edits that do not mend a failing check"
    }

    fn about(&self) -> &'static str {
        "A call with the same arguments, such as a test, that failed five times in a turn without a success, edits in between: from \
         then on the cost of the requests that lead to each further failure. Hard problems look the same, so this is a bound."
    }

    fn action(&self) -> &'static str {
        "stop after some failures and look: give the error to another approach, or to a person"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 50)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        for turn in case.turns.sessions.iter().flat_map(|session| &session.turns) {
            let mut calls: HashMap<u64, (u32, u64)> = HashMap::new();
            // How often each failed, and how many requests there were by then.
            let mut failures: HashMap<(u32, u64), (usize, usize)> = HashMap::new();
            let mut edits = 0;
            let mut edits_at: HashMap<(u32, u64), usize> = HashMap::new();
            for event in &turn.events {
                match event.what {
                    What::Edit { .. } => edits += 1,
                    What::Tool { name, call, arguments } => {
                        calls.insert(call, (name.code(), arguments));
                    }
                    What::Result { call, failed, .. } => {
                        let Some(&key) = calls.get(&call) else { continue };
                        let made = turn.records.partition_point(|&at| case.records[at].at <= event.at);
                        if !failed {
                            failures.remove(&key);
                            continue;
                        }
                        let edited = edits_at.insert(key, edits).is_some_and(|before| before < edits);
                        let (count, before) = failures.entry(key).or_insert((0, made));
                        if *count >= FAILURES && edited {
                            let cost = |at: usize| (at, case.records[at].cost.unwrap_or_default());
                            out.extend(turn.records[*before..made].iter().map(|&at| cost(at)));
                        }
                        (*count, *before) = (*count + 1, made);
                    }
                    _ => {}
                }
            }
        }
    }
}
