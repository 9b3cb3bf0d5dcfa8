//! Continue: `tokensGenerated.jsonl`, the development data that the extension keeps, and the sessions of the extension and of its CLI.
//! Read: continue d0a3c0b.
//!
//! - In: a request a line; a document per session, of which the CLI's sum what they used; the list of sessions. Out: a record per
//!   request and per session of the CLI, and the events of sessions.
//! - Refuses: usage without a time, and damaged counts.
//!
//! Traps:
//! - The extension's sessions have no usage; its requests are in the development data, which the CLI does not keep.
//! - Sessions have no time; the list of sessions, `sessions.json`, says when each of them began.
//! - A fork of the CLI begins with a copy of the history, but not of the usage.
//! - What is cached is beside the prompt tokens for Anthropic's models. For other vendors' it is inside, and not told.

use crate::model::activity::{NamedSession, UNDATED};
use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::model::usage::{Grain, RecordId};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::DOLLARS;

const ID: &str = "continue";

pub(crate) static CONTINUE: Page = Page {
    id: ID,
    title: "Continue, tokens generated and sessions",
    about: "tokensGenerated.jsonl, which the extension writes for every request, and one JSON document per session of the extension and of \
            the CLI. Seen: schema 0.2.0.\n\
            Where: ~/.continue/dev_data, ~/.continue/sessions (CONTINUE_GLOBAL_DIR).\n\
            Counted: one record per request of the extension, with time and model, input and output only; one per session of the CLI, \
            with cached input for Anthropic's models and the tool's own estimate of the cost, dated at its beginning by sessions.json.\n\
            Set aside: requests and sessions without a token (ignored).\n\
            Lacks: cached tokens of the extension's requests (the list cost takes all input as fresh) and their session and folder; \
            days, single requests and times of the CLI's sessions, and the model of those that had several; branch and bill.",
    needs: &[
        &["promptTokens", "generatedTokens", "eventName"],
        &["promptTokens", "generatedTokens", "provider"],
        &["sessionId", "workspaceDirectory", "history"],
        &["sessionId", "workspaceDirectory", "dateCreated"],
    ],
    lacks: &["messages", "trace_id"],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if let (Some(id), true) = (value.text("sessionId"), value.has("workspaceDirectory")) {
        if value.has("history") {
            add_session(value, id, sink);
        } else {
            date_session(value, id, sink);
        }
        return true;
    }
    if !value.has("promptTokens") {
        return value.has("eventName");
    }
    add_request(value, sink);
    true
}

fn add_request(line: Json<'_>, sink: &mut Sink<'_>) {
    let tokens = DraftTokens {
        input: line.count("promptTokens"),
        output: line.count("generatedTokens"),
        ..DraftTokens::default()
    };
    if tokens.is_zero() {
        return sink.ignore(NO_TOKENS);
    }
    let Some(start) = line.instant("timestamp") else { return sink.reject(NO_TIME) };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.model = sink.name(line.text("model"));
    record.provider = sink.name(line.text("provider"));
    let counts = ["promptTokens", "generatedTokens"].map(|key| line.string(key).unwrap_or_default());
    sink.add(record, &[&start.to_rfc3339(), line.text("model").unwrap_or_default(), &counts[0], &counts[1]]);
}

/// When a session began.
fn beginning(id: &str) -> RecordId {
    RecordId::of(&[ID, "session", id])
}

/// Notes what the list of sessions says of one.
fn date_session(listed: Json<'_>, id: &str, sink: &mut Sink<'_>) {
    let Some(began) = listed.instant("dateCreated") else { return };
    sink.out.pending.note_time(beginning(id), began);
    if sink.out.wants_activity {
        let name = sink.out.names.intern(id);
        let named = NamedSession { alias: name, session: Some(name), cwd: None, branch: None, began: Some(began) };
        sink.out.activity.name_session(named);
    }
}

