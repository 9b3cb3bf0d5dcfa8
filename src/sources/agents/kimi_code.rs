//! Kimi Code, the successor of Kimi CLI: one `wire.jsonl` per agent of a session.
//!
//! - In: JSON lines. Seen: wire protocol 1.4. Read: kimi-code d723cc4. Out: a record per `usage.record`, which has the usage since the one
//!   before it, and prompts and tool calls.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - A record names the model by its alias in the configuration; the `llm.request` before it has the model itself.
//! - `inputOther` excludes everything cached.
//! - Records of a whole session (`usageScope`) are those of compaction, and count.
//! - A fork copies the records of its parent unchanged, so the session is no part of their key, nor of the events'.
//! - A turn may begin without a person: `origin` says what began it.

use std::collections::HashMap;

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "kimi-code";
/// The agent that talks to the user; the others are its subagents.
const MAIN_AGENT: &str = "main";

/// The format of Kimi Code.
#[derive(Debug)]
pub(in crate::sources) struct KimiCode;

impl Source for KimiCode {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Kimi Code sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one wire.jsonl per agent of a session.\n\
         Where: ~/.kimi-code/sessions (KIMI_CODE_HOME).\n\
         Counted: one record per usage.record, those of compaction included, with the model of the request before it; \
         fresh, read and written input are separate.\n\
         Set aside: records that a fork copied from its parent (duplicate).\n\
         Lacks: branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let first = head.first_line();
        let is_metadata =
            has("protocol_version") && first.contains("\"type\":\"metadata\"") && !head.has_key("payload");
        if is_metadata || head.has_key("usageScope") { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Wire::default())
    }
}

#[derive(Default)]
struct Wire {
    /// Models by their alias, as the last request named them.
    models: HashMap<String, String>,
    /// The folder that the agent works in.
    cwd: Option<String>,
    blocks: Blocks,
}

impl ValueReader for Wire {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let Some(kind) = line.text("type") else { return Taken::Foreign };
        if kind == "llm.request"
            && let (Some(alias), Some(model)) = (line.text("modelAlias"), line.text("model"))
        {
            self.models.insert(alias.to_owned(), model.to_owned());
        }
        match kind {
            "usage.record" => self.usage(line, at, out),
            "config.update" => {
                remember(&mut self.cwd, line.text("cwd").or(line.text("environmentDisclosure/cwd")));
            }
            _ if out.wants_activity => self.add_activity(kind, line, at, out),
            _ => {}
        }
        if line.has("time") || line.has("protocol_version") { Taken::Yes } else { Taken::Foreign }
    }
}

impl Wire {
    /// The agent whose log this is, and its session.
    fn context(&self, out: &Batch) -> (String, SessionContext) {
        let agent = folder_of(&out.path, &["wire.jsonl"]).unwrap_or(MAIN_AGENT).to_owned();
        let session = SessionContext {
            id: session_folder(&out.path).map(str::to_owned),
            cwd: self.cwd.clone(),
            subagent: agent != MAIN_AGENT,
            is_copied: true,
            ..SessionContext::default()
        };
        (agent, session)
    }

    fn add_activity(&mut self, kind: &str, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(time) = line.instant("time") else { return };
        let (agent, session) = self.context(out);
        let event = line.at("event");
        let id = event.text("toolCallId").unwrap_or_default();
        // Agents of a session may use the same ids.
        let call = format!("{agent}/{id}");
        match (kind, event.text("type")) {
            // What a subagent is asked is what its agent writes.
            ("turn.prompt" | "turn.steer", _)
                if !session.subagent && matches!(line.text("origin/kind"), None | Some("user")) =>
            {
                let prompt = out.prompt(&text_of(line.at("input")));
                session.add_event(&agent, prompt, time, at, out);
            }
            ("context.append_loop_event", Some("tool.call")) => {
                let arguments = event.at("args");
                let arguments = arguments.text("").map_or_else(|| arguments.to_string(), str::to_owned);
                self.blocks.begin_call(&call, event.text("name").unwrap_or_default(), arguments);
            }
            ("context.append_loop_event", Some("tool.result")) => {
                let output = text_of(event.at("result/output"));
                let failed = event.is_true("result/isError");
                self.blocks.end_call((&call, &output, failed), &session, time, at, out);
            }
            _ => {}
        }
    }

    fn usage(&self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = line.instant("time") else { return out.reject_record(NO_TIME, at) };
        let (agent, session) = self.context(out);
        let alias = line.text("model").unwrap_or_default();
        let usage = line.at("usage");
        let names = ["inputOther", "inputCacheRead", "inputCacheCreation", "output"];
        let [input, read, created, output] = names.map(|name| usage.count(name));
        let tokens = DraftTokens {
            input: input.required(),
            cache_read: read,
            cache_write_unspecified: created,
            output,
            ..DraftTokens::default()
        };
        let id = RecordId::of(&[ID, &agent, &written.to_rfc3339(), alias, &tokens.key()]);
        let mut record = session.request_draft(ID, id, at, written, out);
        record.tokens = tokens;
        let model = self.models.get(alias).map_or(alias, String::as_str);
        record.model = out.names.intern_some(Some(model).filter(|model| !model.is_empty()));
        out.add(record);
    }
}

/// The folder of a session, of whose agents each has a folder in `agents`.
fn session_folder(path: &str) -> Option<&str> {
    let mut folders = path.rsplit(['/', '\\']).skip_while(|part| *part != "agents").skip(1);
    folders.next().filter(|name| !name.is_empty())
}
