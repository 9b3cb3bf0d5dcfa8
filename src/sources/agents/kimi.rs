//! Kimi CLI: `wire.jsonl`, the messages of a session. `input_other` excludes everything cached. The log rarely names the
//! model, which is set in the tool's configuration.
//!
//! - In: JSON lines. Out: a record per `StatusUpdate`, and prompts and tool calls.
//!
//! What a subagent did is inside `SubagentEvent`s of its parent; in newer versions it also has a log of its own, with the same ids,
//! which says nothing new about what was done. A fork copies the lines of its parent, with their times.
//! Read: kimi-cli e056888 and 1.49.

use std::collections::HashMap;

use crate::model::origin::Origin;
use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::page::{Page, Sink};
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::SessionContext;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

/// The model that Kimi CLI uses unless it is configured otherwise.
const DEFAULT_MODEL: &str = "kimi-for-coding";

/// The format of Kimi CLI.
#[derive(Debug)]
pub(in crate::sources) struct Kimi;

impl Source for Kimi {
    fn id(&self) -> &'static str {
        USAGE.id()
    }

    fn title(&self) -> &'static str {
        USAGE.title()
    }

    fn about(&self) -> &'static str {
        USAGE.about()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        USAGE.sniff(head)
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        let wire = Wire { usage: USAGE.reader(), blocks: Blocks::default(), last: HashMap::new() };
        if head.is_lines() { reader::lines(wire) } else { reader::stream(wire) }
    }
}

/// The lines that hold usage.
static USAGE: Page = Page {
    id: "kimi-cli",
    title: "Kimi CLI sessions",
    about: "JSON lines, one file per session.\n\
            Where: ~/.kimi/sessions (KIMI_SHARE_DIR).\n\
            Counted: one record per message id from the StatusUpdate lines, also those of subagents; fresh, read and written input are separate.\n\
            The log names no model, so kimi-for-coding is assumed, which belongs to a plan and has no list price.\n\
            Lacks: model, folder, branch and bill.",
    needs: &[&["message", "payload", "token_usage"], &["protocol_version", "message", "payload"]],
    lacks: &["sessionId", "session_meta"],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let mut payload = line.at("message/payload");
    let mut subagent = false;
    // Subagents may have subagents.
    while let Some(inner) = payload.get("event/payload") {
        payload = inner;
        subagent = true;
    }
    let Some(usage) = payload.get("token_usage") else {
        return line.has("message/payload") || line.has("protocol_version");
    };
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.tokens = DraftTokens {
        input: usage.count("input_other"),
        cache_read: usage.count("input_cache_read"),
        cache_write_unspecified: usage.count("input_cache_creation"),
        output: usage.count("output"),
        ..DraftTokens::default()
    };
    record.model = sink.name(Some(payload.text("model").unwrap_or(DEFAULT_MODEL)));
    record.session = sink.out.names.intern_some(folder_of(&sink.out.path, &["wire.jsonl"]));
    record.subagent = subagent;
    let id = payload.string("message_id").unwrap_or_else(|| start.to_rfc3339().into());
    // A status that is told twice has the same counts; an id that a relay gives to every answer does not make one of them.
    let counts = record.tokens.key();
    sink.add_named(record, &[&id, &counts]);
    true
}

struct Wire<R> {
    usage: R,
    blocks: Blocks,
    /// The call that each agent began last.
    last: HashMap<String, String>,
}

impl<R: ValueReader> ValueReader for Wire<R> {
    fn format(&self) -> &'static str {
        USAGE.id
    }

    fn value(&mut self, line: Json<'_>, arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        if out.wants_activity {
            self.add_activity(line, at, out);
        }
        self.usage.value(line, arena, at, out)
    }
}

impl<R> Wire<R> {
    fn add_activity(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(time) = line.instant("timestamp") else { return };
        if out.path.rsplit(['/', '\\']).nth(2) == Some("subagents") {
            return;
        }
        let (mut message, mut agent) = (line.at("message"), String::new());
        while let Some(event) = message.get("payload/event") {
            let names = ["payload/agent_id", "payload/parent_tool_call_id", "payload/task_tool_call_id"];
            agent.push_str(names.iter().find_map(|name| message.text(name)).unwrap_or_default());
            agent.push('/');
            message = event;
        }
        let session = SessionContext {
            id: folder_of(&out.path, &["wire.jsonl"]).map(str::to_owned),
            subagent: !agent.is_empty(),
            is_copied: true,
            ..SessionContext::default()
        };
        let payload = message.at("payload");
        // Agents number their calls, each from 0.
        let call = |id: &str| format!("{agent}{id}");
        match message.text("type") {
            // What a subagent is asked is what its agent writes.
            Some("TurnBegin" | "SteerInput") if agent.is_empty() => {
                let prompt = out.prompt(&text_of(payload.at("user_input")));
                session.add_event("", prompt, time, at, out);
            }
            Some("ToolCall") => {
                if let (Some(id), Some(name)) = (payload.text("id"), payload.text("function/name")) {
                    let id = call(id);
                    let arguments = payload.text("function/arguments").unwrap_or_default();
                    self.blocks.begin_call(&id, name, arguments.to_owned());
                    self.last.insert(agent, id);
                }
            }
            Some("ToolCallPart") => {
                if let Some(id) = self.last.get(&agent) {
                    self.blocks.continue_call(id, payload.text("arguments_part").unwrap_or_default());
                }
            }
            Some("ToolResult") => {
                let result = payload.at("return_value");
                let output = text_of(result.at("output"));
                let id = call(payload.text("tool_call_id").unwrap_or_default());
                self.blocks.end_call((&id, &output, result.is_true("is_error")), &session, time, at, out);
            }
            _ => {}
        }
    }
}