/// Adds what a session did, and what it used if the CLI kept it.
fn add_session(session: Json<'_>, id: &str, sink: &mut Sink<'_>) {
    if sink.out.wants_activity {
        add_activity(session, id, sink);
    }
    let Some(usage) = session.get("usage") else { return };
    let tokens = DraftTokens {
        input: usage.count("promptTokens").required(),
        output: usage.count("completionTokens"),
        cache_read: usage.count("promptTokensDetails/cachedTokens").unless_zero(),
        cache_write_unspecified: usage.count("promptTokensDetails/cacheWriteTokens").unless_zero(),
        ..DraftTokens::default()
    };
    let cost = usage.amount("totalCost", DOLLARS);
    if tokens.is_zero() && cost.unless_zero().is_absent() {
        return sink.ignore(NO_TOKENS);
    }
    // The list dates it; without one it keeps the assumed time, which is said.
    let Some(assumed) = sink.out.undated else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Transcript, assumed.at);
    record.grain = Grain::Session;
    record.tokens = tokens;
    record.reported_cost = cost;
    record.model = sink.name(model(session));
    record.session = sink.name(Some(id));
    record.cwd = sink.name(folder(session));
    sink.add_dated(record, &["session", id], beginning(id));
}

/// The model of all answers, if it was one.
fn model<'a>(session: Json<'a>) -> Option<&'a str> {
    let mut models = session.items("history").filter_map(|item| item.text("message/usage/model"));
    let first = models.next()?;
    models.all(|model| model == first).then_some(first)
}

fn folder<'a>(session: Json<'a>) -> Option<&'a str> {
    session.text("workspaceDirectory").filter(|folder| !folder.is_empty())
}

/// What was asked in a session, and which tools were called, at a time that the list of sessions has.
fn add_activity(session: Json<'_>, id: &str, sink: &mut Sink<'_>) {
    let context = SessionContext {
        id: Some(id.to_owned()),
        cwd: folder(session).map(str::to_owned),
        is_copied: true,
        is_undated: true,
        ..SessionContext::default()
    };
    let mut calls = Blocks::default();
    let items: Vec<Json<'_>> = session.items("history").collect();
    for (number, item) in items.iter().enumerate() {
        let message = item.at("message");
        if message.text("role") == Some("user") {
            let asked = text_of(message.at("content"));
            // The answer tells it from the same words in another session, but not from its copy in a fork.
            let answer = items.get(number + 1).map(|next| next.at("message/content").to_string()).unwrap_or_default();
            let key = format!("{:x}:{:x}", hash_text(&asked), hash_text(&answer));
            let prompt = sink.out.prompt(&asked);
            context.add_event(&key, prompt, UNDATED, sink.at, sink.out);
        }
        item.items("toolCallStates").for_each(|state| add_call(state, &context, &mut calls, sink));
    }
}

/// What a call did, once it has a result.
fn add_call(state: Json<'_>, context: &SessionContext, calls: &mut Blocks, sink: &mut Sink<'_>) {
    let (Some(call), Some(name)) = (state.text("toolCallId"), state.text("toolCall/function/name")) else { return };
    let is_broken = match state.text("status") {
        Some("done") => false,
        Some("errored" | "canceled") => true,
        _ => return,
    };
    let written = state.text("toolCall/function/arguments").unwrap_or_default();
    let arguments = match state.get("parsedArgs").filter(|_| state.has_map("parsedArgs")) {
        Some(parsed) => parsed.to_string(),
        None => sink.arena.read(written).map_or_else(|_| written.to_owned(), |read| read.to_string()),
    };
    let printed: Vec<&str> = state.items("output").filter_map(|part| part.text("content")).collect();
    // The extension says of a command that failed that the call is done.
    let has_failed =
        state.items("output").any(|part| part.text("status").is_some_and(|said| said.contains(" failed with ")));
    calls.begin_call(call, name, arguments);
    calls.end_call((call, &printed.join("\n"), is_broken || has_failed), context, UNDATED, sink.at, sink.out);
}
