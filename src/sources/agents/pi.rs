//! Pi sessions, and OpenClaw's, which are Pi's: `~/.pi/agent/sessions/**.jsonl`, `~/.openclaw/**.jsonl`.
//!
//! - In: JSON lines. Seen: session versions 1 to 3. Out: a record per answer, and the events of the session.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - `input` excludes cached tokens; `cost.total` is the tool's own estimate.
//! - Some sessions name the model only on `model_change` or `model-snapshot` lines.
//! - A branched session repeats its parent's messages under their ids; version 1 has no ids, so time and counts identify
//!   a message.
//! - OpenClaw keeps deleted and reset sessions next to the live ones. They were paid for, so they count.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::diagnostics::Severity;
use crate::model::origin::Origin;
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::json::access::{self, ValueLine, ValueLines, counts, dollars, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::{SessionContext, add_record, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source, Taken};

const ID: &str = "pi";

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
        "JSON lines, one file per session, kept by the Pi coding agent and by OpenClaw.\n\
         Where: ~/.pi/agent/sessions (PI_AGENT_DIR), ~/.openclaw (OPENCLAW_DIR).\n\
         Counted: one record per answer; the logged cost is the tool's estimate.\n\
         Set aside: messages that a branched session repeats (duplicate), lines that are not JSON (rejected).\n\
         Lacks: the bill and the branch of the checkout."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        let root = |name: &str, folder: &str| {
            let set = (places.env)(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
            set.or_else(|| Some(places.home?.join(folder)))
        };
        let pi = root("PI_AGENT_DIR", ".pi/agent").map(|root| root.join("sessions"));
        [pi, root("OPENCLAW_DIR", ".openclaw")].into_iter().flatten().collect()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
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

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(ValueLines::new(Log { activity: options.activity, ..Log::default() }))
    }
}

#[derive(Default)]
struct Log {
    activity: bool,
    session: SessionContext,
    provider: Option<String>,
    model: Option<String>,
    /// Arguments of calls that have no answer yet.
    calls: std::collections::HashMap<String, String>,
}

impl ValueLine for Log {
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken {
        if text(line, "sessionId").is_some() || has_map(line, "payload") {
            return Taken::Foreign;
        }
        match text(line, "type") {
            Some("session") => {
                remember(&mut self.session.id, text(line, "id"));
                remember(&mut self.session.cwd, text(line, "cwd"));
            }
            Some("model_change" | "model-snapshot") => {
                remember(&mut self.provider, text(line, "provider"));
                remember(&mut self.model, text(line, "modelId"));
            }
            Some("custom") if text(line, "customType") == Some("model-snapshot") => {
                remember(&mut self.provider, text(line, "data.provider"));
                remember(&mut self.model, text(line, "data.modelId"));
            }
            Some("message") => {
                if has_map(line, "message.usage") {
                    self.usage(line, at, out);
                }
                if self.activity {
                    self.facts(line, at, out);
                }
            }
            Some(_) => {}
            None => return Taken::Foreign,
        }
        Taken::Yes
    }
}

impl Log {
    fn usage(&self, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let usage = access::at(line, "message.usage");
        let paths = ["input", "output", "cacheRead", "cacheWrite", "reasoning", "totalTokens"];
        let written = time(line, "timestamp").or_else(|| time(line, "message.timestamp"));
        let (Some([mut input, output, read, write, reasoning, total]), Some(written)) = (counts(usage, paths), written)
        else {
            out.reject("bad-count", "a record has an impossible token count or no timestamp", at.line);
            return;
        };
        if input.is_none() && output.is_none() && total.is_some() {
            out.notice(
                Severity::Warning,
                "total-only",
                "a record has only a total; all of it is counted as input",
                at.line,
            );
            input = total;
        }
        let tokens = TokenCounts {
            input,
            cache_read: read,
            cache_write_unspecified: write,
            output,
            reasoning: reasoning.map(|part| part.min(output.unwrap_or(0))),
            ..TokenCounts::default()
        };
        let mut content = String::with_capacity(128);
        let _ = write!(content, "{},", written.timestamp_micros());
        for count in [input, output, read, write, reasoning] {
            let _ = count.map_or(Ok(()), |count| write!(content, "{count}")).and_then(|()| content.write_char(','));
        }
        let id = RecordId::of(&[ID, text(line, "id").unwrap_or_default(), &content]);
        let mut record = self.session.request_record(ID, id, at, written, tokens, out);
        record.provider = out.names.intern_some(text(line, "message.provider").or(self.provider.as_deref()));
        record.model = out.names.intern_some(text(line, "message.model").or(self.model.as_deref()));
        record.reported_cost = dollars(usage, "cost.total");
        add_record(record, out);
    }

    fn facts(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = time(line, "timestamp").or_else(|| time(line, "message.timestamp")) else { return };
        let key = text(line, "id").unwrap_or_default();
        let message = access::at(line, "message");
        let texts = || list(message, "content").iter().filter_map(|part| text(part, "text"));
        match text(message, "role") {
            Some("user") => {
                let joined = || texts().collect::<Vec<_>>().join("\n");
                let prompt = text(message, "content").map_or_else(joined, str::to_owned);
                let prompt = out.prompt(&prompt);
                self.session.add_event(key, prompt, written, at, out);
            }
            Some("toolResult") => {
                let id = text(message, "toolCallId").unwrap_or(key);
                let arguments = self.calls.remove(id).unwrap_or_else(|| Node::Null.to_string());
                let printed = texts().collect::<Vec<_>>().join("\n");
                let call = ToolCall {
                    key: id,
                    name: text(message, "toolName").unwrap_or("tool"),
                    arguments: &arguments,
                    output: Some(&printed),
                    failed: *access::at(message, "isError") == Node::Bool(true),
                };
                call.add_events(&self.session, written, at, out);
            }
            _ => {
                for part in list(message, "content") {
                    if let Some(id) = text(part, "id") {
                        self.calls.insert(id.to_owned(), access::at(part, "arguments").to_string());
                    }
                }
            }
        }
    }
}
