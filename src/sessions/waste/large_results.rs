//! Large tool results: a long answer of a tool stays in the context of every later request.

use std::collections::HashMap;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// An answer of this many bytes is large: about 10,000 tokens.
const LARGE: u32 = 40_000;
/// An answer of this many bytes would have been enough.
const ENOUGH: u32 = 8_000;
/// Bytes per token in the estimate.
const BYTES_PER_TOKEN: u32 = 4;
/// A prompt below this percentage of the one before no longer contains the answer.
const SHRUNK: u64 = 60;

/// See [`Kind::about`].
pub(super) struct LargeResults;

impl Kind for LargeResults {
    fn id(&self) -> &'static str {
        "large-tool-results"
    }

    fn code(&self) -> &'static str {
        "W12"
    }

    fn name(&self) -> &'static str {
        "Large tool results carried along"
    }

    fn about(&self) -> &'static str {
        "Tool answers of 40,000 bytes or more (about 10,000 tokens at 4 bytes each): the part beyond 8,000 bytes in each later \
         request of the conversation, until the context shrinks, less what is removed on the way, at the price of reading \
         it from the cache. An estimate: logs have the length of an answer, not its tokens."
    }

    fn advice(&self) -> &'static str {
        "Shorten what tools print"
    }

    fn action(&self) -> &'static str {
        "shorten what tools print: read parts of files, filter test and build output, search instead of listing"
    }

    fn who(&self) -> &'static str {
        "platform team"
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        (30, 80)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for (at, session) in context.turns.sessions.iter().enumerate() {
            let events = session.turns.iter().flat_map(|turn| &turn.events);
            let mut sizes: HashMap<u64, u32> = HashMap::new();
            let mut answers = Vec::new();
            for event in events.filter(|event| !event.subagent) {
                if let What::Result { call, size, .. } = event.what
                    && size >= LARGE
                    && sizes.insert(call, size).is_none()
                {
                    answers.push((event.at, u64::from((size - ENOUGH) / BYTES_PER_TOKEN)));
                }
            }
            if answers.is_empty() {
                continue;
            }
            let mut carried: u64 = 0;
            let mut next = 0;
            let mut before = 0;
            for record in context.conversation(at) {
                let one = &context.records[record];
                let prompt = one.counts.prompt();
                // Agents remove old tool results from a context first.
                carried = if prompt * 100 < before * SHRUNK {
                    0
                } else {
                    carried.saturating_sub(before.saturating_sub(prompt))
                };
                before = prompt;
                // The first request after an answer pays for it in any case, so it is carried from the second on.
                let read = one.counts.cache_read.unwrap_or(0);
                let tokens = carried.min(read);
                if tokens > 0 {
                    let without = TokenCounts { cache_read: Some(read - tokens), ..one.counts };
                    out.extend(context.prices.saved(one, without).map(|cost| (record, cost)));
                }
                while answers.get(next).is_some_and(|(when, _)| *when <= one.at) {
                    carried += answers[next].1;
                    next += 1;
                }
            }
        }
    }
}
