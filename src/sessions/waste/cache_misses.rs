//! W13 Cache misses: what was in the prompt cache is paid as fresh or written again.
//!
//! The prefix that a request left in the cache is what it read and wrote. The next request of the conversation should read it;
//! what it does not read, up to its own length, is missed. A prompt much shorter than the prefix was compacted or cleared, and
//! misses nothing; in time, neither does one that is a fiftieth shorter, from which an agent took old tool results. A pause
//! longer than the cache lives is idle expiry; without one the prefix was changed (or another model was chosen, which has a
//! cache of its own).

use chrono::TimeDelta;

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sessions::waste::{Case, Confidence, Kind};

/// Smaller gaps are no misses: blocks of a cache are coarse.
const LEAST_TOKENS: u64 = 1_024;
/// A prompt below this share of the prefix, in percent, is another conversation.
const SHRUNK: u64 = 60;
/// A prompt below this share had something taken out of it on purpose, such as old tool results, and reads what it can.
const TAKEN_OUT: u64 = 98;
/// How long a cache lives that nothing tells otherwise about.
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
             instructions or tools, edited history, another model. One that is shorter by a fiftieth or more had something taken out on purpose, and is no finding. The missed tokens at what was paid, less what reading them costs."
        }
    }

    fn action(&self) -> &'static str {
        if self.idle {
            "compact or start anew before a pause, or choose one-hour caching where pauses are the rule"
        } else {
            "keep instructions, tools and model fixed within a session; put what changes last"
        }
    }

    fn confidence(&self) -> Confidence {
        Confidence::Likely
    }

    fn range(&self) -> (u32, u32) {
        if self.idle { (40, 85) } else { (25, 75) }
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        for session in 0..case.turns.sessions.len() {
            let chain = case.chain(session);
            let mut lives = FIVE_MINUTES;
            for pair in chain.windows(2) {
                let (before, now) = (&case.records[pair[0]], &case.records[pair[1]]);
                // A request that writes nothing says nothing of how long what it read will live.
                if before.counts.cache_write_1h.unwrap_or(0) > 0 {
                    lives = ONE_HOUR;
                } else if written(&before.counts) > 0 {
                    lives = FIVE_MINUTES;
                }
                let least = if self.idle { SHRUNK } else { TAKEN_OUT };
                let Some(missed) = missed(before, now, least) else { continue };
                if (now.at - before.at > lives) != self.idle {
                    continue;
                }
                out.extend(case.prices.saved(now, as_read(now.counts, missed)).map(|cost| (pair[1], cost)));
            }
        }
    }
}

fn written(counts: &TokenCounts) -> u64 {
    [counts.cache_write_5m, counts.cache_write_1h, counts.cache_write_unspecified].into_iter().flatten().sum()
}

/// Tokens of the prefix that a request did not read, unless its prompt is below so many percent of that.
fn missed(before: &Spent, now: &Spent, least: u64) -> Option<u64> {
    let prefix = before.counts.cache_read.unwrap_or(0) + written(&before.counts);
    let (prompt, read) = (now.counts.prompt(), now.counts.cache_read.unwrap_or(0));
    let shrunk = prompt * 100 < prefix * least;
    let missed = prefix.min(prompt).saturating_sub(read);
    (!shrunk && missed >= LEAST_TOKENS).then_some(missed)
}

/// The same prompt with so many more tokens read from the cache: taken from what was written, then from what was fresh.
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
