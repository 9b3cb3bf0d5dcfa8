//! DeepSeek Harness: `~/.dsh/sessions/**/session.jsonl`, also compressed with Zstandard.
//!
//! - In: JSON lines, versions 0 to 4 of the log; the first one names the session. Out: a record per answer and per attempt that
//!   failed, and prompts and tool calls. Read: toninfo/deepseek-harness 03d653a, a public copy of it.
//! - Refuses: answers without a time, and damaged counts.
//!
//! Traps:
//! - The first line is much like that of a Pi session.
//! - `reasoningTokens` are beside `outputTokens`.
//! - A session that was forked begins with the events of its parent, below `seedLength`, or in newer versions up to an inherited
//!   `session/end-seed`. They count as the parent's, so they count once, whether or not the parent's own log is read.
//! - Version 0 writes each chunk of an answer, one of which has its usage; `assistant/message` repeats it, unless the answer was broken
//!   off. Later versions keep the chunks in the `stream` of the answer, or of the `assistant/attempt` that failed and was tried again.
//! - An answer that replaces another one in the conversation (`surfaceOp`) was not asked for again.
//! - Much of what is written as a message of the user comes from elsewhere, as its `source` says.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{BAD_COUNT, NO_TIME, Rejection};
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "dsh";

const NOT_ASKED: Rejection =
    ("not-billed", "an answer that replaces another one in the conversation was not asked for again and is left out");

/// The format of DeepSeek Harness.
#[derive(Debug)]
pub(in crate::sources) struct Dsh;

impl Source for Dsh {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "DeepSeek Harness sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by DeepSeek Harness.\n\
         Where: ~/.dsh/sessions (DSH_HOME).\n\
         Counted: one record per answer, and per attempt that failed after the model had answered; reasoning is added to the output. \
         What a fork repeats of its parent counts once.\n\
         Lacks: the bill and the branch of the checkout."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let session = head.has_text("type", "session") && has("version") && has("createdAt") && has("cwd");
        let event = has("type") && has("seq") && has("time") && has("data");
        if session || event { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Log::default())
    }
}

#[derive(Default)]
struct Log {
    session: SessionContext,
    /// How many events are the parent's.
    seed: u64,
    /// Whether the events so far are the parent's.
    is_seeding: bool,
    provider: Option<String>,
    model: Option<String>,
    /// The step that was tried again last, and how often.
    tried: ([String; 2], u32),
    /// Whether another session's agent gave it its task.
    is_delegated: bool,
    blocks: Blocks,
}

impl ValueReader for Log {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let Some(kind) = line.text("type") else { return Taken::Foreign };
        if kind == "session" {
            remember(&mut self.session.id, line.text("id"));
            remember(&mut self.session.cwd, line.text("cwd"));
            remember(&mut self.session.parent, line.text("parentSession"));
            self.seed = line.number("seedLength").unwrap_or(0);
            self.is_seeding = line.is_true("isSeeded");
            let depth = line.number("delegationDepth");
            self.is_delegated = line.text("origin") == Some("subagent") || depth.is_some_and(|depth| depth > 0);
            return Taken::Yes;
        }
        if !line.has("seq") {
            return Taken::Foreign;
        }
        if out.wants_activity {
            self.add_activity(kind, line, at, out);
        }
        match kind {
            "assistant/chunk" => self.usage(line, line.get("data/chunk/usage"), "", at, out),
            "assistant/attempt" => self.usage(line, usage_of(line), "attempt", at, out),
            "llm/retry" => self.tried_again(step_of(line)),
            "session/end-seed" if line.is_true("data/inherited") => self.is_seeding = false,
            "request/context" => {
                remember(&mut self.provider, line.text("data/provider"));
                remember(&mut self.model, line.text("data/model"));
            }
            _ if line.has("surfaceOp") && line.text("surfaceOp") != Some("append") => {
                if let Some(usage) = usage_of(line) {
                    usage.note_numbers();
                    out.ignore_record(NOT_ASKED, at);
                }
            }
            _ => self.usage(line, usage_of(line), "", at, out),
        }
        Taken::Yes
    }
}

