//! Cache misses: tokens that were in the prompt cache and are paid as fresh input or written again.
//!
//! The prefix that a request leaves in the cache is what it read and wrote. The next request of the conversation should read
//! it; what it does not read, up to its own length, is missed. A prompt much shorter than the prefix was compacted or
//! cleared and misses nothing. Without a pause, neither does a prompt shorter by a fiftieth: an agent removed old tool
//! results from it. After a pause longer than the cache's lifetime the miss is idle expiry; otherwise the prefix was
//! changed, or another model was chosen, which has its own cache.

use chrono::TimeDelta;

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// Smaller gaps do not count: caches work in blocks.
const MIN_TOKENS: u64 = 1_024;
/// A prompt below this percentage of the prefix is another conversation.
const SHRUNK: u64 = 60;
/// A prompt below this percentage had something removed on purpose, such as old tool results.
const REMOVED: u64 = 98;
/// Lifetime of a cache, unless a one-hour write says otherwise.
const FIVE_MINUTES: TimeDelta = TimeDelta::minutes(5);
const ONE_HOUR: TimeDelta = TimeDelta::hours(1);

/// Misses of one cause.
pub(super) struct CacheMisses {
    idle: bool,
}

pub(super) static IDLE: CacheMisses = CacheMisses { idle: true };
pub(super) static CHANGED: CacheMisses = CacheMisses { idle: false };

impl Kind for CacheMisses {
    fn id(&self) -> &'static str {
        if self.idle { "cache-idle-expiry" } else { "cache-prefix-change" }
    }

    fn code(&self) -> &'static str {
        "W13"
    }

    fn name(&self) -> &'static str {
        if self.idle { "Cache expired while idle" } else { "Cache lost to a changed prefix" }
    }

    fn about(&self) -> &'static str {
        if self.idle {
            "A request that comes more than 5 minutes (1 hour, where one-hour writes were made) after the one before pays again \
             for the prefix that the earlier one left in the cache: the missed tokens at what was paid, less what reading them costs."
        } else {
            "A request that comes in time and still does not read the prefix that the one before left in the cache: changed \
             instructions or tools, edited history, another model. A prompt that is shorter by a fiftieth or more had something \
             removed on purpose and does not count. The missed tokens at what was paid, less what reading them costs."
        }
    }

    fn advice(&self) -> &'static str {
        if self.idle { "Keep the cache alive over pauses" } else { "Keep instructions and tools fixed" }
    }

    fn action(&self) -> &'static str {
        if self.idle {
            "compact or start a new session before a pause, or choose one-hour caching if pauses are common"
        } else {
            "keep instructions, tools and model fixed within a session; put what changes at the end"
        }
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        if self.idle { (40, 85) } else { (25, 75) }
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for session in 0..context.turns.sessions.len() {
            let chain = context.conversation(session);
            let mut lives = FIVE_MINUTES;
            for pair in chain.windows(2) {
                let (before, now) = (&context.records[pair[0]], &context.records[pair[1]]);
                // A request that writes nothing does not change the lifetime of what it read.
                if before.counts.cache_write_1h.unwrap_or(0) > 0 {
                    lives = ONE_HOUR;
                } else if written(&before.counts) > 0 {
                    lives = FIVE_MINUTES;
                }
                let min_percent = if self.idle { SHRUNK } else { REMOVED };
                let Some(missed) = missed(before, now, min_percent) else { continue };
                if (now.at - before.at > lives) != self.idle {
                    continue;
                }
                out.extend(context.prices.saved(now, as_read(now.counts, missed)).map(|cost| (pair[1], cost)));
            }
        }
    }
}

fn written(counts: &TokenCounts) -> u64 {
    [counts.cache_write_5m, counts.cache_write_1h, counts.cache_write_unspecified].into_iter().flatten().sum()
}

/// Tokens of the prefix that a request did not read, unless its prompt is below `min_percent` of the prefix.
fn missed(before: &Spent, now: &Spent, min_percent: u64) -> Option<u64> {
    let prefix = before.counts.cache_read.unwrap_or(0) + written(&before.counts);
    let (prompt, read) = (now.counts.prompt(), now.counts.cache_read.unwrap_or(0));
    let shrunk = prompt * 100 < prefix * min_percent;
    let missed = prefix.min(prompt).saturating_sub(read);
    (!shrunk && missed >= MIN_TOKENS).then_some(missed)
}

/// The same prompt with the missed tokens read from the cache instead of written or, after that, sent as fresh input.
fn as_read(counts: TokenCounts, mut missed: u64) -> TokenCounts {
    let mut other = counts;
    let mut read = counts.cache_read.unwrap_or(0);
    for bucket in
        [&mut other.cache_write_1h, &mut other.cache_write_5m, &mut other.cache_write_unspecified, &mut other.input]
    {
        let taken = bucket.unwrap_or(0).min(missed);
        if taken > 0 {
            *bucket = bucket.map(|count| count - taken);
            (missed, read) = (missed - taken, read + taken);
        }
    }
    TokenCounts { cache_read: Some(read), ..other }
}
