//! A span or an event that reports the usage of a call → a record.
//!
//! One call may be reported several times: the span of an agent sums the calls below it, a library's span wraps that of the
//! client it calls, and Claude Code, Gemini CLI and Codex report a call by an event and by a span. What is nearest to the call
//! counts, and events, which say most, count before spans.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::names::{AGGREGATED, CODEX, GEN_AI, cost};
use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::page::Sink;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::usage_object::gemini_cli;
use crate::sources::values::count::Count;

/// What all records of a resource share.
pub(super) struct Shared<'a> {
    /// Flat attributes.
    attributes: Json<'a>,
    tag: Option<String>,
    /// The attributes that say who pays.
    payers: Vec<&'static str>,
}

impl<'a> Shared<'a> {
    /// Of a resource's flat attributes.
    pub(super) fn new(attributes: Json<'a>) -> Self {
        let payers = PAYERS.iter().copied().filter(|name| attributes.has(name)).collect();
        Self { attributes, tag: attributes.tag(&[""]), payers }
    }
}

/// A span, or an event with the span it belongs to.
pub(super) struct Call<'a> {
    pub(super) shared: &'a Shared<'a>,
    /// Flat attributes.
    pub(super) own: Json<'a>,
    pub(super) name: &'a str,
    pub(super) trace: &'a str,
    pub(super) span: &'a str,
    pub(super) parent: &'a str,
    /// When it ended, or else started.
    pub(super) time: Option<DateTime<Utc>>,
    pub(super) is_span: bool,
}

/// What usage was reported for, so that it is not counted from another report.
#[derive(Clone, Copy)]
enum Reported<'a> {
    /// What a span did itself.
    Span(&'a str, &'a str),
    /// A span below another one.
    Below(&'a str, &'a str),
    /// A session of an agent, by its events.
    Session(&'static str, &'a str),
    /// Codex on a day, by its events, because its spans name no session.
    Codex(&'a str),
}

impl Reported<'_> {
    fn key(self) -> RecordId {
        RecordId::of(&match self {
            Self::Span(trace, span) => ["span", trace, span],
            Self::Below(trace, span) => ["below", trace, span],
            Self::Session(agent, session) => ["session", agent, session],
            Self::Codex(day) => ["codex", day, ""],
        })
    }
}

/// The agents that report a call by an event and by a span: the names of their services, or the beginnings of those names.
const CLAUDE: &str = "claude-code";
const GEMINI: &str = "gemini-cli";
const CODEX_SERVICE: &str = "codex";

