//! Qwen Code chats: `~/.qwen/projects/<cwd>/chats/<session>.jsonl`.
//!
//! - In: JSON lines. Seen: 0.18 to 0.21. Out: a record per answer, and the events of the session.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - `cachedContentTokenCount` is inside `promptTokenCount`.
//! - Some vendors count thoughts inside the candidates, others separately; `totalTokenCount` shows which.
//! - `ui_telemetry` lines report the same answers again and are not counted.

use std::path::PathBuf;

use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::json::access::{self, ValueLine, ValueLines, counts, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::{SessionContext, add_record, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source, Taken};

const ID: &str = "qwen-code";

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
         Set aside: lines that occur in several files (duplicate), lines that are not JSON (rejected).\n\
         Lacks: the bill."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        let set = (places.env)("QWEN_DATA_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let root = set.or_else(|| Some(places.home?.join(".qwen")));
        root.map(|root| root.join("projects")).into_iter().collect()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let own = has("provenance")
            || head.has_key("usageMetadata")
            || has("systemPayload")
            || head.first_line().contains("\"role\":\"user\",\"parts\":[");
        if has("uuid") && has("sessionId") && own { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(ValueLines::new(Chat { activity: options.activity, ..Chat::default() }))
    }
}

#[derive(Default)]
struct Chat {
    activity: bool,
    session: SessionContext,
    /// Arguments of calls that have no answer yet.
    calls: std::collections::HashMap<String, String>,
}

impl ValueLine for Chat {
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken {
        if text(line, "sessionId").is_none()
            || text(line, "type").is_none()
            || access::at(line, "message").get("content").is_some()
        {
            return Taken::Foreign;
        }
        remember(&mut self.session.id, text(line, "sessionId"));
        remember(&mut self.session.cwd, text(line, "cwd"));
        remember(&mut self.session.branch, text(line, "gitBranch"));
        remember(&mut self.session.version, text(line, "version"));
        if has_map(line, "usageMetadata") {
            self.usage(line, at, out);
        }
        if self.activity {
            self.facts(line, at, out);
        }
        Taken::Yes
    }
}

impl Chat {
    fn usage(&self, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let paths = [
            "usageMetadata.promptTokenCount",
            "usageMetadata.candidatesTokenCount",
            "usageMetadata.thoughtsTokenCount",
            "usageMetadata.cachedContentTokenCount",
            "usageMetadata.totalTokenCount",
        ];
        let (Some(found), Some(written)) = (counts(line, paths), time(line, "timestamp")) else {
            out.reject("bad-count", "a record has an impossible token count or no timestamp", at.line);
            return;
        };
        let [prompt, candidates, thoughts, cached, total] = found.map(|count| count.unwrap_or(0));
        let thoughts_included = total > 0 && total <= prompt + candidates && thoughts <= candidates;
        let cached = cached.min(prompt);
        let tokens = TokenCounts {
            input: Some(prompt - cached),
            cache_read: Some(cached),
            output: Some(if thoughts_included { candidates } else { candidates + thoughts }),
            reasoning: Some(thoughts),
            ..TokenCounts::default()
        };
        let session = self.session.id.as_deref().unwrap_or_default();
        let id = match text(line, "uuid") {
            Some(uuid) => RecordId::of(&[ID, session, uuid]),
            None => RecordId::of(&[ID, session, &written.to_rfc3339()]),
        };
        let mut record = self.session.request_record(ID, id, at, written, tokens, out);
        record.model = out.names.intern_some(text(line, "model"));
        add_record(record, out);
    }

    fn facts(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = time(line, "timestamp") else { return };
        let key = text(line, "uuid").unwrap_or_default();
        let from_person = text(line, "type") == Some("user") && text(line, "subtype").is_none();
        for part in list(line, "message.parts") {
            if let (true, Some(prompt)) = (from_person, text(part, "text")) {
                let prompt = out.prompt(prompt);
                self.session.add_event(key, prompt, written, at, out);
            }
            if let Some(id) = text(part, "functionCall.id") {
                self.calls.insert(id.to_owned(), access::at(part, "functionCall.args").to_string());
            }
            if let Some(id) = text(part, "functionResponse.id") {
                let arguments = self.calls.remove(id).unwrap_or_else(|| Node::Null.to_string());
                let call = ToolCall {
                    key: id,
                    name: text(part, "functionResponse.name").unwrap_or("tool"),
                    arguments: &arguments,
                    output: text(part, "functionResponse.response.output"),
                    failed: text(line, "toolCallResult.status") == Some("error"),
                };
                call.add_events(&self.session, written, at, out);
            }
        }
    }
}
