//! What `claude -p` prints with `--output-format stream-json` or `json`, as lines or as one array: the log that a CI job keeps.
//!
//! - In: messages of Claude Code's SDK; the shapes are those of its types, version 2.1. Out: a record per message, and per model of a
//!   `result` one for what its messages do not have.
//! - Refuses: damaged counts, and records without a time where no date is given for them.
//!
//! Traps:
//! - A `result` sums the run by model, with its subagents. Messages and result are one spend: the result is the total, and
//!   the output counts of messages are often those of their first chunk.
//! - Later results of one process sum all of its turns. Where a sum fell, another process began.
//! - The same session in `~/.claude/projects` has more detail, and counts instead.

use std::collections::HashMap;

use super::answers::session_usage;
use crate::model::bill::WEB_SEARCHES;
use crate::model::hash::hash_text;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId, TokenCounts};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{Draft, DraftTokens};
use crate::sources::rejection::{BAD_COUNT, NO_TIME};
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::usage_object::anthropic;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "claude-code-headless";

/// The format of Claude Code's output without a terminal.
#[derive(Debug)]
pub(in crate::sources) struct Headless;

impl Source for Headless {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Claude Code, output of `claude -p`"
    }

    fn about(&self) -> &'static str {
        "JSON lines, an array, or one object that a run of Claude Code without a terminal prints.\n\
         Export: claude -p --output-format stream-json --verbose > run.jsonl, or --output-format json; the execution file of \
         claude-code-action.\n\
         Counted: one record per message id, the largest value per field, and per model of a result what its messages do \
         not have; advisers and compaction as requests of their own.\n\
         Set aside: sessions whose transcript in ~/.claude is given as well, which has times (duplicate).\n\
         Lacks: time, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let bytes = head.bytes();
        let first = Head::new(bytes.strip_prefix(b"[").unwrap_or(bytes));
        let has = |key: &str| first.top_keys().iter().any(|known| known == key);
        let kinds = ["system", "assistant", "user", "result", "stream_event"];
        let is_message = has("type") && has("session_id") && kinds.iter().any(|kind| first.has_text("type", kind));
        // Other agents print the same messages, with other counts.
        let is_foreign = head.has_key("sessionId") || head.has_key("qwen_code_version");
        let own = ["modelUsage", "claude_code_version", "input_tokens"];
        if is_message && !is_foreign && own.iter().any(|key| head.has_key(key)) { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.is_lines() { reader::lines(Output::default()) } else { reader::stream(Output::default()) }
    }
}

#[derive(Default)]
struct Output {
    session: SessionContext,
    model: Option<String>,
    /// The message whose parts are being printed, and its model.
    current: Option<(String, Option<String>)>,
    /// The counts of messages and of their searches, by the hash of their ids.
    messages: HashMap<u64, (TokenCounts, u64)>,
    models: HashMap<String, Counted>,
}

/// What is counted of a model.
#[derive(Default)]
struct Counted {
    /// Messages since the last result.
    since: TokenCounts,
    searches_since: u64,
    /// What the last result said, and all that was counted up to it in its process.
    told: TokenCounts,
    covered: TokenCounts,
    searches_covered: u64,
}

impl ValueReader for Output {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let (Some(kind), Some(session)) = (line.text("type"), line.text("session_id")) else { return Taken::Foreign };
        if self.session.id.as_deref() != Some(session) {
            self.session = SessionContext { id: Some(session.to_owned()), ..SessionContext::default() };
        }
        match kind {
            "system" => {
                remember(&mut self.session.cwd, line.text("cwd"));
                remember(&mut self.session.version, line.text("claude_code_version"));
                remember(&mut self.model, line.text("model"));
            }
            "assistant" => {
                let message = line.at("message");
                self.message(line, message.text("id"), message.text("model"), message.at("usage"), at, out);
            }
            "stream_event" => self.event(line, at, out),
            "result" => {
                let before = out.accepted();
                self.result(line, at, out);
                if out.accepted() == before {
                    // It only repeats what its messages have, but must not hold more.
                    out.figures.check(ID, line.0, at.line, false);
                }
            }
            _ => {}
        }
        Taken::Yes
    }
}

impl Output {
    /// A part of a message while it is printed: its start has the input, and its end the output.
    fn event(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        let event = line.at("event");
        if let Some(message) = event.get("message") {
            let named = |key: &str| message.text(key).map(str::to_owned);
            self.current = named("id").map(|id| (id, named("model")));
            self.message(line, message.text("id"), message.text("model"), message.at("usage"), at, out);
        } else if let (true, Some((id, model))) = (event.has_map("usage"), self.current.clone()) {
            self.message(line, Some(&id), model.as_deref(), event.at("usage"), at, out);
        }
    }

    fn message(
        &mut self,
        line: Json<'_>,
        id: Option<&str>,
        model: Option<&str>,
        usage: Json<'_>,
        at: Origin,
        out: &mut Batch,
    ) {
        let (Some(id), Json(Node::Map(_))) = (id.or(line.text("uuid")), usage) else { return };
        if model == Some("<synthetic>") {
            return out.ignore(
                "not-billed",
                "synthetic and API-error messages are not billed and are left out",
                at.line,
            );
        }
        let main = (model, anthropic::counts(usage));
        for ((own, tokens), number) in std::iter::once(main).chain(anthropic::beside(usage, model)).zip(0_u64..) {
            let key = RecordId::of(&[ID, "message", id]);
            let key = if number == 0 { key } else { key.again(number) };
            let model = own.or(model);
            let Some(mut draft) = self.draft(line, key, model, at, out) else { return };
            draft.tokens = tokens;
            draft.request_count = Count::Known(1);
            let searches = if number == 0 { anthropic::searches(usage) } else { Count::Absent };
            add_searches(&mut draft, searches, out);
            draft.subagent = line.text("parent_tool_use_id").is_some();
            let model = model.or(self.model.as_deref()).unwrap_or_default().to_owned();
            if let Some(found) = self.add(draft, at, out) {
                let (known, known_searches) = self.messages.entry(hash_text(id).wrapping_add(number)).or_default();
                let most = known.max(found);
                let most_searches = searches.known().unwrap_or(0).max(*known_searches);
                let counted = self.models.entry(model).or_default();
                counted.since = counted.since.plus(most.less(*known));
                counted.searches_since += most_searches - *known_searches;
                (*known, *known_searches) = (most, most_searches);
            }
        }
    }

