//! Messages and their parts, which are the same JSON in exports, storage and database.
//!
//! - In: a document, a message or a part. Out: a record per assistant message, and the events of its parts.
//! - Refuses: records without a time, and damaged counts.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::activity::What;
use crate::model::observation::Observation;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::Batch;
use crate::sources::json::access::{self, counts, dollars, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::transcript::session::SessionContext;
use crate::sources::transcript::tool_call::ToolCall;

pub(super) const ID: &str = "opencode";

/// Reads an export, or a file of the older storage: a session, a message or a part.
pub(super) fn read_document(document: &Node<'_>, activity: bool, file: FileId, out: &mut Batch) {
    let at = Origin { file, line: 1 };
    if has_map(document, "info") {
        let session = session_context(access::at(document, "info"));
        for (message, line) in list(document, "messages").iter().zip(1..) {
            let at = Origin { file, line };
            let session = read_message(access::at(message, "info"), &session, at, out);
            let user = text(message, "info.role") == Some("user");
            for part in list(message, "parts").iter().filter(|_| activity) {
                let written = time(message, "info.time.created");
                add_part_events(part, &session, user, written, at, out);
            }
        }
    } else if text(document, "messageID").is_some() {
        let session =
            SessionContext { id: text(document, "sessionID").map(str::to_owned), ..SessionContext::default() };
        if activity {
            add_part_events(document, &session, false, None, at, out);
        }
    } else if text(document, "role").is_some() {
        read_message(document, &SessionContext::default(), at, out);
    }
}

/// What the head of a session says about it.
fn session_context(info: &Node<'_>) -> SessionContext {
    SessionContext {
        id: text(info, "id").map(str::to_owned),
        parent: text(info, "parentID").map(str::to_owned),
        cwd: text(info, "directory").map(str::to_owned),
        version: text(info, "version").map(str::to_owned),
        subagent: text(info, "parentID").is_some(),
        ..SessionContext::default()
    }
}

/// Reads a message; returns the session with what the message adds to it.
pub(super) fn read_message<'s>(
    info: &Node<'_>,
    session: &'s SessionContext,
    at: Origin,
    out: &mut Batch,
) -> Cow<'s, SessionContext> {
    let mut session = Cow::Borrowed(session);
    // Nearly every message repeats the head of its session, which then is not cloned.
    if let (None, Some(id)) = (&session.id, text(info, "sessionID")) {
        session.to_mut().id = Some(id.to_owned());
    }
    if let Some(cwd) = text(info, "path.cwd").filter(|cwd| session.cwd.as_deref() != Some(cwd)) {
        session.to_mut().cwd = Some(cwd.to_owned());
    }
    if text(info, "role") != Some("assistant") || !has_map(info, "tokens") {
        return session;
    }
    let Some(written) = time(info, "time.created") else {
        out.reject("no-timestamp", "a record has no timestamp, so it belongs to no day", at.line);
        return session;
    };
    let paths = ["input", "output", "reasoning", "cache.read", "cache.write", "total"];
    let Some([input, output, reasoning, read, write, total]) = counts(access::at(info, "tokens"), paths) else {
        out.reject("bad-count", "a token count is negative, fractional or out of range", at.line);
        return session;
    };
    let sum = [input, output, read, write].into_iter().flatten().fold(0, u64::saturating_add);
    let reasoning_included = total.is_some_and(|total| total <= sum) && reasoning <= output;
    let tokens = TokenCounts {
        input,
        cache_read: read,
        cache_write_unspecified: write,
        output: if reasoning_included { output } else { output.map(|output| output + reasoning.unwrap_or(0)) },
        reasoning,
        ..TokenCounts::default()
    };
    let id = match text(info, "id") {
        Some(id) => RecordId::of(&[ID, id]),
        None => RecordId::of(&[ID, session.id.as_deref().unwrap_or(""), &written.to_rfc3339()]),
    };
    let mut record = session.request_record(ID, id, at, written, tokens, out);
    record.provider = out.names.intern_some(text(info, "providerID"));
    record.model = out.names.intern_some(text(info, "modelID"));
    record.reported_cost = dollars(info, "cost");
    out.counts.records_read += 1;
    let observation = Observation::new(record, Vec::new());
    out.usage.add(if time(info, "time.completed").is_some() { observation.finished() } else { observation });
    session
}

/// Adds the events of a part of a message: prompts, tool calls, compactions.
pub(super) fn add_part_events(
    part: &Node<'_>,
    session: &SessionContext,
    user: bool,
    written: Option<DateTime<Utc>>,
    at: Origin,
    out: &mut Batch,
) {
    let Some(when) = time(part, "state.time.end").or_else(|| time(part, "time.start")).or(written) else { return };
    let key = text(part, "id").unwrap_or_default();
    match text(part, "type") {
        Some("text") if user && *access::at(part, "synthetic") != Node::Bool(true) => {
            let prompt = out.prompt(text(part, "text").unwrap_or_default());
            session.add_event(key, prompt, when, at, out);
        }
        Some("compaction") => session.add_event(key, What::Compaction, when, at, out),
        Some("tool") => {
            let call = ToolCall {
                key,
                name: text(part, "tool").unwrap_or("tool"),
                arguments: &access::at(part, "state.input").to_string(),
                output: text(part, "state.output").or(text(part, "state.metadata.output")),
                failed: text(part, "state.status") == Some("error"),
            };
            call.add_events(session, when, at, out);
        }
        _ => {}
    }
}
