//! Spend on an API without sessions: bills, vendors' reports and gateways. It has no turns, so findings are of whole models.

use std::collections::BTreeMap;

use crate::ledger::Spent;
use crate::model::money::Money;
use crate::model::name::Name;
use crate::model::usage::TokenCounts;
use crate::pricing::ServiceTier;
use crate::sessions::waste::overpowered::{self, MAX_OUTPUT, MAX_PROMPT};
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// Fresh input of a model from which on caching is worth a look.
const MUCH_INPUT: u64 = 1_000_000;

/// The records of requests outside of any session, by model as written and who is paid.
fn by_model<'a>(context: &WasteContext<'a>) -> BTreeMap<(u32, u32), Vec<(usize, &'a Spent)>> {
    let mut models: BTreeMap<(u32, u32), Vec<(usize, &Spent)>> = BTreeMap::new();
    let records = context.records.iter().enumerate();
    for (at, record) in records.filter(|(_, record)| record.session.is_none() && !record.errored) {
        let code = |name: Option<Name>| name.map_or(0, Name::code);
        models.entry((code(record.provider), code(record.model))).or_default().push((at, record));
    }
    models
}

/// See [`Kind::about`].
pub(super) struct UncachedPrompts;

impl Kind for UncachedPrompts {
    fn id(&self) -> &'static str {
        "uncached-prompts"
    }

    fn code(&self) -> &'static str {
        "W21"
    }

    fn name(&self) -> &'static str {
        "API prompts without caching"
    }

    fn about(&self) -> &'static str {
        "Models of an API, outside of agents' sessions, with a million or more fresh input tokens and not one read from a cache, where \
         the vendor sells cheaper cached input: the list cost of the input less that of reading all of it from a cache. A \
         ceiling: how much of the prompts repeats, records do not show."
    }

    fn advice(&self) -> &'static str {
        "Cache what every request repeats"
    }

    fn action(&self) -> &'static str {
        "put what every request repeats at the start of the prompt, and switch on caching where it is not automatic"
    }

    fn who(&self) -> &'static str {
        "application teams"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 50)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for records in by_model(context).into_values() {
            let sum = |of: fn(&TokenCounts) -> Option<u64>| -> u64 {
                records.iter().filter_map(|(_, record)| of(&record.counts)).fold(0, u64::saturating_add)
            };
            let cached = sum(|tokens| tokens.cache_read)
                + sum(|tokens| tokens.cache_write_5m)
                + sum(|tokens| tokens.cache_write_1h)
                + sum(|tokens| tokens.cache_write_unspecified);
            if cached > 0 || sum(|tokens| tokens.input) < MUCH_INPUT {
                continue;
            }
            for (at, record) in records {
                let read = TokenCounts { input: Some(0), cache_read: record.counts.input, ..record.counts };
                out.extend(context.prices.saved(record, read).map(|saved| (at, saved)));
            }
        }
    }
}

/// See [`Kind::about`].
pub(super) struct NoBatch;

impl Kind for NoBatch {
    fn id(&self) -> &'static str {
        "no-batch"
    }

    fn code(&self) -> &'static str {
        "W22"
    }

    fn name(&self) -> &'static str {
        "API work that is never sent as a batch"
    }

    fn about(&self) -> &'static str {
        "Models of an API, outside of agents' sessions, that were used without one batch, where the vendor sells batches cheaper: the \
         list cost less that of the same tokens as a batch. A ceiling: what a user waits for cannot wait for a batch."
    }

    fn advice(&self) -> &'static str {
        "Send what can wait as batches"
    }

    fn action(&self) -> &'static str {
        "send what nobody waits for, such as evaluations, summaries and imports, as batches"
    }

    fn who(&self) -> &'static str {
        "application teams"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 100)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for records in by_model(context).into_values() {
            let is_batch = |record: &Spent| {
                ServiceTier::from_log(context.names.text_of(record.service_tier)) == Some(ServiceTier::Batch)
            };
            if records.iter().any(|(_, record)| is_batch(record)) {
                continue;
            }
            for (at, record) in records {
                let costs = context.prices.with(record, record.counts).zip(context.prices.as_batch(record));
                out.extend(costs.filter(|(own, batch)| batch < own).map(|(own, batch)| (at, own - batch)));
            }
        }
    }
}

/// See [`Kind::about`].
pub(super) struct SmallAnswers;

impl Kind for SmallAnswers {
    fn id(&self) -> &'static str {
        "small-answers"
    }

    fn code(&self) -> &'static str {
        "W23"
    }

    fn name(&self) -> &'static str {
        "Small API answers from the most expensive model"
    }

    fn about(&self) -> &'static str {
        "Single requests to an API, outside of agents' sessions, with at most 300 output tokens and 30,000 prompt tokens, on a model \
         with a smaller sibling (such as Sonnet for Opus): the list cost less that of the same tokens on the smaller model. A ceiling: \
         it assumes equal quality."
    }

    fn advice(&self) -> &'static str {
        "Try a smaller model for small answers"
    }

    fn action(&self) -> &'static str {
        "try the smaller model on a sample of these requests, and use it where the answers are as good"
    }

    fn who(&self) -> &'static str {
        "application teams"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 80)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        let mut smaller = std::collections::HashMap::new();
        let is_light = |record: &Spent| {
            !record.coarse
                && record.counts.output.is_some_and(|output| output <= MAX_OUTPUT)
                && record.counts.prompt() <= MAX_PROMPT
        };
        for (at, record) in by_model(context).into_values().flatten().filter(|(_, record)| is_light(record)) {
            let Some((provider, models)) = overpowered::smaller_models(context, record, &mut smaller) else { continue };
            let other = models.iter().find_map(|model| context.prices.all_on(record, provider, model));
            let costs = context.prices.with(record, record.counts).zip(other);
            out.extend(costs.filter(|(own, other)| other < own).map(|(own, other)| (at, own - other)));
        }
    }
}
