//! Pi sessions, and OpenClaw's, which are Pi's: `~/.pi/agent/sessions/**.jsonl`, `~/.openclaw/**.jsonl`.
//!
//! - In: JSON lines. Seen: session versions 1 to 3. Out: a record per answer, and the events of the session.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - `input` excludes cached tokens; `cost.total` is the tool's own estimate.
//! - Some sessions name the model only on `model_change` or `model-snapshot` lines.
//! - A branched session repeats its parent's messages under their ids, or, in tools that grew out of Pi, under new ones; it names
//!   its parent by the path of its log. Version 1 has no ids, so time and counts identify a message.
//! - OpenClaw writes what it sent to a channel as a message of its own models, which no provider answered. From 2026 on it keeps
//!   sessions in a database, an event a row, as lines of the same shape (tokscale 0279552).
//! - OpenClaw can have Codex answer, and copies the answers of its thread, of which Codex has a session as well. The messages' keys
//!   name the thread: `codex-app-server:<thread>:…` (OpenClaw's mirror of transcripts, 2026).
//! - OpenClaw keeps deleted and reset sessions next to the live ones. They were paid for, so they count.

mod database;

use crate::diagnostics::Severity;
use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::codex_thread_usage;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{BESIDE, DraftTokens, Written};
use crate::sources::rejection::{NO_TIME, Rejection};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::amount::DOLLARS;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};
use std::fmt::Write as _;

const ID: &str = "pi";
const NOT_ANSWERED: Rejection =
    ("not-billed", "messages that the agent itself wrote into its log are not billed and are left out");

/// The format of Pi and OpenClaw.
#[derive(Debug)]
pub struct Pi;

impl Source for Pi {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Pi and OpenClaw sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by the Pi coding agent and by OpenClaw; a SQLite database per agent in newer \
         versions of OpenClaw.\n\
         Where: ~/.pi/agent/sessions (PI_CODING_AGENT_DIR), ~/.openclaw (OPENCLAW_STATE_DIR).\n\
         Counted: one record per answer; the logged cost is the tool's estimate.\n\
         Set aside: messages that a branched session repeats (duplicate, or replayed under new ids), copies that OpenClaw keeps of \
         what it sent (ignored), answers of Codex whose session in ~/.codex is given as well (duplicate), lines that are not JSON (rejected).\n\
         Lacks: the bill and the branch of the checkout."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_sqlite() {
            return head.sniff_table("transcript_events", &["session_id", "event_json"]);
        }
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        if !has("type") || has("sessionId") || has("uuid") || has("payload") || has("requestId") {
            return Sniff::No;
        }
        let session = head.has_text("type", "session") && has("id") && has("cwd");
        let message = head.has_text("type", "message") && has("message") && !head.has_key("input_tokens");
        let change = has("modelId") && has("provider");
        if session || message || change { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.is_sqlite() {
            return Parser::Database(Box::new(database::Events));
        }
        reader::lines(Log::default())
    }
}

#[derive(Default)]
struct Log {
    session: SessionContext,
    provider: Option<String>,
    model: Option<String>,
    /// Arguments of calls that have no answer yet.
    calls: std::collections::HashMap<String, String>,
}

impl ValueReader for Log {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if line.text("sessionId").is_some() || line.has_map("payload") {
            return Taken::Foreign;
        }
        match line.text("type") {
            Some("session") => {
                remember(&mut self.session.id, line.text("id"));
                remember(&mut self.session.cwd, line.text("cwd"));
                remember(&mut self.session.parent, line.text("parentSession").map(session_of));
            }
            Some("model_change" | "model-snapshot") => {
                remember(&mut self.provider, line.text("provider"));
                remember(&mut self.model, line.text("modelId"));
            }
            Some("custom") if line.text("customType") == Some("model-snapshot") => {
                remember(&mut self.provider, line.text("data/provider"));
                remember(&mut self.model, line.text("data/modelId"));
            }
            Some("message") => {
                if line.has_map("message/usage") {
                    self.usage(line, at, out);
                }
                if out.wants_activity {
                    self.facts(line, at, out);
                }
            }
            // Another agent's line, or one that is newer than what is known here.
            Some(_) if line.has_map("usage") || line.has_map("data/usage") => return Taken::Foreign,
            Some(_) => {}
            None => return Taken::Foreign,
        }
        Taken::Yes
    }
}

