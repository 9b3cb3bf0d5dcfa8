//! Messages that an agent prints when it runs without a terminal, in the shapes of Claude Code's SDK, which other agents copy.
//!
//! - In: a message a line, or an array of them, and what the agent does in its own way. Out: a record per message, and per model of a `result`
//!   one for what its messages do not have.
//! - Refuses: damaged counts, and records without a time where no date is given for them.
//!
//! Traps:
//! - A `result` sums the run, with its subagents. Messages and result are one spend: the result is the total, and
//!   the output counts of messages are often those of their first chunk.
//! - Later results of one process sum all of its turns. Where a sum fell, another process began.

use std::collections::HashMap;

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
use crate::sources::{Batch, Parser, Taken};

/// What agents that print these messages do in different ways.
pub(in crate::sources) struct Dialect {
    /// The format.
    pub(in crate::sources) id: &'static str,
    /// The key of the version in the first message.
    pub(in crate::sources) version: &'static str,
    /// The counts of a message, or of a whole run.
    pub(in crate::sources) counts: fn(Json<'_>) -> DraftTokens,
    /// Where a result sums the run by model, and the counts there.
    pub(in crate::sources) models: &'static str,
    pub(in crate::sources) model_counts: fn(Json<'_>) -> DraftTokens,
    /// What is read directly where the log of a session is.
    pub(in crate::sources) session: fn(&str) -> RecordId,
    /// Whether an answer is printed in several messages, of which only the last one has counts.
    pub(in crate::sources) is_in_parts: bool,
}

/// Opens the output of an agent.
pub(in crate::sources) fn open_output(head: &Head<'_>, dialect: &'static Dialect) -> Parser {
    let output = Output {
        dialect,
        session: SessionContext::default(),
        model: None,
        current: None,
        messages: HashMap::new(),
        models: HashMap::new(),
    };
    if head.is_lines() { reader::lines(output) } else { reader::stream(output) }
}

/// Whether a file begins with a message of such an output.
pub(in crate::sources) fn is_output(head: &Head<'_>) -> bool {
    let bytes = head.bytes();
    let first = Head::new(bytes.strip_prefix(b"[").unwrap_or(bytes));
    let has = |key: &str| first.top_keys().iter().any(|known| known == key);
    let kinds = ["system", "assistant", "user", "result", "stream_event"];
    has("type") && has("session_id") && kinds.iter().any(|kind| first.has_text("type", kind))
}

struct Output {
    dialect: &'static Dialect,
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
        self.dialect.id
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let (Some(kind), Some(session)) = (line.text("type"), line.text("session_id")) else { return Taken::Foreign };
        if self.session.id.as_deref() != Some(session) {
            self.session = SessionContext { id: Some(session.to_owned()), ..SessionContext::default() };
        }
        match kind {
            "system" => {
                remember(&mut self.session.cwd, line.text("cwd"));
                remember(&mut self.session.version, line.text(self.dialect.version));
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
                    out.figures.check(self.dialect.id, line.0, at.line, false);
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
        let main = (model, (self.dialect.counts)(usage));
        if self.dialect.is_in_parts && main.1.is_zero() {
            return;
        }
        for ((own, tokens), number) in std::iter::once(main).chain(anthropic::beside(usage, model)).zip(0_u64..) {
            let key = RecordId::of(&[self.dialect.id, "message", id]);
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
        let models = line.at(self.dialect.models).0;
        // A model may have another name there than in its messages.
        let by_model = models.sorted();
        let mut counted = self.models.iter().filter(|(_, counted)| counted.since.total() > 0);
        let is_by_other_names = counted.any(|(model, _)| !by_model.contains_key(model.as_str()));
        if !line.has_map(self.dialect.models) || self.dialect.is_in_parts && is_by_other_names {
            // Older versions sum the run without its models.
            let model = self.model.clone().unwrap_or_default();
            let usage = line.at("usage");
            let tokens = (self.dialect.counts)(usage);
            let total = Total { tokens, searches: anthropic::searches(usage), cost: Amount::Absent };
            return self.rest(line, &model, total, at, out);
        }
        line.at("usage").note_numbers();
        for (model, metrics) in by_model {
            let metrics = Json(metrics);
            let tokens = (self.dialect.model_counts)(metrics);
            let (searches, cost) = (metrics.count("webSearchRequests"), metrics.amount("costUSD", DOLLARS));
            self.rest(line, model, Total { tokens, searches, cost }, at, out);
        }
    }

    fn rest(&mut self, line: Json<'_>, model: &str, total: Total, at: Origin, out: &mut Batch) {
        let (Ok(said), Ok(searched)) = (total.tokens.counts().map(undivided), total.searches.or_reject(BAD_COUNT))
        else {
            return out.reject_record(BAD_COUNT, at);
        };
        if said.total() == 0 && searched.is_none_or(|searched| searched == 0) {
            // A subagent that failed has a result of its own.
            return;
        }
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
        let key =
            RecordId::of(&[self.dialect.id, "result", session, line.text("uuid").unwrap_or_default(), model, &key]);
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
        let mut draft = self.session.request_draft(self.dialect.id, key, at, time, out);
        let model = model.filter(|model| !model.is_empty()).or(self.model.as_deref());
        draft.model = out.names.intern_some(model);
        Some(draft)
    }

    /// Adds a record, which counts unless the transcript of its session is read; returns its counts.
    fn add(&self, mut draft: Draft, at: Origin, out: &mut Batch) -> Option<TokenCounts> {
        match draft.finish() {
            Ok(record) => {
                out.counts.records_read += 1;
                out.pending.defer((self.dialect.session)(self.session.id.as_deref().unwrap_or_default()), record);
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
