//! Sessions of Cline's CLI and SDK, version 3: `<session>.messages.json` with the metrics of each answer, and `<session>.json` beside it
//! with their sum, which counts where the messages are not read.
//!
//! The shapes are those of Cline's source (`sdk/packages`, 0015a6c) and of codeburn's (ed8fa3a) parser. The input includes what was read
//! from and written to a cache; where it is smaller, it cannot. The sum of a session with its subagents, `aggregateUsage`, is not read:
//! subagents have sessions of their own.

use crate::model::usage::{Grain, RecordId};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{DraftTokens, MIXED, Written};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static CLINE_CLI: Page = Page {
    id: "cline-cli",
    title: "Cline CLI sessions",
    about: "JSON files, two per session: its messages, and its sum.\n\
            Where: ~/.cline/data/sessions (CLINE_SESSION_DATA_DIR).\n\
            Counted: one record per answer with metrics, with the tool's own cost; a session's sum where no message of it is read.\n\
            Set aside: sums of sessions whose messages are read (duplicate).\n\
            Lacks: branch and bill.",
    needs: &[
        &["sessionId", "messages", "metrics"],
        &["session_id", "messages_path", "metadata"],
        &["source_message_count", "messages"],
    ],
    lacks: &["parentUuid"],
    read,
};

fn read(file: Json<'_>, sink: &mut Sink<'_>) -> bool {
    // What a compaction left of the messages, which the session's file has all.
    if file.has("source_message_count") {
        return true;
    }
    if let (Some(session), true) = (file.text("sessionId"), file.has("messages")) {
        for message in file.items("messages").filter(|message| message.has_map("metrics")) {
            answer(session, message, file, sink);
        }
        if sink.out.wants_activity {
            add_activity(session, file, sink);
        }
        return true;
    }
    let (Some(session), true) = (file.text("session_id"), file.has("metadata")) else { return false };
    if let (Some(session), Some(folder)) = (sink.name(Some(session)), sink.name(file.text("cwd"))) {
        sink.out.folders.note(sink.id, session, folder);
    }
    let usage = file.at("metadata/usage");
    let (tokens, cost) = (tokens(usage), usage.amount("totalCost", DOLLARS));
    if !file.has_map("metadata/usage") || tokens.is_zero() && cost.unless_zero().is_absent() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let Some(start) = file.instant("started_at") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.grain = Grain::Session;
    record.request_count = Count::Absent;
    record.tokens = tokens;
    record.reported_cost = cost;
    record.provider = sink.name(file.text("provider"));
    record.model = sink.name(file.text("model"));
    record.session = sink.name(Some(session));
    record.cwd = sink.name(file.text("cwd"));
    sink.add_unless(record, &[session, "sum"], messages_of(session));
    true
}

/// What a session did: its messages have blocks as Anthropic's API has them.
fn add_activity(session: &str, file: Json<'_>, sink: &mut Sink<'_>) {
    let context = SessionContext { id: Some(session.to_owned()), ..SessionContext::default() };
    let mut blocks = Blocks::default();
    for (message, number) in file.items("messages").zip(1_u32..) {
        let key = message.string("id").unwrap_or_else(|| number.to_string().into());
        if let Some(time) = message.instant("ts") {
            blocks.add_message((message, &key), &context, time, sink.at, sink.out);
        }
    }
}

fn answer(session: &str, message: Json<'_>, file: Json<'_>, sink: &mut Sink<'_>) {
    let metrics = message.at("metrics");
    let Some(start) = message.instant("ts").or_else(|| file.instant("updated_at")) else {
        return sink.reject(NO_TIME);
    };
    let mut record = sink.request(start);
    record.tokens = tokens(metrics);
    record.reported_cost = metrics.amount("cost", DOLLARS);
    record.provider = sink.name(message.text("modelInfo/provider"));
    record.model = sink.name(message.text("modelInfo/id"));
    record.session = sink.name(Some(session));
    record.subagent = file.text("agent").is_some_and(|agent| agent != "lead");
    let before = sink.out.accepted();
    let key = message.string("id").unwrap_or_default();
    // Without an id the time of an answer tells it apart.
    let when = if key.is_empty() { start.timestamp_millis().to_string() } else { String::new() };
    sink.add(record, &[session, &key, &when]);
    if sink.out.accepted() > before {
        sink.out.pending.resolve(messages_of(session));
    }
}

/// The answers of a session as its messages have them.
fn messages_of(session: &str) -> RecordId {
    RecordId::of(&["cline-cli", "messages", session])
}

fn tokens(metrics: Json<'_>) -> DraftTokens {
    let counts = Written {
        input: metrics.count("inputTokens"),
        cache_read: metrics.count("cacheReadTokens"),
        cache_write: metrics.count("cacheWriteTokens"),
        output: metrics.count("outputTokens"),
        ..Written::default()
    };
    counts.settle(MIXED)
}
