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
use crate::model::usage::{Grain, RecordId};
use crate::sources::json::access::Json;
use crate::sources::json::node::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Environment, Parser, ReadOptions, Sniff, Source, Taken};

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

    fn default_folders(&self, environment: &Environment<'_>) -> Vec<PathBuf> {
        let set = (environment.env)("COPILOT_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let root = set.or_else(|| Some(environment.home?.join(".copilot")));
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
        reader::lines(Events { activity: options.activity, ..Events::default() })
    }
}

#[derive(Default)]
struct Events {
    activity: bool,
    session: SessionContext,
    /// Name and arguments of calls that have not ended yet.
    calls: std::collections::HashMap<String, (String, String)>,
}

impl ValueReader for Events {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let data = line.at("data");
        let (Some(kind), true) = (line.text("type"), line.has_map("data")) else { return Taken::Foreign };
        match kind {
            "session.start" | "session.resume" => {
                remember(&mut self.session.id, data.text("sessionId"));
                remember(&mut self.session.version, data.text("copilotVersion"));
                remember(&mut self.session.cwd, data.text("context/cwd"));
                remember(&mut self.session.branch, data.text("context/branch"));
                remember(&mut self.session.repository, data.text("context/repository"));
            }
            "session.shutdown" => self.usage(line, at, out),
            _ if self.activity => self.facts(kind, line, at, out),
            _ => {}
        }
        Taken::Yes
    }
}

impl Events {
    fn usage(&self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let models = line.at("data/modelMetrics");
        if !line.has_map("data/modelMetrics") {
            return;
        }
        let Some(written) = line.instant("timestamp") else {
            out.reject_record(NO_TIME, at);
            return;
        };
        for (model, metrics) in models.0.sorted() {
            let usage = Json(metrics).at("usage");
            let (read, write) = (usage.count("cacheReadTokens"), usage.count("cacheWriteTokens"));
            let (input, output) = (usage.count("inputTokens"), usage.count("outputTokens"));
            let tokens = DraftTokens {
                input: input.minus(Count::sum([read, write]).at_most(input)),
                cache_read: read,
                cache_write_unspecified: write,
                output,
                reasoning: usage.count("reasoningTokens").at_most(output),
                ..DraftTokens::default()
            };
            let session = self.session.id.as_deref().unwrap_or_default();
            let id = RecordId::of(&[ID, session, line.text("id").unwrap_or_default(), model]);
            let mut record = self.session.request_draft(ID, id, at, written, out);
            record.grain = Grain::Session;
            record.model = Some(out.names.intern(model));
            record.tokens = tokens;
            record.request_count = Json(metrics).count("requests/count");
            out.add(record);
        }
    }

    fn facts(&mut self, kind: &str, line: Json<'_>, at: Origin, out: &mut Batch) {
        let (data, Some(written)) = (line.at("data"), line.instant("timestamp")) else { return };
        let key = line.text("id").unwrap_or_default();
        match kind {
            "user.message" => {
                let prompt = out.prompt(data.text("content").unwrap_or_default());
                self.session.add_event(key, prompt, written, at, out);
            }
            "session.compaction_complete" => self.session.add_event(key, What::Compaction, written, at, out),
            "assistant.message" => {
                for call in data.items("toolRequests") {
                    let (Some(id), Some(name)) = (call.text("toolCallId"), call.text("name")) else { continue };
                    self.calls.insert(id.to_owned(), (name.to_owned(), call.at("arguments").to_string()));
                }
            }
            "tool.execution_complete" => {
                let id = data.text("toolCallId").unwrap_or(key);
                let Some((name, arguments)) = self.calls.remove(id) else { return };
                let call = ToolCall {
                    key: id,
                    name: &name,
                    arguments: &arguments,
                    output: data.text("result/content"),
                    failed: data.is_false("success"),
                };
                call.add_events(&self.session, written, at, out);
            }
            _ => {}
        }
    }
}
