//! Amp threads: one JSON file a thread, rewritten as it grows.
//!
//! The ledger (`usageLedger.events`) is what Amp charged; a message's `usage` has the split of the cache, and an event
//! points to its message by `toMessageId`. Where a ledger stands, messages add nothing but that split. Input excludes
//! everything cached. A total alone fills no bucket.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, request};
use crate::sources::export::NO_TIME;
use crate::sources::export::amount::scaled;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static AMP: Agent = Agent {
    page: Page {
        id: "amp",
        title: "Amp threads",
        about: "JSON files, one a thread.\n\
                Where: ~/.local/share/amp/threads (AMP_DATA_DIR).\n\
                Counted: the events of the thread's usage ledger, with the cache split of the message that each points to; in \
                threads without a ledger the usage of each message. Credits are kept as credits, never as dollars.\n\
                Set aside: usage without a token (ignored). A total alone is unpriced, for nothing tells input from output.\n\
                Lacks: folder, branch and bill.",
        needs: &[
            &["usageLedger"],
            &["messages", "role", "usage", "outputTokens"],
            &["messages", "role", "usage", "totalTokens"],
        ],
        lacks: &["metadata", "parentUuid", "sessionID"],
        read,
    },
    env: "AMP_DATA_DIR",
    homes: &[".local/share/amp/threads"],
};

fn read(thread: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if thread.get("usageLedger").is_none() && thread.get("messages").is_none() {
        return false;
    }
    let events: Vec<Json<'_>> = thread.items("usageLedger/events").collect();
    if events.is_empty() {
        for usage in thread.items("messages").filter_map(|message| message.get("usage")) {
            let tokens = TokenCounts {
                input: usage.count("inputTokens"),
                output: usage.count("outputTokens"),
                cache_read: usage.count("cacheReadInputTokens"),
                cache_write_unspecified: usage.count("cacheCreationInputTokens"),
                ..TokenCounts::default()
            };
            add(thread, usage, tokens, usage.count("totalTokens"), sink);
        }
        return true;
    }
    let messages = by_id(thread);
    for event in events {
        let message = event.string("toMessageId").and_then(|to| messages.get(&to));
        let split = |own: &str, key: &str| {
            event.count(own).or_else(|| message.and_then(|message| message.get("usage")?.count(key)))
        };
        let tokens = TokenCounts {
            input: event.count("tokens/input"),
            output: event.count("tokens/output"),
            cache_read: split("tokens/cacheReadInputTokens", "cacheReadInputTokens"),
            cache_write_unspecified: split("tokens/cacheCreationInputTokens", "cacheCreationInputTokens"),
            ..TokenCounts::default()
        };
        add(thread, event, tokens, event.count("tokens/total"), sink);
    }
    true
}

/// The messages of a thread by each of their ids; of equal ones the first.
fn by_id<'a>(thread: Json<'a>) -> HashMap<Cow<'a, str>, Json<'a>> {
    let mut messages = HashMap::new();
    for message in thread.items("messages") {
        for id in ["messageId", "id"].iter().filter_map(|key| message.string(key)) {
            messages.entry(id).or_insert(message);
        }
    }
    messages
}

fn add(thread: Json<'_>, usage: Json<'_>, tokens: TokenCounts, total: Option<u64>, sink: &mut Sink<'_>) {
    if tokens.total() == 0 && total.unwrap_or(0) == 0 {
        return sink.out.ignore("no-tokens", "usage without a token was not billed", sink.at.line);
    }
    let Some(start) = usage.instant("timestamp") else { return sink.reject(NO_TIME) };
    let mut record = request(sink, start, tokens);
    record.model = sink.name(usage.text("model"));
    record.session = sink.name(thread.text("id"));
    let credits = usage.string("credits").and_then(|credits| i64::try_from(scaled(&credits, 6, false)?).ok());
    record.bill.quantity_micros = credits;
    record.bill.unit = credits.and_then(|_| sink.name(Some("credits")));
    let id = usage.string("id").unwrap_or_else(|| start.to_rfc3339().into());
    sink.add(record, &[thread.text("id").unwrap_or(""), &id]);
}
