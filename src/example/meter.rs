//! How many tokens a request uses: the context grows, and caches are read, written and lost.

use super::random::Random;
use super::truth::TokenTruth;

/// How an agent's provider caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caching {
    /// Written for five minutes, at a price.
    FiveMinutes,
    /// Written for one hour, at a higher price.
    OneHour,
    /// Cached by the provider in whole blocks of 128 tokens; writing is free.
    Automatic,
}

/// The context of one conversation.
pub(super) struct Conversation {
    caching: Caching,
    context: u64,
    cached: bool,
}

impl Conversation {
    /// A new conversation.
    pub(super) fn new(caching: Caching) -> Self {
        Self { caching, context: 0, cached: true }
    }

    /// A conversation that continues another one.
    pub(super) fn continued(caching: Caching, random: &mut Random) -> Self {
        Self { caching, context: random.between(24_000, 30_000), cached: false }
    }

    /// Loses the cache, as after a long pause or with another model.
    pub(super) fn lose_cache(&mut self) {
        self.cached = false;
    }

    /// Replaces the context by a summary.
    pub(super) fn compact(&mut self, random: &mut Random) {
        self.context = random.between(14_000, 18_000);
        self.cached = false;
    }

    /// The tokens of the next request, whose context grew by `grown` and whose answer has `output` tokens.
    pub(super) fn next(&mut self, grown: u64, output: u64, random: &mut Random) -> TokenTruth {
        let tokens = match self.caching {
            Caching::Automatic => self.automatic(grown, output, random),
            Caching::FiveMinutes | Caching::OneHour => self.explicit(grown, output, random),
        };
        self.context = tokens.prompt();
        self.cached = true;
        tokens
    }

    fn explicit(&self, grown: u64, output: u64, random: &mut Random) -> TokenTruth {
        // In a new conversation, the agent's own instructions are already cached.
        let (read, written) = match (self.context, self.cached) {
            (0, _) => (random.between(12_800, 14_600), random.between(5_200, 11_000) + grown),
            (context, true) => (context, grown),
            (context, false) => (0, context + grown),
        };
        let mut tokens = TokenTruth { input: random.between(1, 9), cache_read: read, output, ..TokenTruth::default() };
        match self.caching {
            Caching::OneHour => tokens.cache_write_1h = written,
            Caching::FiveMinutes | Caching::Automatic => tokens.cache_write_5m = written,
        }
        tokens
    }

    fn automatic(&self, grown: u64, output: u64, random: &mut Random) -> TokenTruth {
        let context = if self.context == 0 { random.between(9_000, 13_000) } else { self.context };
        let cached = match (self.context, self.cached) {
            (0, _) => 3_456,
            (_, true) => context / 128 * 128,
            (_, false) => 0,
        };
        let reasoning = random.between(0, 9) * 64;
        let input = context - cached + grown;
        TokenTruth { input, cache_read: cached, output: output + reasoning, reasoning, ..TokenTruth::default() }
    }
}
