//! Copilot CLI sessions: `~/.copilot/session-state/<session>/events.jsonl`.
//!
//! - In: JSON lines, one event each. Seen: 1.0.64. Out: a record per run and model, and the events of the session.
//! - Refuses: shutdowns without a time, and damaged counts.
//!
//! Traps:
//! - Answers carry only an output count; the counts by model are in `session.shutdown`, for the whole run. Only these are
//!   counted.
//! - A session that was killed has no `session.shutdown`, so it has no counts.
//! - Cached tokens are inside `inputTokens`.

use std::path::PathBuf;

use crate::model::activity::What;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId, TokenCounts};
use crate::sources::json::access::{self, ValueLine, ValueLines, count, counts, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::{SessionContext, add_record, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source, Taken};

const ID: &str = "copilot-cli";

/// The format of Copilot CLI's session events.
#[derive(Debug)]
pub struct CopilotCli;

impl Source for CopilotCli {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Copilot CLI session events"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per session, kept by the Copilot CLI.\n\
         Where: ~/.copilot/session-state, or COPILOT_HOME.\n\
         Counted: one record per run and model, from session.shutdown; cached input separately from input.\n\
         Set aside: the same run in a copy (duplicate), damaged counts (rejected).\n\
         Lacks: the bill, the counts of runs that were killed, and the time of each request: a run has the time of its end."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        let set = (places.env)("COPILOT_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let root = set.or_else(|| Some(places.home?.join(".copilot")));
        root.map(|root| root.join("session-state")).into_iter().collect()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        if keys.iter().any(|key| key == "sessionId") {
            return Sniff::No;
        }
        head.sniff_keys(&["type", "data", "id", "timestamp", "parentId"])
    }

    fn open(&self, _head: &Head<'_>, options: &ReadOptions) -> Parser {
        Parser::Lines(ValueLines::new(Events { activity: options.activity, ..Events::default() }))
    }
}

#[derive(Default)]
struct Events {
    activity: bool,
    session: SessionContext,
    /// Name and arguments of calls that have not ended yet.
    calls: std::collections::HashMap<String, (String, String)>,
}

impl ValueLine for Events {
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken {
        let data = access::at(line, "data");
        let (Some(kind), true) = (text(line, "type"), has_map(line, "data")) else { return Taken::Foreign };
        match kind {
            "session.start" | "session.resume" => {
                remember(&mut self.session.id, text(data, "sessionId"));
                remember(&mut self.session.version, text(data, "copilotVersion"));
                remember(&mut self.session.cwd, text(data, "context.cwd"));
                remember(&mut self.session.branch, text(data, "context.branch"));
                remember(&mut self.session.repository, text(data, "context.repository"));
            }
            "session.shutdown" => self.usage(line, at, out),
            _ if self.activity => self.facts(kind, line, at, out),
            _ => {}
        }
        Taken::Yes
    }
}

impl Events {
    fn usage(&self, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let models = access::at(line, "data.modelMetrics");
        if !has_map(line, "data.modelMetrics") {
            return;
        }
        let Some(written) = time(line, "timestamp") else {
            out.reject("no-timestamp", "a record has no timestamp, so it belongs to no day", at.line);
            return;
        };
        for (model, metrics) in models.sorted() {
            let paths = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"];
            let Some([input, output, read, write, reasoning]) = counts(access::at(metrics, "usage"), paths) else {
                out.reject("bad-count", "a token count is negative, fractional or out of range", at.line);
                continue;
            };
            let cached = read.unwrap_or(0) + write.unwrap_or(0);
            let tokens = TokenCounts {
                input: input.map(|input| input.saturating_sub(cached)),
                cache_read: read,
                cache_write_unspecified: write,
                output,
                reasoning: reasoning.map(|part| part.min(output.unwrap_or(0))),
                ..TokenCounts::default()
            };
            let session = self.session.id.as_deref().unwrap_or_default();
            let id = RecordId::of(&[ID, session, text(line, "id").unwrap_or_default(), model]);
            let mut record = self.session.request_record(ID, id, at, written, tokens, out);
            record.grain = Grain::Session;
            record.model = Some(out.names.intern(model));
            record.request_count = count(metrics, "requests.count").get();
            add_record(record, out);
        }
    }

    fn facts(&mut self, kind: &str, line: &Node<'_>, at: Origin, out: &mut Batch) {
        let (data, Some(written)) = (access::at(line, "data"), time(line, "timestamp")) else { return };
        let key = text(line, "id").unwrap_or_default();
        match kind {
            "user.message" => {
                let prompt = out.prompt(text(data, "content").unwrap_or_default());
                self.session.add_event(key, prompt, written, at, out);
            }
            "session.compaction_complete" => self.session.add_event(key, What::Compaction, written, at, out),
            "assistant.message" => {
                for call in list(data, "toolRequests") {
                    let (Some(id), Some(name)) = (text(call, "toolCallId"), text(call, "name")) else { continue };
                    self.calls.insert(id.to_owned(), (name.to_owned(), access::at(call, "arguments").to_string()));
                }
            }
            "tool.execution_complete" => {
                let id = text(data, "toolCallId").unwrap_or(key);
                let Some((name, arguments)) = self.calls.remove(id) else { return };
                let call = ToolCall {
                    key: id,
                    name: &name,
                    arguments: &arguments,
                    output: text(data, "result.content"),
                    failed: *access::at(data, "success") == Node::Bool(false),
                };
                call.add_events(&self.session, written, at, out);
            }
            _ => {}
        }
    }
}
