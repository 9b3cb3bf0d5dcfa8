//! What Kiro writes as it goes: `messages.jsonl` of a session of its editor and of the CLI's third engine, and the CLI's log of
//! messages, whose usage is in the file beside it.
//!
//! - In: JSON lines. The shapes are those of codeburn (ed8fa3a). Out: a record per `usage_summary`, and the events of the session.
//! - Refuses: usage without a time, and damaged credits.
//!
//! Traps:
//! - A `usage_summary` has the credits of its whole turn, and may be written again.
//! - A turn that was killed has none: what it used is unknown.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::kiro::credits;
use crate::sources::agents::paths::folder_or_stem;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

const ID: &str = "kiro-log";
const MESSAGES: &[&str] = &["messages.jsonl"];

/// The format of Kiro's logs.
#[derive(Debug)]
pub(in crate::sources) struct KiroLog;

impl Source for KiroLog {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Kiro logs of messages"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session.\n\
         Where: ~/.kiro/sessions (KIRO_HOME).\n\
         Counted: one record per turn; credits are kept as credits, never as dollars. Of sessions of the CLI nothing: their usage is in \
         the JSON file beside the log.\n\
         Set aside: summaries that are written again (duplicate).\n\
         Lacks: tokens, so there is no list price; model, folder, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let is = |key: &str, texts: &[&str]| texts.iter().any(|text| head.has_text(key, text));
        let editor = has("id")
            && has("timestamp")
            && has("payload")
            && !has("type")
            && is("type", &["session_start", "turn_start", "usage_summary"]);
        let cli = has("version")
            && has("kind")
            && has("data")
            && is("kind", &["Prompt", "AssistantMessage", "ToolResults", "Clear"]);
        if editor || cli { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Log::default())
    }
}

#[derive(Default)]
struct Log {
    session: SessionContext,
    last: Option<DateTime<Utc>>,
    /// The turn that goes on.
    turn: Option<Turn>,
    /// Name and arguments of calls that have no result yet.
    calls: HashMap<String, (String, String)>,
}

struct Turn {
    execution: String,
    start: DateTime<Utc>,
    at: Origin,
    is_answered: bool,
}

impl ValueReader for Log {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if self.session.id.is_none() {
            remember(&mut self.session.id, folder_or_stem(&out.path, MESSAGES));
        }
        if let (Some(kind), true) = (line.text("kind"), line.has_map("data")) {
            self.last = line.instant("data/meta/timestamp").or(self.last);
            if out.wants_activity {
                self.message(kind, line.at("data"), at, out);
            }
            return Taken::Yes;
        }
        let payload = line.at("payload");
        let Some(kind) = payload.text("type") else { return Taken::Foreign };
        self.last = line.instant("timestamp").or(self.last);
        let execution = payload.text("executionId");
        match kind {
            "turn_start" => {
                self.end_turn(out);
                let execution = execution.unwrap_or_default().to_owned();
                self.turn = self.last.map(|start| Turn { execution, start, at, is_answered: false });
            }
            "usage_summary" => self.usage(line, execution, at, out),
            "turn_end" => self.end_turn(out),
            "assistant" | "tool_call" => {
                if let Some(turn) = &mut self.turn {
                    turn.is_answered = true;
                }
            }
            _ => {}
        }
        if out.wants_activity {
            self.facts(kind, line, at, out);
        }
        Taken::Yes
    }

    fn finish(&mut self, out: &mut Batch) {
        self.end_turn(out);
    }
}