/// The usage in an event, or in the chunks that it keeps: the last one is that of the whole answer.
fn usage_of(line: Json<'_>) -> Option<Json<'_>> {
    let of_chunks = || line.items("data/stream").filter_map(|part| part.get("chunk/usage")).last();
    if line.has_map("data/usage") { line.get("data/usage") } else { of_chunks() }
}

/// The turn and the step of an event.
fn step_of(line: Json<'_>) -> [String; 2] {
    ["turn", "step"].map(|name| line.at("data").string(name).unwrap_or_default().into_owned())
}

impl Log {
    fn tried_again(&mut self, step: [String; 2]) {
        let times = if self.tried.0 == step { self.tried.1 } else { 0 };
        self.tried = (step, times + 1);
    }

    /// The session of an event: the parent's if it was there before the fork.
    fn session_of(&self, line: Json<'_>) -> Option<&String> {
        let seeded = self.is_seeding || line.number("seq").is_some_and(|seq| seq < self.seed);
        if seeded { self.session.parent.as_ref() } else { None }.or(self.session.id.as_ref())
    }

    fn add_activity(&mut self, kind: &str, line: Json<'_>, at: Origin, out: &mut Batch) {
        if !matches!(kind, "user/message" | "tool/call" | "tool/result") {
            return;
        }
        let Some(time) = line.instant("time") else { return };
        let session =
            SessionContext { id: self.session_of(line).cloned(), subagent: self.is_delegated, ..self.session.clone() };
        let data = line.at("data");
        let message = data.get("message").unwrap_or(data);
        match kind {
            "user/message" => {
                let is_typed = matches!(message.text("source/kind"), None | Some("user"));
                let is_new = !line.has("surfaceOp") || line.text("surfaceOp") == Some("append");
                if is_typed && is_new && !self.is_delegated {
                    let prompt = out.prompt(&text_of(message.at("content")));
                    session.add_event(message.text("id").unwrap_or_default(), prompt, time, at, out);
                }
            }
            "tool/call" => {
                if let (Some(id), Some(name)) = (data.text("callId"), data.text("name")) {
                    self.blocks.begin_call(id, name, data.text("arguments").unwrap_or_default().to_owned());
                }
            }
            _ => {
                for result in message.items("content").filter(|block| block.text("type") == Some("tool-result")) {
                    let id = result.text("toolCallId").unwrap_or_default();
                    let failed = result.is_true("isError") || data.has("error");
                    self.blocks.end_call((id, &text_of(result.at("content")), failed), &session, time, at, out);
                }
            }
        }
    }

    fn usage(&self, line: Json<'_>, usage: Option<Json<'_>>, kind: &str, at: Origin, out: &mut Batch) {
        let Some(usage) = usage else { return };
        let Some(written) = line.instant("time") else { return out.reject_record(NO_TIME, at) };
        if ["data/turn", "data/step"].iter().any(|number| line.has(number) && line.number(number).is_none()) {
            return out.reject_record(BAD_COUNT, at);
        }
        let session = self.session_of(line);
        let step = step_of(line);
        let [turn, number] = &step;
        let name = session.map_or("", String::as_str);
        let times = if self.tried.0 == step { self.tried.1.to_string() } else { String::new() };
        let id = match (kind, times.as_str()) {
            ("", "") => RecordId::of(&[ID, name, turn, number]),
            ("", times) => RecordId::of(&[ID, name, turn, number, times]),
            _ => RecordId::of(&[ID, name, turn, number, kind, &written.to_rfc3339()]),
        };
        let mut record = self.session.request_draft(ID, id, at, written, out);
        record.session = out.names.intern_some(session.map(String::as_str));
        let reasoning = usage.count("reasoningTokens");
        record.tokens = DraftTokens {
            input: usage.count("inputTokens"),
            cache_read: usage.count("cacheReadTokens"),
            cache_write_unspecified: usage.count("cacheWriteTokens"),
            output: usage.count("outputTokens").plus(reasoning),
            reasoning,
            ..DraftTokens::default()
        };
        let source = line.at("data/message/source");
        record.provider = out.names.intern_some(source.text("provider").or(self.provider.as_deref()));
        record.model = out.names.intern_some(source.text("model").or(self.model.as_deref()));
        out.add(record);
    }
}
