//! Junie: `~/.junie/sessions/<session>/events.jsonl`.
//!
//! - In: JSON lines, one event each. Seen: events as 26.9.22 (build 3419.29) writes them, by irrlicht's captures and tokscale's parser
//!   (7b14a4b). Out: a record per model of an `LlmResponseMetadataEvent`, and the events of the session.
//! - Refuses: usage without a time, and damaged counts.
//!
//! Traps:
//! - `inputTokens` excludes everything cached, whatever the vendor.
//! - An event may be written again, and a snapshot of the agent's state may hold one. Time, model, counts and cost tell requests apart.
//! - `cost` is zero for models that Junie has no price for.
//! - A prompt that the agent worked on without such an event used tokens that nobody knows.

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::paths::folder_or_stem;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::{Map, Node};
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};
use chrono::{DateTime, Utc};

const ID: &str = "junie";
const EVENTS: &[&str] = &["events.jsonl"];

/// The format of Junie.
#[derive(Debug)]
pub(in crate::sources) struct Junie;

impl Source for Junie {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Junie sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one events.jsonl per session; as of version 26.9.22.\n\
         Where: ~/.junie/sessions (JUNIE_HOME).\n\
         Counted: one record per answer and model, with the tool's own cost; a prompt that was worked on without one is a record of \
         unknown tokens.\n\
         Set aside: events that are written again (duplicate), answers without a token (ignored).\n\
         Lacks: branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let is = |kind: &str| head.has_text("kind", kind);
        let own = is("SessionA2uxEvent") || is("TaskStartedEvent") || is("UserPromptEvent");
        let any = head.has_key("agentEvent") || own && head.top_keys().iter().any(|key| key == "timestampMs");
        if head.is_json() && any { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Events::default())
    }
}

#[derive(Default)]
struct Events {
    session: SessionContext,
    last: Option<DateTime<Utc>>,
    /// The prompt that is worked on.
    prompt: Option<Prompt>,
}

struct Prompt {
    key: String,
    start: DateTime<Utc>,
    at: Origin,
    is_worked_on: bool,
    has_usage: bool,
}

impl ValueReader for Events {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let event = line.at("event/agentEvent");
        let kind = line.text("kind");
        if kind.is_none() && !line.has_map("event/agentEvent") {
            return Taken::Foreign;
        }
        if self.session.id.is_none() {
            remember(&mut self.session.id, folder_or_stem(&out.path, EVENTS));
        }
        self.last = line.instant("timestampMs").or(self.last);
        match kind {
            Some("UserPromptEvent") => self.prompt(line, at, out),
            // Snapshots of the agent's state hold events again.
            None | Some("SessionA2uxEvent") => self.agent_event(event, at, out),
            Some(_) => {}
        }
        Taken::Yes
    }

    fn finish(&mut self, out: &mut Batch) {
        self.end_prompt(out);
    }
}

impl Events {
    fn prompt(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        self.end_prompt(out);
        let Some(start) = self.last else { return };
        let key = line.text("requestId").unwrap_or_default().to_owned();
        if out.wants_activity {
            let prompt = out.prompt(line.text("prompt").or(line.text("presentablePrompt")).unwrap_or_default());
            self.session.add_event(&key, prompt, start, at, out);
        }
        self.prompt = Some(Prompt { key, start, at, is_worked_on: false, has_usage: false });
    }

    /// Adds what a prompt used if no event of it says so.
    fn end_prompt(&mut self, out: &mut Batch) {
        let Some(prompt) = self.prompt.take().filter(|prompt| prompt.is_worked_on && !prompt.has_usage) else { return };
        let id = RecordId::of(&[ID, "prompt", &prompt.key, &prompt.start.to_rfc3339()]);
        let mut draft = self.session.request_draft(ID, id, prompt.at, prompt.start, out);
        draft.request_count = Count::Absent;
        out.add(draft);
    }

    fn agent_event(&mut self, event: Json<'_>, at: Origin, out: &mut Batch) {
        remember(&mut self.session.cwd, event.text("currentDirectory"));
        let Some(kind) = event.text("kind") else { return };
        if kind == "LlmResponseMetadataEvent" {
            for (place, usage) in event.items("modelUsage").enumerate() {
                self.usage(event, usage, place, at, out);
            }
            return;
        }
        if let Some(prompt) = &mut self.prompt {
            prompt.is_worked_on |= kind.ends_with("BlockUpdatedEvent");
        }
        if out.wants_activity {
            self.facts(kind, event, at, out);
        }
    }

    fn usage(&mut self, event: Json<'_>, usage: Json<'_>, place: usize, at: Origin, out: &mut Batch) {
        if let Some(prompt) = &mut self.prompt {
            prompt.has_usage = true;
        }
        let names = ["inputTokens", "cacheInputTokens", "cacheCreateTokens", "outputTokens", "reasoningTokens"];
        let [input, read, write, output, reasoning] = names.map(|name| usage.count(name));
        let tokens = DraftTokens {
            input,
            cache_read: read,
            cache_write_unspecified: write,
            output,
            reasoning: reasoning.at_most(output),
            ..DraftTokens::default()
        };
        let cost = usage.amount("cost", DOLLARS).unless_zero();
        if tokens.is_zero() && cost.is_absent() {
            return out.ignore_record(NO_TOKENS, at);
        }
        let Some(written) = self.last else { return out.reject_record(NO_TIME, at) };
        let model = usage.text("model").unwrap_or_default();
        let figures = names.map(|name| usage.string(name).unwrap_or_default()).join(",");
        let (cost_text, place) = (usage.string("cost").unwrap_or_default(), place.to_string());
        let when = written.to_rfc3339();
        let id = RecordId::of(&[ID, &when, model, &figures, &cost_text, &place]);
        let mut draft = self.session.request_draft(ID, id, at, written, out);
        draft.tokens = tokens;
        draft.reported_cost = cost;
        draft.subagent = event.text("agent/kind").is_some_and(|kind| kind != "MainAgent");
        draft.model = out.names.intern_some(Some(model).filter(|model| !model.is_empty()));
        out.add(draft);
    }

    /// What a block shows that has ended: a command that ran, or files that were changed.
    fn facts(&self, kind: &str, event: Json<'_>, at: Origin, out: &mut Batch) {
        let (Some(written), false) = (self.last, event.text("status") == Some("IN_PROGRESS")) else { return };
        let key = event.text("stepId").unwrap_or_default();
        let (name, argument, value, output) = match kind {
            "TerminalBlockUpdatedEvent" => {
                let output = event.text("output").or(event.text("presentableOutput"));
                ("terminal", "command", event.text("command"), output)
            }
            "AgentPatchCreatedEvent" => ("patch", "patch", event.text("patch"), None),
            "ToolBlockUpdatedEvent" => {
                let name = event.text("toolType").unwrap_or("tool");
                (name, "details", event.text("details"), event.text("output"))
            }
            _ => return,
        };
        let arguments = Node::Map(&Map::new(&[(argument, Node::Text(value.unwrap_or_default()))])).to_string();
        let call =
            ToolCall { key, name, arguments: &arguments, output, failed: event.text("status") == Some("FAILED") };
        call.add_events(&self.session, written, at, out);
    }
}