impl Call<'_> {
    /// Reads an event: those of agents always count, others only if their span does not.
    pub(super) fn read_event(&self, sink: &mut Sink<'_>) {
        let own = self.own;
        let session = self.text(&["session.id"]).unwrap_or_default();
        match self.name.rsplit('.').next().unwrap_or("") {
            "api_request" => {
                sink.out.pending.resolve(Reported::Session(CLAUDE, &session).key());
                self.count(claude(own), sink, None);
            }
            "sse_event" if own.text("event.kind") == Some("response.completed") => {
                if let Some(day) = self.time {
                    sink.out.pending.resolve(Reported::Codex(&day.date_naive().to_string()).key());
                }
                self.count(CODEX.tokens(own), sink, None);
            }
            "api_response" => {
                sink.out.pending.resolve(Reported::Session(GEMINI, &session).key());
                self.count(gemini_cli::api_response(own), sink, None);
            }
            _ if GEN_AI.are_in(own) => {
                let has_span = !self.trace.is_empty() && !self.span.is_empty();
                let span = has_span.then_some(Reported::Span(self.trace, self.span));
                let unless = if self.is_of(GEMINI) { Some(Reported::Session(GEMINI, &session)) } else { span };
                Call { name: "", ..*self }.count(GEN_AI.tokens(own), sink, unless);
            }
            _ => {}
        }
    }

    /// Reads a span: its usage counts unless the spans below it, or the events of its agent, reported the same. Says whether it
    /// has usage.
    pub(super) fn read_span(&self, sink: &mut Sink<'_>) -> bool {
        let Self { own, trace, span, parent, .. } = *self;
        let is_claude = self.name == "claude_code.llm_request" && own.has("input_tokens");
        let tokens = if is_claude {
            Some(claude(own))
        } else {
            [&GEN_AI, &AGGREGATED].into_iter().find(|names| names.are_in(own)).map(|names| names.tokens(own))
        };
        let Some(tokens) = tokens else {
            // A span between a call and an agent has none, and may be read before the call.
            if !parent.is_empty() && !span.is_empty() {
                let (below, above) = (Reported::Below(trace, span), Reported::Below(trace, parent));
                sink.out.pending.resolve_with(below.key(), above.key());
            }
            return false;
        };
        if sink.out.pending.is_resolved(Reported::Below(trace, span).key()) {
            sink.out.repeat(sink.at);
        } else {
            let session = self.text(&["session.id", "gen_ai.conversation.id"]).unwrap_or_default();
            let day = self.time.map(|end| end.date_naive().to_string()).unwrap_or_default();
            let unless = if is_claude {
                Reported::Session(CLAUDE, &session)
            } else if self.is_of(GEMINI) {
                Reported::Session(GEMINI, &session)
            } else if self.is_of(CODEX_SERVICE) || own.has("codex.usage.total_tokens") {
                Reported::Codex(&day)
            } else {
                Reported::Below(trace, span)
            };
            sink.out.pending.resolve(Reported::Span(trace, span).key());
            Call { name: "", ..*self }.count(tokens, sink, Some(unless));
        }
        if !parent.is_empty() {
            sink.out.pending.resolve(Reported::Below(trace, parent).key());
        }
        true
    }

    /// Whether the name of the resource's service starts so.
    fn is_of(&self, service: &str) -> bool {
        self.shared.attributes.text("service.name").is_some_and(|name| name.starts_with(service))
    }

    /// The first of several attributes; the record's own come before those of its resource.
    fn text(&self, keys: &[&str]) -> Option<Cow<'_, str>> {
        keys.iter().find_map(|key| self.own.string(key).or_else(|| self.shared.attributes.string(key)))
    }

    /// Adds the usage under its id, unless something else reports it.
    fn count(&self, tokens: DraftTokens, sink: &mut Sink<'_>, unless: Option<Reported<'_>>) {
        let Some(start) = self.time else { return sink.reject(NO_TIME) };
        let own = self.own;
        let mut record = sink.draft(Authority::Telemetry, start);
        record.tokens = tokens;
        record.request_count = Count::Known(1);
        record.reported_cost = cost(own);
        let text = |keys: &[&str]| self.text(keys);
        record.model = sink.name(text(&MODELS).as_deref());
        record.provider = sink.name(text(&PROVIDERS).as_deref());
        record.session = sink.name(text(&SESSIONS).as_deref());
        // In events of Claude Code this is an installation.
        let user = text(&USERS).or_else(|| text(&["user.id"]).filter(|_| self.is_span));
        record.user = sink.name(user.as_deref());
        record.team = sink.name(text(&["team", "team.id", "department"]).as_deref());
        record.tag = sink.name(own.tag(&[""]).as_deref().or(self.shared.tag.as_deref()));
        if !self.shared.payers.is_empty() {
            sink.mark_payer(&mut record, &[(self.shared.attributes, &self.shared.payers)]);
        }
        record.speed = sink.name(text(&["speed"]).as_deref());
        record.client_version = sink.name(text(&["service.version"]).as_deref());
        record.subagent = own.text("query_source") == Some("subagent");
        // A span may have many events, so the id of the span is not the id of an event.
        let of_span = Some(self.span).filter(|span| self.is_span && !span.is_empty()).map(Cow::Borrowed);
        let id = text(&["request_id", "gen_ai.response.id", "ai.response.id"]).or(of_span);
        record.request = id.as_deref().map(hash_text);
        let key = id.unwrap_or_else(|| {
            let session = text(&["session.id", "conversation.id"]).unwrap_or_default();
            let sequence = own.string("event.sequence").unwrap_or_default();
            format!("{session} {} {sequence}", start.to_rfc3339()).into()
        });
        match unless {
            Some(reported) => sink.add_unless(record, &[&key, self.name], reported.key()),
            None => sink.add_named(record, &[&key, self.name]),
        }
    }
}

/// Attributes of a resource that say who pays.
const PAYERS: [&str; 12] = [
    "cost_center",
    "cost-center",
    "cost.center",
    "costCenter",
    "cost_centre",
    "department",
    "team",
    "team.id",
    "team.name",
    "business.unit",
    "deployment.environment",
    "deployment.environment.name",
];
const MODELS: [&str; 9] = [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "model",
    "llm.model_name",
    "llm.response.model",
    "llm.request.model",
    "ai.response.model",
    "ai.model.id",
    "embedding.model_name",
];
const PROVIDERS: [&str; 6] =
    ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "llm.vendor", "ai.model.provider"];
const SESSIONS: [&str; 5] = [
    "session.id",
    "conversation.id",
    "gen_ai.conversation.id",
    "langfuse.session.id",
    "ai.telemetry.metadata.sessionId",
];
const USERS: [&str; 6] =
    ["user.email", "enduser.id", "user.account_uuid", "langfuse.user.id", "llm.user", "ai.telemetry.metadata.userId"];

fn claude(own: Json<'_>) -> DraftTokens {
    DraftTokens {
        input: own.count("input_tokens"),
        cache_read: own.count("cache_read_tokens"),
        cache_write_unspecified: own.count("cache_creation_tokens"),
        output: own.count("output_tokens"),
        ..DraftTokens::default()
    }
}
