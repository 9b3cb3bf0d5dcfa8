//! Large contexts: longer prompts than other sessions with the same type of work have after as many requests.

use std::collections::BTreeMap;

use crate::model::money::Money;
use crate::model::prompt::WorkType;
use crate::model::usage::TokenCounts;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// Sessions that are needed for a median.
const MIN_SESSIONS: usize = 10;
/// Ends of the ranges of request numbers that are compared with each other; the last range has no end.
const RANGES: [usize; 8] = [5, 10, 20, 40, 80, 160, 320, 640];

/// See [`Kind::about`].
pub(super) struct LargeContext;

impl Kind for LargeContext {
    fn id(&self) -> &'static str {
        "context-beyond-usual"
    }

    fn code(&self) -> &'static str {
        "W12"
    }

    fn name(&self) -> &'static str {
        "Context beyond the usual"
    }

    fn about(&self) -> &'static str {
        "Prompt tokens above the median of requests at the same point of sessions with the same type of work (10 sessions or \
         more), at the price of reading them from the cache. Half of all sessions are above the median by definition, so \
         this is a ceiling: a session may need its context."
    }

    fn advice(&self) -> &'static str {
        "Start a new session for a new subject"
    }

    fn action(&self) -> &'static str {
        "clear or compact between tasks; start a new session for a new subject"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (10, 50)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        type PromptsByRange = BTreeMap<(Option<WorkType>, usize), Vec<Vec<u64>>>;
        let mut found: PromptsByRange = BTreeMap::new();
        let mut chains = Vec::new();
        for (at, session) in context.turns.sessions.iter().enumerate() {
            let chain = context.conversation(at);
            let kind = context.work_types.session(session.name);
            let mut own: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
            for (index, &record) in chain.iter().enumerate() {
                own.entry(range_of(index)).or_default().push(context.records[record].counts.prompt());
            }
            for (range, prompts) in own {
                found.entry((kind, range)).or_default().push(prompts);
            }
            chains.push((kind, chain));
        }
        // A session counts once per range, however many requests it made there.
        let usual: BTreeMap<_, u64> = found
            .into_iter()
            .filter(|(_, sessions)| sessions.len() >= MIN_SESSIONS)
            .map(|(key, sessions)| (key, median(sessions.into_iter().map(median).collect())))
            .collect();
        for (kind, chain) in chains {
            for (index, record) in chain.into_iter().enumerate() {
                let Some(usual) = usual.get(&(kind, range_of(index))) else { continue };
                let one = &context.records[record];
                let read = one.counts.cache_read.unwrap_or(0);
                let beyond = one.counts.prompt().saturating_sub(*usual).min(read);
                if beyond > 0 {
                    let without = TokenCounts { cache_read: Some(read - beyond), ..one.counts };
                    out.extend(context.prices.saved(one, without).map(|cost| (record, cost)));
                }
            }
        }
    }
}

fn range_of(index: usize) -> usize {
    RANGES.partition_point(|end| *end <= index)
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
