//! Amp threads: one JSON file per thread, rewritten as it grows.
//!
//! The ledger (`usageLedger.events`) is what Amp charged. A message's `usage` knows how much was read from and written to the
//! cache, and an event names its message by `toMessageId`. In a thread with a ledger, messages add nothing but that split.
//! Input excludes everything cached. A total alone fills no bucket. Messages have blocks as Anthropic's API has them, with results under
//! `run`; the folder is the one that the thread began in (read: cross_agent_session_resumer, ec0eab9).

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::path::{self, Drives};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::count::Count;

pub(crate) static AMP: Page = Page {
    id: "amp",
    title: "Amp threads",
    about: "JSON files, one per thread.\n\
            Where: ~/.local/share/amp/threads (AMP_DATA_DIR).\n\
            Counted: the events of the thread's usage ledger, with the cache split of the message that each one names; in \
            threads without a ledger the usage of each message. Credits are kept as credits, never as dollars.\n\
            Set aside: usage without a token (ignored). A total alone is unpriced, because it does not separate input from \
            output.\n\
            Lacks: branch and bill.",
    needs: &[
        &["usageLedger"],
        &["messages", "role", "usage", "outputTokens"],
        &["messages", "role", "usage", "totalTokens"],
    ],
    lacks: &["metadata", "parentUuid", "sessionID"],
    read,
};

fn read(thread: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !thread.has("usageLedger") && !thread.has("messages") {
        return false;
    }
    if sink.out.wants_activity {
        add_activity(thread, sink);
    }
    let events: Vec<Json<'_>> = thread.items("usageLedger/events").collect();
    if events.is_empty() {
        for usage in thread.items("messages").filter_map(|message| message.get("usage")) {
            let tokens = DraftTokens {
                input: usage.count("inputTokens"),
                output: usage.count("outputTokens"),
                cache_read: usage.count("cacheReadInputTokens"),
                cache_write_unspecified: usage.count("cacheCreationInputTokens"),
                ..DraftTokens::default()
            };
            add(thread, usage, tokens, usage.count("totalTokens"), sink);
        }
        return true;
    }
    let messages = messages_by_id(thread);
    for event in events {
        let usage = event.string("toMessageId").and_then(|to| messages.get(&to)?.get("usage"));
        let of_message = |key: &str| usage.map_or(Count::Absent, |usage| usage.count(key));
        let tokens = DraftTokens {
            input: event.count("tokens/input"),
            output: event.count("tokens/output"),
            cache_read: event.count("tokens/cacheReadInputTokens").or_else(|| of_message("cacheReadInputTokens")),
            cache_write_unspecified: event
                .count("tokens/cacheCreationInputTokens")
                .or_else(|| of_message("cacheCreationInputTokens")),
            ..DraftTokens::default()
        };
        add(thread, event, tokens, event.count("tokens/total"), sink);
    }
    true
}

/// The folder that a thread began in: as it is, or as a URI.
fn folder(thread: Json<'_>) -> Option<Cow<'_, str>> {
    let tree = || thread.items("env/initial/trees").find_map(|tree| tree.text("uri").or(tree.text("uri/fsPath")));
    let folder = thread.text("env/initial/cwd").or_else(tree)?;
    Some(if folder.starts_with("file://") { path::clean(folder, Drives::default()) } else { Cow::Borrowed(folder) })
}

/// What a thread did, where its messages say when.
fn add_activity(thread: Json<'_>, sink: &mut Sink<'_>) {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let cwd = folder(thread).map(Cow::into_owned);
    let session = SessionContext { id: text(thread.text("id")), cwd, ..SessionContext::default() };
    let mut blocks = Blocks::default();
    let mut last = thread.instant("created");
    for (message, number) in thread.items("messages").zip(1_u32..) {
        last = message.instant("meta/sentAt").or_else(|| message.instant("usage/timestamp")).or(last);
        if let Some(time) = last {
            blocks.add_message((message, &number.to_string()), &session, time, sink.at, sink.out);
        }
    }
}

/// The messages of a thread by each of their ids; the first of several with the same id.
fn messages_by_id<'a>(thread: Json<'a>) -> HashMap<Cow<'a, str>, Json<'a>> {
    let mut messages = HashMap::new();
    for message in thread.items("messages") {
        for id in ["messageId", "id"].iter().filter_map(|key| message.string(key)) {
            messages.entry(id).or_insert(message);
        }
    }
    messages
}

fn add(thread: Json<'_>, usage: Json<'_>, tokens: DraftTokens, total: Count, sink: &mut Sink<'_>) {
    let credits = usage.quantity("credits");
    if tokens.is_zero() && total.unless_zero().is_absent() && credits.unless_zero().is_absent() {
        return sink.ignore(NO_TOKENS);
    }
    let Some(start) = usage.instant("timestamp") else { return sink.reject(NO_TIME) };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.depends_on(total);
    record.model = sink.name(usage.text("model"));
    record.session = sink.name(thread.text("id"));
    record.cwd = sink.name(folder(thread).as_deref());
    record.quantity = credits;
    record.bill.unit = record.quantity.known().and_then(|_| sink.name(Some("credits")));
    let id = usage.string("id").unwrap_or_else(|| start.to_rfc3339().into());
    sink.add(record, &[thread.text("id").unwrap_or(""), &id]);
}
