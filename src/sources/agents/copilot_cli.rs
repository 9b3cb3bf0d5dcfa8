//! Copilot CLI sessions: `~/.copilot/session-state/<session>/events.jsonl`.
//!
//! - In: JSON lines, one event each. Seen: 1.0.64; shutdowns as of 1.0.80. Out: a record per run and model, and the events of the session.
//! - Refuses: shutdowns without a time, and damaged counts.
//!
//! Traps:
//! - Answers carry only an output count; the counts by model are in `session.shutdown`.
//! - From 1.0.80 on a shutdown sums the session with all runs before it, in earlier versions and after a compaction only what came since.
//!   So a run is the difference to the shutdown before it, unless a count fell.
//! - A run that was killed has no `session.shutdown`: only the output of its answers is known.
//! - `session-store.db` has each request, and counts instead where it is read.
//! - Cached tokens are inside `inputTokens`.

pub(in crate::sources) mod store;

use crate::model::activity::What;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId};
use crate::sources::agents::paths::folder_of;
use crate::sources::figures::known::Known;
use crate::sources::figures::words;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{Draft, DraftTokens};
use crate::sources::rejection::{BAD_COUNT, NO_TIME};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};
use std::collections::HashMap;

const ID: &str = "copilot-cli";

/// Kinds of events that no other agent writes under such names.
const OWN: [&str; 4] = ["session.start", "session.shutdown", "assistant.turn_start", "session.model_change"];

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
         Counted: one record per run and model, from session.shutdown, less what the shutdown before it had; cached input \
         separately from input; of a run that was killed, the output of each answer.\n\
         Set aside: the same run in a copy, and what session-store.db has of a session (duplicate), damaged counts (rejected).\n\
         Lacks: the bill, the input of runs that were killed, and the time of each request: a run has the time of its end."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        if keys.iter().any(|key| key == "sessionId") {
            return Sniff::No;
        }
        let has = |key: &str| keys.iter().any(|known| known == key);
        if has("type") && has("data") && OWN.iter().any(|kind| head.has_text("type", kind)) {
            return Sniff::Yes;
        }
        head.sniff_keys(&["type", "data", "id", "timestamp", "parentId"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Events::default())
    }
}

#[derive(Default)]
struct Events {
    session: SessionContext,
    /// Name and arguments of calls that have not ended yet.
    calls: HashMap<String, (String, String)>,
    model: Option<String>,
    /// What the last shutdown said of each model: input, reads, writes, output, reasoning and requests.
    told: HashMap<String, [u64; 6]>,
    /// Answers since then, which the next one sums.
    answers: Vec<Draft>,
}

impl ValueReader for Events {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let data = line.at("data");
        let (Some(kind), true) = (line.text("type"), line.has_map("data")) else { return Taken::Foreign };
        if self.session.id.is_none() {
            // The log of a session is in a folder of its name, which its first event repeats, unless that is lost.
            self.session.id = folder_of(&out.path, &["events.jsonl"]).map(str::to_owned);
        }
        match kind {
            "session.start" | "session.resume" => {
                remember(&mut self.session.id, data.text("sessionId"));
                remember(&mut self.session.version, data.text("copilotVersion"));
                remember(&mut self.session.cwd, data.text("context/cwd"));
                remember(&mut self.session.branch, data.text("context/branch"));
                remember(&mut self.session.repository, data.text("context/repository"));
                remember(&mut self.model, data.text("selectedModel"));
            }
            "session.model_change" => remember(&mut self.model, data.text("newModel")),
            "session.shutdown" => {
                self.usage(line, at, out);
                self.answers.clear();
            }
            "assistant.message" => self.answer(line, at, out),
            _ => {}
        }
        if out.wants_activity {
            self.facts(kind, line, at, out);
        }
        Taken::Yes
    }

    fn finish(&mut self, out: &mut Batch) {
        for draft in std::mem::take(&mut self.answers) {
            out.defer(draft, session_usage(self.session.id.as_deref()));
        }
    }
}

/// The usage of a session, which the store has with more detail.
fn session_usage(session: Option<&str>) -> RecordId {
    RecordId::of(&[ID, "session", session.unwrap_or_default()])
}

/// The same of one model.
fn model_usage(session: Option<&str>, model: &str) -> RecordId {
    RecordId::of(&[ID, "model", session.unwrap_or_default(), model])
}

impl Events {
    /// An answer, of which only the output is known.
    fn answer(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let data = line.at("data");
        remember(&mut self.model, data.text("model"));
        // The next shutdown has what an answer used; only what else it holds would be lost.
        if let Node::Map(entries) = data.0 {
            for (key, value) in entries.iter() {
                let is_other = matches!(value, Node::Number(_)) && *key != "outputTokens" && words::is_figure(key);
                let path = if is_other { format!("data.{key}") } else { continue };
                if !Known::of(ID).is_left(&path) {
                    out.figures.found.add_number(ID, &path, value, at.line);
                }
            }
        }
        let (output, Some(written)) = (data.count("outputTokens"), line.instant("timestamp")) else { return };
        if output.is_absent() || output == Count::Known(0) {
            return;
        }
        let session = self.session.id.as_deref().unwrap_or_default();
        let message = data.text("messageId").or(line.text("id")).or(line.text("timestamp")).unwrap_or_default();
        let id = RecordId::of(&[ID, "answer", session, message]);
        let mut draft = self.session.request_draft(ID, id, at, written, out);
        draft.tokens = DraftTokens { output, ..DraftTokens::default() };
        draft.model = out.names.intern_some(self.model.as_deref());
        self.answers.push(draft);
    }

    fn usage(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let models = line.at("data/modelMetrics");
        if !line.has_map("data/modelMetrics") {
            return;
        }
        let Some(written) = line.instant("timestamp") else {
            out.reject_record(NO_TIME, at);
            return;
        };
        for (model, metrics) in models.0.sorted() {
            let metrics = Json(metrics);
            let usage = metrics.at("usage");
            let (read, write) = (usage.count("cacheReadTokens"), usage.count("cacheWriteTokens"));
            let (input, output) = (usage.count("inputTokens"), usage.count("outputTokens"));
            let (reasoning, requests) = (usage.count("reasoningTokens"), metrics.count("requests/count"));
            let Some(told) = Count::all_or_zero([input, read, write, output, reasoning, requests]) else {
                out.reject_record(BAD_COUNT, at);
                continue;
            };
            let before = self.told.insert(model.to_owned(), told).unwrap_or_default();
            let fell = before.iter().zip(&told).any(|(before, now)| before > now);
            let before = if fell { [0; 6] } else { before };
            if before == told && told != [0; 6] {
                out.counts.records_read += 1;
                out.counts.duplicate += 1;
                continue;
            }
            let [input, read, write, output, reasoning, requests] = std::array::from_fn(|at| {
                [input, read, write, output, reasoning, requests][at].minus(Count::Known(before[at]))
            });
            let tokens = DraftTokens {
                input: input.minus(Count::sum([read, write]).at_most(input)),
                cache_read: read,
                cache_write_unspecified: write,
                output,
                reasoning: reasoning.at_most(output),
                ..DraftTokens::default()
            };
            let session = self.session.id.as_deref();
            let event = line.text("id").or(line.text("timestamp")).unwrap_or_default();
            let key = [ID, session.unwrap_or_default(), event, model];
            let mut record = self.session.request_draft(ID, RecordId::of(&key), at, written, out);
            record.grain = Grain::Session;
            record.model = Some(out.names.intern(model));
            record.tokens = tokens;
            record.request_count = requests;
            out.defer(record, model_usage(session, model));
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