/// The session whose log has this path: `…/2026-07-10T10-00-00-000Z_<session>.jsonl`.
fn session_of(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.strip_suffix(".jsonl").unwrap_or(file);
    stem.rsplit('_').next().unwrap_or(stem)
}

/// The thread of Codex that a message with this key was taken from.
fn codex_thread(key: &str) -> Option<&str> {
    let thread = key.strip_prefix("codex-app-server:")?.split(':').next()?;
    Some(thread).filter(|thread| !thread.is_empty())
}

impl Log {
    fn usage(&self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let own = ["delivery-mirror", "gateway-injected"];
        if line.text("message/provider") == Some("openclaw")
            && line.text("message/model").is_some_and(|model| own.contains(&model))
        {
            return out.ignore_record(NOT_ANSWERED, at);
        }
        let usage = line.at("message/usage");
        let written = line.instant("timestamp").or_else(|| line.instant("message/timestamp"));
        let Some(written) = written else { return out.reject_record(NO_TIME, at) };
        let names = ["input", "output", "cacheRead", "cacheWrite", "reasoning", "totalTokens"];
        let [mut input, output, read, write, reasoning, total] = names.map(|name| usage.count(name));
        if input.is_absent() && output.is_absent() && total.known().is_some() {
            out.notice(
                Severity::Warning,
                "total-only",
                "a record has only a total; all of it is counted as input",
                at.line,
            );
            input = total;
        }
        let mut content = String::with_capacity(128);
        let _ = write!(content, "{},", written.timestamp_micros());
        for count in [input, output, read, write, reasoning] {
            let _ =
                count.known().map_or(Ok(()), |count| write!(content, "{count}")).and_then(|()| content.write_char(','));
        }
        let id = RecordId::of(&[ID, line.text("id").unwrap_or_default(), &content]);
        let mut record = self.session.request_draft(ID, id, at, written, out);
        record.tokens = DraftTokens {
            input,
            cache_read: read,
            cache_write_unspecified: write,
            output,
            reasoning: reasoning.at_most(output),
            ..DraftTokens::default()
        };
        record.depends_on(total);
        let counts = Written { input, cache_read: read, cache_write: write, output, total, ..Written::default() };
        record.tokens.footing = counts.settle(BESIDE).footing;
        record.provider = out.names.intern_some(line.text("message/provider").or(self.provider.as_deref()));
        record.model = out.names.intern_some(line.text("message/model").or(self.model.as_deref()));
        record.reported_cost = usage.amount("cost/total", DOLLARS);
        match line.text("message/idempotencyKey").or(line.text("idempotencyKey")).and_then(codex_thread) {
            // An answer of Codex counts unless its thread's own session is read.
            Some(thread) => out.defer(record, codex_thread_usage(thread)),
            None => out.add(record),
        }
    }

    fn facts(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = line.instant("timestamp").or_else(|| line.instant("message/timestamp")) else { return };
        let key = line.text("id").unwrap_or_default();
        let message = line.at("message");
        let texts = || message.items("content").filter_map(|part| part.text("text"));
        match message.text("role") {
            Some("user") => {
                let joined = || texts().collect::<Vec<_>>().join("\n");
                let prompt = message.text("content").map_or_else(joined, str::to_owned);
                let prompt = out.prompt(&prompt);
                self.session.add_event(key, prompt, written, at, out);
            }
            Some("toolResult") => {
                let id = message.text("toolCallId").unwrap_or(key);
                let arguments = self.calls.remove(id).unwrap_or_else(|| Node::Null.to_string());
                let printed = texts().collect::<Vec<_>>().join("\n");
                let call = ToolCall {
                    key: id,
                    name: message.text("toolName").unwrap_or("tool"),
                    arguments: &arguments,
                    output: Some(&printed),
                    failed: message.is_true("isError"),
                };
                call.add_events(&self.session, written, at, out);
            }
            _ => {
                for part in message.items("content") {
                    if let Some(id) = part.text("id") {
                        self.calls.insert(id.to_owned(), part.at("arguments").to_string());
                    }
                }
            }
        }
    }
}
