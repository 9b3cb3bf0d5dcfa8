//! Endless tries: the same check keeps failing, although files are edited in between.

use std::collections::HashMap;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// Up to this many failures are normal for a hard problem.
const NORMAL_FAILURES: usize = 5;

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
        "Edits that do not fix a failing check"
    }

    fn about(&self) -> &'static str {
        "A call with the same arguments, such as a test, that failed five times in a turn without a success, with edits in \
         between: after that, the cost of the requests up to each further failure. Hard problems look the same, so this is \
         a ceiling."
    }

    fn advice(&self) -> &'static str {
        "Stop agents after a few failed fixes"
    }

    fn action(&self) -> &'static str {
        "stop after a few failures: try another approach, or ask a person"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 50)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for turn in context.turns.sessions.iter().flat_map(|session| &session.turns) {
            let mut calls: HashMap<u64, (u32, u64)> = HashMap::new();
            // How often each call failed, and the number of requests at its last failure.
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
                        let made = turn.records.partition_point(|&at| context.records[at].at <= event.at);
                        if !failed {
                            failures.remove(&key);
                            continue;
                        }
                        let edited = edits_at.insert(key, edits).is_some_and(|before| before < edits);
                        let (count, before) = failures.entry(key).or_insert((0, made));
                        if *count >= NORMAL_FAILURES && edited {
                            let cost = |at: usize| (at, context.records[at].cost.unwrap_or_default());
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
