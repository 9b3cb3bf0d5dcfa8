//! Grok Build: `~/.grok/sessions/<folder>/<session>/updates.jsonl`.
//!
//! - In: JSON lines, one notification of the Agent Client Protocol each. Read: xAI's `PromptUsage` and `SessionUpdate` as of 1.0.30, and
//!   codeburn's (ed8fa3a) and tokscale's (11d5ac1) parsers. Out: a record per turn and model, and the events of the session.
//! - Refuses: turns without a time, and damaged counts.
//!
//! Traps:
//! - `inputTokens` includes what was read from and written to a cache, and `outputTokens` reasoning. 10^10 ticks of cost are a dollar.
//! - The sum of a turn is in `turn_completed`, which may be written again with larger counts. Versions before it, and turns that were
//!   killed, say only how full the context was: what they used is unknown.
//! - A turn includes what its subagents used; they have sessions of their own, which count only where no turn has them.
//! - A session that was forked has its parent's lines.

use crate::model::money::Money;
use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::agents::paths::{folder_or_stem, percent_decoded_path};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{DraftTokens, Footing, MIXED, Written};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::amount::Amount;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

const ID: &str = "grok-build";
const UPDATES: &[&str] = &["updates.jsonl"];
/// Shorter ids of prompts than this are not unique by themselves.
const UNIQUE: usize = 16;
const TICKS_PER_NANO_DOLLAR: u64 = 10;

/// The format of Grok Build.
#[derive(Debug)]
pub(in crate::sources) struct Grok;

impl Source for Grok {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Grok Build sessions"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one updates.jsonl per session; as of version 1.0.30.\n\
         Where: ~/.grok/sessions (GROK_HOME).\n\
         Counted: one record per turn and model, its subagents included, with the tool's own cost; cached input separately from input. \
         A turn that was killed, or that a version without such sums wrote, is a record of unknown tokens.\n\
         Set aside: turns that are written again or that a fork copied, and sessions of subagents that a turn includes (duplicate).\n\
         Lacks: the bill, the branch, and the time of each request: a turn has the time of its end."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        if has("method") && has("params") && head.has_key("sessionUpdate") { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        reader::lines(Updates::default())
    }
}

#[derive(Default)]
struct Updates {
    session: SessionContext,
    model: Option<String>,
    /// Turns by their prompt.
    turns: BTreeMap<String, Turn>,
    /// Subagents that no turn includes yet, by their session.
    children: BTreeMap<String, Child>,
    /// Name and arguments of calls that have not ended yet.
    calls: HashMap<String, (String, String)>,
}

struct Turn {
    start: DateTime<Utc>,
    at: Origin,
    model: Option<String>,
    is_answered: bool,
    has_usage: bool,
}

struct Child {
    prompt: Option<String>,
    is_finished: bool,
}

impl ValueReader for Updates {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let update = line.at("params/update");
        let Some(kind) = update.text("sessionUpdate") else {
            return if line.has("method") { Taken::Yes } else { Taken::Foreign };
        };
        let meta = line.at("params/_meta");
        if self.session.id.is_none() {
            remember(&mut self.session.id, line.text("params/sessionId").or(folder_or_stem(&out.path, UPDATES)));
            self.session.cwd = out.path.rsplit(['/', '\\']).nth(2).and_then(percent_decoded_path);
        }
        remember(&mut self.model, meta.text("modelId"));
        let written = meta.instant("agentTimestampMs").or_else(|| line.instant("timestamp"));
        let prompt = update.text("prompt_id").or(meta.text("promptId"));
        if let (Some(prompt), Some(start)) = (prompt, written) {
            self.note(prompt, kind, start, at);
        }
        match kind {
            "turn_completed" => self.completed(line, prompt, written, at, out),
            "model_changed" => remember(&mut self.model, update.text("model_id")),
            "model_auto_switched" => remember(&mut self.model, update.text("new_model_id")),
            "subagent_spawned" => {
                let parent = update.text("parent_prompt_id").or(prompt).map(str::to_owned);
                if let Some(child) = update.text("child_session_id") {
                    self.children.insert(child.to_owned(), Child { prompt: parent, is_finished: false });
                }
            }
            "subagent_finished" => {
                if let Some(child) = update.text("child_session_id").and_then(|id| self.children.get_mut(id)) {
                    child.is_finished = true;
                }
            }
            _ => {}
        }
        if let (true, Some(written)) = (out.wants_activity, written) {
            self.facts(kind, line, written, at, out);
        }
        Taken::Yes
    }

    fn finish(&mut self, out: &mut Batch) {
        for (prompt, turn) in std::mem::take(&mut self.turns) {
            if turn.is_answered && !turn.has_usage {
                self.add_unknown(&prompt, turn, out);
            }
        }
    }
}

