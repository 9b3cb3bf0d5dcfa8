//! Qwen Code chats: `~/.qwen/projects/<cwd>/chats/<session>.jsonl`.
//!
//! - In: JSON lines. Seen: 0.18 to 0.21. Out: a record per answer, and the events of the session.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - `cachedContentTokenCount` is inside `promptTokenCount`.
//! - Some vendors count thoughts inside the candidates, others separately; `totalTokenCount` shows which.
//! - A branched session (`/branch`) repeats its parent's lines under its own session id, with `forkedFrom`.
//! - `ui_telemetry` lines report the same answers again and are not counted.

pub(in crate::sources) mod headless;

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "qwen-code";

/// The usage of a session, which the output of a run without a terminal has as well.
fn session_usage(session: &str) -> RecordId {
    RecordId::of(&[ID, "session", session])
}

/// The format of Qwen Code.
#[derive(Debug)]
pub struct Qwen;

impl Source for Qwen {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Qwen Code chats"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by Qwen Code.\n\
         Where: ~/.qwen/projects/*/chats, or QWEN_DATA_DIR.\n\
         Counted: one record per answer (by its uuid); cached input separately from input; thoughts as part of output.\n\
         Set aside: lines that occur in several files, also of branched sessions (duplicate), lines that are not JSON \
         (rejected).\n\
         Lacks: the bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let own = has("provenance")
            || head.has_key("usageMetadata")
            || has("systemPayload")
            || head.first_line().contains("\"role\":\"user\",\"parts\":[");
        let is_answer =
            head.has_key("usageMetadata") && head.has_key("sessionId") && head.has_text("type", "assistant");
        if has("uuid") && has("sessionId") && own || is_answer { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Chat::default())
    }
}

#[derive(Default)]
struct Chat {
    session: SessionContext,
    /// Whether it is noted that the usage of the session is read here.
    is_noted: bool,
    /// Arguments of calls that have no answer yet.
    calls: std::collections::HashMap<String, String>,
}

impl ValueReader for Chat {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if line.text("sessionId").is_none()
            || line.text("type").is_none()
            || line.at("message").get("content").is_some()
        {
            return Taken::Foreign;
        }
        remember(&mut self.session.id, line.text("sessionId"));
        remember(&mut self.session.cwd, line.text("cwd"));
        remember(&mut self.session.branch, line.text("gitBranch"));
        remember(&mut self.session.version, line.text("version"));
        if line.has_map("usageMetadata") {
            self.usage(line, at, out);
        }
        if out.wants_activity {
            self.facts(line, at, out);
        }
        Taken::Yes
    }
}

impl Chat {
    fn usage(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = line.instant("timestamp") else { return out.reject_record(NO_TIME, at) };
        if !self.is_noted {
            self.is_noted = true;
            out.pending.resolve(session_usage(self.session.id.as_deref().unwrap_or_default()));
        }
        // A branched session writes its parent's answers again, with their uuids and times.
        let when = written.to_rfc3339();
        let id = match line.text("uuid") {
            Some(uuid) => RecordId::of(&[ID, uuid, &when]),
            None => RecordId::of(&[ID, "", self.session.id.as_deref().unwrap_or_default(), &when]),
        };
        let mut record = self.session.request_draft(ID, id, at, written, out);
        record.tokens = tokens(line.at("usageMetadata"));
        record.model = out.names.intern_some(line.text("model"));
        record.is_history = line.has("forkedFrom");
        out.add(record);
    }

    fn facts(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = line.instant("timestamp") else { return };
        let key = line.text("uuid").unwrap_or_default();
        let from_person = line.text("type") == Some("user") && line.text("subtype").is_none();
        for part in line.items("message/parts") {
            if let (true, Some(prompt)) = (from_person, part.text("text")) {
                let prompt = out.prompt(prompt);
                self.session.add_event(key, prompt, written, at, out);
            }
            if let Some(id) = part.text("functionCall/id") {
                self.calls.insert(id.to_owned(), part.at("functionCall/args").to_string());
            }
            if let Some(id) = part.text("functionResponse/id") {
                let arguments = self.calls.remove(id).unwrap_or_else(|| Node::Null.to_string());
                let call = ToolCall {
                    key: id,
                    name: part.text("functionResponse/name").unwrap_or("tool"),
                    arguments: &arguments,
                    output: part.text("functionResponse/response/output"),
                    failed: line.text("toolCallResult/status") == Some("error"),
                };
                call.add_events(&self.session, written, at, out);
            }
        }
    }
}

fn tokens(usage: Json<'_>) -> DraftTokens {
    let names = [
        "promptTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "cachedContentTokenCount",
        "totalTokenCount",
    ];
    let counts = names.map(|name| usage.count(name));
    let Some([prompt, candidates, thoughts, cached, total]) = Count::all_or_zero(counts) else {
        return DraftTokens::INVALID;
    };
    let thoughts_included = total > 0 && total <= prompt + candidates && thoughts <= candidates;
    let cached = cached.min(prompt);
    DraftTokens {
        input: Count::Known(prompt - cached),
        cache_read: Count::Known(cached),
        output: Count::Known(if thoughts_included { candidates } else { candidates + thoughts }),
        reasoning: Count::Known(thoughts),
        ..DraftTokens::default()
    }
}
