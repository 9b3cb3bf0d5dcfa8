//! Messages and their parts, which are the same JSON in exports, storage and database.
//!
//! - In: a document, a message or a part. Out: a record per assistant message, and the events of its parts.
//! - Refuses: records without a time, and damaged counts.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::activity::What;
use crate::model::observation::Observation;
use crate::model::origin::Origin;
use crate::model::pending::Used;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::ValueReader;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::SessionContext;
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::{Batch, Taken};

pub(super) const ID: &str = "opencode";

/// Reads an export, or a file of the older storage: a session, a message or a part.
pub(super) struct Document;

impl ValueReader for Document {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, document: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        read_document(document, at, out);
        Taken::Yes
    }
}

fn read_document(document: Json<'_>, at: Origin, out: &mut Batch) {
    if document.has_map("info") {
        let session = session_context(document.at("info"));
        for (message, line) in document.items("messages").zip(1..) {
            let at = Origin { line, ..at };
            let info = message.at("info");
            let steps = if is_empty(info) { Steps::of(message.items("parts")) } else { Steps::default() };
            let session = read_and_note(info, steps, &session, at, out);
            let user = message.text("info/role") == Some("user");
            let wants_activity = out.wants_activity;
            for part in message.items("parts").filter(|_| wants_activity) {
                let written = message.instant("info/time/created");
                add_part_events(part, &session, user, written, at, out);
            }
        }
    } else if document.text("messageID").is_some() {
        let session = SessionContext { id: document.text("sessionID").map(str::to_owned), ..SessionContext::default() };
        if out.wants_activity {
            add_part_events(document, &session, false, None, at, out);
        }
        add_loose_step(document, &session, at, out);
    } else if document.text("role").is_some() || document.has_map("tokens") {
        read_and_note(document, Steps::default(), &SessionContext::default(), at, out);
    }
}

/// Reads a message of a document, and notes that it is a part of its session's sums, which a database has.
fn read_and_note<'s>(
    info: Json<'_>,
    steps: Steps,
    session: &'s SessionContext,
    at: Origin,
    out: &mut Batch,
) -> Cow<'s, SessionContext> {
    let before = out.accepted();
    let session = read_message(info, steps, session, None, at, out);
    let Some(id) = session.id.as_deref().filter(|_| out.accepted() > before) else { return session };
    if steps.is_empty() && !is_empty(info) {
        note_part(id, info, info.instant("time/created"), out);
    } else if let (false, Some(message)) = (steps.is_empty(), info.text("id")) {
        out.pending.resolve(RecordId::of(&[ID, message]));
    }
    session
}

/// Adds the end of a step that is in a file of its own, which counts unless its message is read and has counts.
fn add_loose_step(part: Json<'_>, session: &SessionContext, at: Origin, out: &mut Batch) {
    let steps = Steps::of(std::iter::once(part));
    let (Some(tokens), Some(message)) = (steps.tokens, part.text("messageID")) else { return };
    let Some(undated) = out.undated(at.line) else { return out.reject_record(NO_TIME, at) };
    let id = RecordId::of(&[ID, "step", message, part.text("id").unwrap_or_default()]);
    let mut record = session.request_draft(ID, id, at, undated.at, out);
    record.tokens = tokens;
    record.reported_cost = steps.cost;
    out.defer(record, RecordId::of(&[ID, message]));
}

/// What the head of a session says about it.
fn session_context(info: Json<'_>) -> SessionContext {
    SessionContext {
        id: info.text("id").map(str::to_owned),
        parent: info.text("parentID").map(str::to_owned),
        cwd: info.text("directory").map(str::to_owned),
        version: info.text("version").map(str::to_owned),
        subagent: info.text("parentID").is_some(),
        ..SessionContext::default()
    }
}

/// The usage of a session.
pub(super) fn session_usage(session: &str) -> RecordId {
    RecordId::of(&[ID, "session", session])
}

/// What the parts of a message say of its usage.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    tokens: Option<DraftTokens>,
    cost: Amount,
}

impl Steps {
    pub(super) fn of<'a>(parts: impl Iterator<Item = Json<'a>>) -> Self {
        let mut steps = Self::default();
        parts.for_each(|part| steps.add(part));
        steps
    }

    /// Whether no step has counts.
    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_none()
    }

    /// Adds a part, if it is the end of a step.
    pub(super) fn add(&mut self, part: Json<'_>) {
        if part.text("type") != Some("step-finish") || !part.has_map("tokens") {
            return;
        }
        let counts = part.at("tokens");
        let more = tokens(counts, counts.count("total"));
        self.tokens = Some(match self.tokens {
            None => more,
            Some(sum) => DraftTokens {
                input: Count::sum([sum.input, more.input]),
                cache_read: Count::sum([sum.cache_read, more.cache_read]),
                cache_write_unspecified: Count::sum([sum.cache_write_unspecified, more.cache_write_unspecified]),
                output: Count::sum([sum.output, more.output]),
                reasoning: Count::sum([sum.reasoning, more.reasoning]),
                ..DraftTokens::default()
            },
        });
        let cost = part.amount("cost", DOLLARS);
        self.cost = if self.cost.is_absent() { cost } else { self.cost.plus(cost) };
    }
}

/// Whether a message is an answer, or the summary of a compaction; only these have counts, also where no role is written.
fn is_answer(info: Json<'_>) -> bool {
    info.text("role").is_none_or(|role| role == "assistant" || role == "compaction")
}

/// Whether a message is an answer with counts that are all zero.
pub(super) fn is_empty(info: Json<'_>) -> bool {
    let counts = info.at("tokens");
    is_answer(info)
        && matches!(counts.0, Node::Map(_))
        && counts.number("output").is_none_or(|output| output == 0)
        && tokens(counts, Count::Absent).is_zero()
}