impl Log {
    fn usage(&mut self, line: Json<'_>, execution: Option<&str>, at: Origin, out: &mut Batch) {
        let summaries = || line.items("payload/promptTurnSummaries");
        let credits = credits(summaries(), "usage");
        if summaries().next().is_none() {
            return;
        }
        let turn = self.turn.take();
        let execution = execution.map(str::to_owned).or_else(|| turn.as_ref().map(|turn| turn.execution.clone()));
        let Some(written) = turn.map(|turn| turn.start).or(self.last) else { return out.reject_record(NO_TIME, at) };
        let key = execution.filter(|id| !id.is_empty());
        let key = key.or_else(|| line.text("id").map(str::to_owned)).unwrap_or_default();
        let mut draft = self.session.request_draft(ID, turn_id(&key, written), at, written, out);
        draft.request_count = Count::Absent;
        draft.quantity = credits;
        draft.bill.unit = credits.known().map(|_| out.names.intern("credits"));
        out.add(draft);
    }

    /// Adds what a turn used if no summary of it says so.
    fn end_turn(&mut self, out: &mut Batch) {
        let Some(turn) = self.turn.take().filter(|turn| turn.is_answered) else { return };
        let id = turn_id(&turn.execution, turn.start);
        let mut draft = self.session.request_draft(ID, id, turn.at, turn.start, out);
        draft.request_count = Count::Absent;
        out.add(draft);
    }

    /// What a line of the editor shows.
    fn facts(&mut self, kind: &str, line: Json<'_>, at: Origin, out: &mut Batch) {
        let (payload, Some(written)) = (line.at("payload"), self.last) else { return };
        let key = line.text("id").unwrap_or_default();
        match kind {
            "user" => {
                let prompt = out.prompt(payload.text("content").unwrap_or_default());
                self.session.add_event(key, prompt, written, at, out);
            }
            "tool_call" => {
                let name = payload.text("toolName").or(payload.text("name")).unwrap_or("tool");
                let arguments = ["input", "args", "arguments"].iter().find_map(|name| payload.get(name));
                let arguments = arguments.map_or_else(|| Node::Null.to_string(), |given| given.to_string());
                let id = payload.text("toolCallId").unwrap_or(key);
                self.calls.insert(id.to_owned(), (name.to_owned(), arguments));
            }
            "tool_result" => {
                let id = payload.text("toolCallId").unwrap_or(key);
                self.result(id, payload.text("content"), payload.is_false("success"), written, at, out);
            }
            _ => {}
        }
    }

    /// What a line of the CLI shows.
    fn message(&mut self, kind: &str, data: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = self.last else { return };
        let key = data.text("message_id").unwrap_or_default();
        for part in data.items("content") {
            let inside = part.at("data");
            match (kind, part.text("kind")) {
                ("Prompt", Some("text")) => {
                    let prompt = out.prompt(part.text("data").unwrap_or_default());
                    self.session.add_event(key, prompt, written, at, out);
                }
                (_, Some("toolUse")) => {
                    let (Some(id), Some(name)) = (inside.text("toolUseId"), inside.text("name")) else { continue };
                    self.calls.insert(id.to_owned(), (name.to_owned(), inside.at("input").to_string()));
                }
                (_, Some("toolResult")) => {
                    let texts: Vec<&str> = inside.items("content").filter_map(|part| part.text("data")).collect();
                    let failed = inside.text("status") == Some("error");
                    let id = inside.text("toolUseId").unwrap_or(key);
                    self.result(id, Some(&texts.join("\n")), failed, written, at, out);
                }
                _ => {}
            }
        }
    }

    fn result(
        &mut self,
        id: &str,
        output: Option<&str>,
        failed: bool,
        written: DateTime<Utc>,
        at: Origin,
        out: &mut Batch,
    ) {
        let Some((name, arguments)) = self.calls.remove(id) else { return };
        let call = ToolCall { key: id, name: &name, arguments: &arguments, output, failed };
        call.add_events(&self.session, written, at, out);
    }
}

/// A turn, which its execution tells from others; the time does where there is none.
fn turn_id(execution: &str, start: DateTime<Utc>) -> RecordId {
    let when = if execution.is_empty() { start.to_rfc3339() } else { String::new() };
    RecordId::of(&[ID, execution, &when])
}