/// What a turn uses.
fn turn_usage(prompt: &str, start: DateTime<Utc>) -> RecordId {
    let when = if prompt.len() < UNIQUE { start.to_rfc3339() } else { String::new() };
    RecordId::of(&[ID, "turn", prompt, &when])
}

/// What a session uses, where a turn of another one includes it.
fn included(session: Option<&str>) -> RecordId {
    RecordId::of(&[ID, "included", session.unwrap_or_default()])
}

impl Updates {
    /// Notes when a turn began, and whether it was answered.
    fn note(&mut self, prompt: &str, kind: &str, start: DateTime<Utc>, at: Origin) {
        let is_answer =
            matches!(kind, "agent_message_chunk" | "agent_thought_chunk" | "tool_call" | "tool_call_update");
        if let Some(turn) = self.turns.get_mut(prompt) {
            turn.is_answered |= is_answer;
            if is_answer && turn.model != self.model {
                turn.model.clone_from(&self.model);
            }
            return;
        }
        let model = self.model.clone();
        let turn = Turn { start, at, model, is_answered: is_answer, has_usage: false };
        self.turns.insert(prompt.to_owned(), turn);
    }

    fn completed(
        &mut self,
        line: Json<'_>,
        prompt: Option<&str>,
        written: Option<DateTime<Utc>>,
        at: Origin,
        out: &mut Batch,
    ) {
        if !line.has_map("params/update/usage") {
            return;
        }
        let usage = line.at("params/update/usage");
        let is_incomplete = usage.is_true("usageIsIncomplete");
        let whole = tokens(usage);
        if whole.is_zero() && is_incomplete {
            // It says only that something was used.
            if let Some(turn) = prompt.and_then(|prompt| self.turns.get_mut(prompt)) {
                turn.is_answered = true;
            }
            return;
        }
        let Some(written) = written else { return out.reject_record(NO_TIME, at) };
        let event = line.string("params/_meta/eventId").unwrap_or_default();
        let prompt = prompt.unwrap_or(&event);
        let turn = self.turns.get_mut(prompt);
        let start = turn.map_or(written, |turn| {
            turn.has_usage = true;
            turn.start
        });
        let models = line.at("params/update/usage/modelUsage").0.sorted();
        let parts: Vec<(&str, Json<'_>)> = models.into_iter().map(|(model, part)| (model, Json(part))).collect();
        for (model, part) in &parts {
            self.add(*part, tokens(*part), Some(model), prompt, (start, written), at, out);
        }
        if parts.is_empty() {
            self.add(usage, whole, self.model.as_deref(), prompt, (start, written), at, out);
        } else {
            out.note_footing(ID, footing(usage, &parts), at.line);
        }
        out.pending.resolve(turn_usage(prompt, start));
        let is_included = |child: &Child| {
            child.prompt.as_deref().is_none_or(|parent| parent == prompt) && (child.is_finished || !is_incomplete)
        };
        self.children.retain(|session, child| {
            let is_included = is_included(child);
            if is_included {
                out.pending.resolve(included(Some(session)));
            }
            !is_included
        });
    }

    #[expect(clippy::too_many_arguments, reason = "what a record is made of")]
    fn add(
        &self,
        usage: Json<'_>,
        tokens: DraftTokens,
        model: Option<&str>,
        prompt: &str,
        (start, written): (DateTime<Utc>, DateTime<Utc>),
        at: Origin,
        out: &mut Batch,
    ) {
        let ticks = usage.count("costUsdTicks");
        let requests = usage.count("modelCalls");
        if tokens.is_zero() && ticks.unless_zero().is_absent() && requests.unless_zero().is_absent() {
            return out.ignore_record(NO_TOKENS, at);
        }
        let when = if prompt.len() < UNIQUE { start.to_rfc3339() } else { String::new() };
        let id = RecordId::of(&[ID, prompt, &when, model.unwrap_or_default()]);
        let mut draft = self.session.request_draft(ID, id, at, written, out);
        draft.tokens = tokens;
        draft.request_count = requests.unless_zero();
        draft.model = out.names.intern_some(model);
        draft.depends_on(ticks);
        if let (Some(ticks), false) = (ticks.known(), usage.is_true("costIsPartial")) {
            draft.reported_cost = Amount::Known(Money::from_nanos(i128::from(ticks / TICKS_PER_NANO_DOLLAR)));
        }
        out.defer(draft, included(self.session.id.as_deref()));
    }

    /// Adds a turn of which no sum was written.
    fn add_unknown(&self, prompt: &str, turn: Turn, out: &mut Batch) {
        let usage = turn_usage(prompt, turn.start);
        let mut draft = self.session.request_draft(ID, usage, turn.at, turn.start, out);
        draft.request_count = Count::Absent;
        draft.model = out.names.intern_some(turn.model.as_deref());
        out.pending.resolve_with(included(self.session.id.as_deref()), usage);
        out.defer(draft, usage);
    }

    fn facts(&mut self, kind: &str, line: Json<'_>, written: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let update = line.at("params/update");
        match kind {
            "user_message_chunk" => {
                let prompt = out.prompt(update.text("content/text").unwrap_or_default());
                let key = line.string("params/_meta/eventId").unwrap_or_default();
                self.session.add_event(&key, prompt, written, at, out);
            }
            "tool_call" | "tool_call_update" => {
                let Some(id) = update.text("toolCallId") else { return };
                if let Some(name) = update.text("title").filter(|_| !self.calls.contains_key(id)) {
                    self.calls.insert(id.to_owned(), (name.to_owned(), update.at("rawInput").to_string()));
                }
                let status = update.text("status");
                if !matches!(status, Some("completed" | "failed")) {
                    return;
                }
                let Some((name, arguments)) = self.calls.remove(id) else { return };
                let texts: Vec<&str> = update.items("content").filter_map(|part| part.text("content/text")).collect();
                let printed = texts.join("\n");
                let failed = status == Some("failed");
                let call = ToolCall { key: id, name: &name, arguments: &arguments, output: Some(&printed), failed };
                call.add_events(&self.session, written, at, out);
            }
            _ => {}
        }
    }
}

fn tokens(usage: Json<'_>) -> DraftTokens {
    let counts = Written {
        input: usage.count("inputTokens"),
        cache_read: usage.count("cachedReadTokens"),
        cache_write: usage.count("cacheCreationTokens"),
        output: usage.count("outputTokens"),
        reasoning: usage.count("reasoningTokens"),
        total: usage.count("totalTokens"),
    };
    counts.settle(MIXED)
}

/// Whether the parts by model are all of a turn.
fn footing(whole: Json<'_>, parts: &[(&str, Json<'_>)]) -> Footing {
    let total = |usage: Json<'_>| Count::sum(["inputTokens", "outputTokens"].map(|name| usage.count(name)));
    let sum = Count::sum(parts.iter().map(|(_, part)| total(*part)));
    match (total(whole).known(), sum.known()) {
        (Some(whole), Some(sum)) if whole != sum => Footing::Differs(whole.wrapping_sub(sum).cast_signed()),
        _ => Footing::Fits,
    }
}