/// Reads a message, whose parts may have its usage, and something else its time; returns the session with what the message adds to it.
pub(super) fn read_message<'s>(
    info: Json<'_>,
    steps: Steps,
    session: &'s SessionContext,
    created: Option<DateTime<Utc>>,
    at: Origin,
    out: &mut Batch,
) -> Cow<'s, SessionContext> {
    let mut session = Cow::Borrowed(session);
    // Nearly every message repeats the head of its session, which then is not cloned.
    if let (None, Some(id)) = (&session.id, info.text("sessionID")) {
        session.to_mut().id = Some(id.to_owned());
    }
    if let Some(cwd) = info.text("path/cwd").filter(|cwd| session.cwd.as_deref() != Some(cwd)) {
        session.to_mut().cwd = Some(cwd.to_owned());
    }
    if !is_answer(info) || !info.has_map("tokens") {
        return session;
    }
    let Some(written) = info.instant("time/created").or(created) else {
        out.reject_record(NO_TIME, at);
        return session;
    };
    let id = message_id(info, session.id.as_deref(), written);
    let mut record = session.request_draft(ID, id, at, written, out);
    let counts = info.at("tokens");
    let total = counts.count("total");
    record.tokens = tokens(counts, total);
    record.depends_on(total);
    record.provider = out.names.intern_some(info.text("providerID").or(info.text("model/providerID")));
    record.model = out.names.intern_some(info.text("modelID").or(info.text("model/id")));
    record.reported_cost = info.amount("cost", DOLLARS);
    if let Some(tokens) = steps.tokens {
        record.tokens = tokens;
        // A damaged cost stays, and rejects the record.
        if record.reported_cost.unless_zero().is_absent() {
            record.reported_cost = steps.cost;
        }
    }
    let is_completed = info.instant("time/completed").is_some();
    if steps.tokens.is_none() && !is_completed && record.tokens.is_zero() {
        // An answer that was broken off has zeros in place of what is not known.
        record.tokens = DraftTokens::default();
        record.reported_cost = record.reported_cost.unless_zero();
    }
    match record.into_record() {
        Ok(record) => {
            out.counts.records_read += 1;
            let observation = Observation::new(record, Vec::new());
            out.usage.add(if is_completed { observation.finished() } else { observation });
        }
        Err(rejection) => out.reject_record(rejection, at),
    }
    session
}

/// Notes that a message which counts is a part of its session's sums.
pub(super) fn note_part(session: &str, info: Json<'_>, written: Option<DateTime<Utc>>, out: &mut Batch) {
    let counts = info.at("tokens");
    let reasoning = counts.count("reasoning");
    // They have output and reasoning apart, whatever the vendor means by them.
    let tokens = DraftTokens {
        input: counts.count("input"),
        cache_read: counts.count("cache/read"),
        cache_write_unspecified: counts.count("cache/write"),
        output: counts.count("output").plus(reasoning),
        reasoning,
        ..DraftTokens::default()
    };
    if let (Ok(tokens), Some(written)) = (tokens.counts(), written) {
        let used = Used { tokens, cost: info.amount("cost", DOLLARS).known(), requests: 1 };
        out.pending.resolve_part(session_usage(session), message_id(info, Some(session), written), used);
    }
}

/// The id of a message's record.
fn message_id(info: Json<'_>, session: Option<&str>, written: DateTime<Utc>) -> RecordId {
    match info.text("id") {
        Some(id) => RecordId::of(&[ID, id]),
        None => RecordId::of(&[ID, session.unwrap_or(""), &written.to_rfc3339()]),
    }
}

fn tokens(counts: Json<'_>, total: Count) -> DraftTokens {
    let (input, output, reasoning) = (counts.count("input"), counts.count("output"), counts.count("reasoning"));
    let (read, write) = (counts.count("cache/read"), counts.count("cache/write"));
    let sum = Count::sum([input, output, read, write]).or_zero().known();
    let is_total_enough = total.known().is_some_and(|total| Some(total) <= sum);
    let reasoning_included = is_total_enough && reasoning.known() <= output.known();
    DraftTokens {
        input,
        cache_read: read,
        cache_write_unspecified: write,
        output: if reasoning_included { output } else { output.plus(reasoning) },
        reasoning,
        ..DraftTokens::default()
    }
}

/// Adds the events of a part of a message: prompts, tool calls, compactions.
pub(super) fn add_part_events(
    part: Json<'_>,
    session: &SessionContext,
    user: bool,
    written: Option<DateTime<Utc>>,
    at: Origin,
    out: &mut Batch,
) {
    let Some(when) = part.instant("state/time/end").or_else(|| part.instant("time/start")).or(written) else { return };
    let key = part.text("id").unwrap_or_default();
    match part.text("type") {
        Some("text") if user && !part.is_true("synthetic") => {
            let prompt = out.prompt(part.text("text").unwrap_or_default());
            session.add_event(key, prompt, when, at, out);
        }
        Some("compaction") => session.add_event(key, What::Compaction, when, at, out),
        Some("tool") => {
            let has_code = part.string("state/metadata/exit").is_some_and(|code| code != "0");
            let call = ToolCall {
                key,
                name: part.text("tool").unwrap_or("tool"),
                arguments: &part.at("state/input").to_string(),
                output: part.text("state/output").or(part.text("state/metadata/output")),
                failed: has_code || part.text("state/status") == Some("error"),
            };
            call.add_events(session, when, at, out);
        }
        _ => {}
    }
}