    /// A result: per model what it has beyond its messages.
    fn result(&mut self, line: Json<'_>, at: Origin, out: &mut Batch) {
        if !line.has_map("modelUsage") {
            // Older versions sum the run without its models.
            let model = self.model.clone().unwrap_or_default();
            let usage = line.at("usage");
            let total =
                Total { tokens: anthropic::counts(usage), searches: anthropic::searches(usage), cost: Amount::Absent };
            return self.rest(line, &model, total, at, out);
        }
        line.at("usage").note_numbers();
        for (model, metrics) in line.at("modelUsage").0.sorted() {
            let metrics = Json(metrics);
            let tokens = DraftTokens {
                input: metrics.count("inputTokens"),
                cache_read: metrics.count("cacheReadInputTokens"),
                cache_write_unspecified: metrics.count("cacheCreationInputTokens"),
                output: metrics.count("outputTokens"),
                ..DraftTokens::default()
            };
            let (searches, cost) = (metrics.count("webSearchRequests"), metrics.amount("costUSD", DOLLARS));
            self.rest(line, model, Total { tokens, searches, cost }, at, out);
        }
    }

    fn rest(&mut self, line: Json<'_>, model: &str, total: Total, at: Origin, out: &mut Batch) {
        let (Ok(said), Ok(searched)) = (total.tokens.counts().map(undivided), total.searches.or_reject(BAD_COUNT))
        else {
            return out.reject_record(BAD_COUNT, at);
        };
        let before = self.models.remove(model).unwrap_or_default();
        // A sum that fell is that of another process, which has nothing of what was counted before.
        let (covered, searches) = match before.told.less(said).total() {
            0 => (before.covered, before.searches_covered),
            _ => (TokenCounts::default(), 0),
        };
        let counted = covered.plus(before.since);
        let searches = searches + before.searches_since;
        let more_searches = searched.unwrap_or(0).saturating_sub(searches);
        let rest = said.less(counted);
        let is_whole = counted.total() == 0;
        let (covered, searches_covered) = (counted.plus(rest), searches + more_searches);
        let counted = Counted { told: said, covered, searches_covered, ..Counted::default() };
        self.models.insert(model.to_owned(), counted);
        if rest.total() == 0 && more_searches == 0 {
            return;
        }
        let key = format!("{said:?} {rest:?}");
        let session = self.session.id.as_deref().unwrap_or_default();
        let key = RecordId::of(&[ID, "result", session, line.text("uuid").unwrap_or_default(), model, &key]);
        let Some(mut draft) = self.draft(line, key, Some(model), at, out) else { return };
        draft.tokens = rest.into();
        draft.grain = Grain::Session;
        draft.request_count = Count::Absent;
        add_searches(&mut draft, Count::Known(more_searches).unless_zero(), out);
        if is_whole {
            draft.reported_cost = total.cost;
        }
        self.add(draft, at, out);
    }

    /// A record with what the output says of its session.
    fn draft(&self, line: Json<'_>, key: RecordId, model: Option<&str>, at: Origin, out: &mut Batch) -> Option<Draft> {
        let Some(time) = line.instant("timestamp").or_else(|| out.undated(at.line).map(|undated| undated.at)) else {
            out.reject_record(NO_TIME, at);
            return None;
        };
        let mut draft = self.session.request_draft(ID, key, at, time, out);
        let model = model.filter(|model| !model.is_empty()).or(self.model.as_deref());
        draft.model = out.names.intern_some(model);
        Some(draft)
    }

    /// Adds a record, which counts unless the transcript of its session is read; returns its counts.
    fn add(&self, mut draft: Draft, at: Origin, out: &mut Batch) -> Option<TokenCounts> {
        match draft.finish() {
            Ok(record) => {
                out.counts.records_read += 1;
                out.pending.defer(session_usage(self.session.id.as_deref().unwrap_or_default()), record);
                Some(undivided(record.tokens))
            }
            Err(rejection) => {
                out.reject_record(rejection, at);
                None
            }
        }
    }
}

/// What a result says of a model.
struct Total {
    tokens: DraftTokens,
    searches: Count,
    cost: Amount,
}

fn add_searches(draft: &mut Draft, searches: Count, out: &mut Batch) {
    draft.quantity = searches.to_quantity();
    draft.bill.unit = searches.known().map(|_| out.names.intern(WEB_SEARCHES));
}

/// Counts in which writes to a cache are not divided by their lifetime, and reasoning is not told apart.
fn undivided(tokens: TokenCounts) -> TokenCounts {
    let writes = [tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_write_unspecified];
    TokenCounts {
        cache_write_5m: None,
        cache_write_1h: None,
        cache_write_unspecified: writes.into_iter().flatten().reduce(u64::saturating_add),
        reasoning: None,
        ..tokens
    }
}
