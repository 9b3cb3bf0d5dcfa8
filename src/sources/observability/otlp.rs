//! OTLP as JSON lines (the collector's file exporter): gen_ai spans, and the events of Claude Code, Codex and Gemini CLI.
//!
//! Numbers arrive as texts; times are nanoseconds. Claude Code's input excludes cached tokens; Codex' and gen_ai's include
//! them. Codex' `tool_token_count` is the total and is not read. Metrics are passed over: they repeat the events.
//!
//! One call may be reported several times: the span of an agent sums the calls below it, a library's span wraps that of the
//! client it calls, and Claude Code, Gemini CLI and Codex report a call by an event and by a span. What is nearest to the call
//! counts, and events, which say most, count before spans.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{DraftTokens, MIXED, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::usage_object::gemini_cli;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static OTLP: Page = Page {
    id: "otlp",
    title: "OpenTelemetry OTLP (JSON lines)",
    about: "Export: the file exporter of an OpenTelemetry collector, format json: resourceLogs and resourceSpans, \
            one export a line. Claude Code (CLAUDE_CODE_ENABLE_TELEMETRY=1, OTEL_LOGS_EXPORTER=otlp), Codex \
            ([otel] in config.toml) and Gemini CLI (telemetry) send their events there.\n\
            Counted: one record per span with gen_ai.usage.*, claude_code.api_request, codex.sse_event \
            (response.completed) and gemini_cli.api_response. Claude Code's cost_usd is an estimate. Set aside: \
            spans that sum the spans below them (totals of agents), events of a span that counts, and the spans of \
            Claude Code, Codex and Gemini CLI beside their events (duplicate); metrics, for they sum the same \
            events, and all other events and spans (not read).\n\
            Lacks: the bill, cache lifetimes, folder and branch.",
    needs: &[
        &["resourceLogs"],
        &["resourceSpans"],
        &["resourceMetrics"],
        &["resourceLogs", "scopeLogs", "logRecords"],
        &["resourceSpans", "scopeSpans", "spans"],
        &["resourceMetrics", "scopeMetrics", "metrics"],
    ],
    lacks: &[],
    folders: None,
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let shared = |resource: Json<'_>, each: &mut dyn FnMut(&Shared<'_>)| {
        let all = attributes(resource.get("resource"));
        let all = Node::Map(&all);
        each(&Shared { attributes: Json(&all), tag: Json(&all).tag(&[""]) });
    };
    for resource in line.items("resourceLogs") {
        shared(resource, &mut |shared| {
            for log in resource.items("scopeLogs").flat_map(|scope| scope.items("logRecords")) {
                Call::new(shared, log, false).read(sink);
            }
        });
    }
    for resource in line.items("resourceSpans") {
        shared(resource, &mut |shared| {
            // A span ends after those below it, so that these come first.
            let mut spans: Vec<Json<'_>> =
                resource.items("scopeSpans").flat_map(|scope| scope.items("spans")).collect();
            spans.sort_by_cached_key(|span| (span.instant(END), Reverse(span.instant(START))));
            spans.into_iter().for_each(|span| Call::new(shared, span, true).read(sink));
        });
    }
    ["resourceLogs", "resourceSpans", "resourceMetrics"].iter().any(|key| line.has(key))
}

const START: &str = "startTimeUnixNano";
const END: &str = "endTimeUnixNano";

/// What all records of a resource share.
struct Shared<'a> {
    attributes: Json<'a>,
    tag: Option<String>,
}

/// The attributes of a record as a flat object of texts and numbers.
fn attributes(holder: Option<Json<'_>>) -> Vec<(&str, Node<'_>)> {
    let mut all = Vec::with_capacity(24);
    for attribute in holder.into_iter().flat_map(|holder| holder.items("attributes")) {
        if let (Some(key), Some(Json(Node::Map(value)))) = (attribute.text("key"), attribute.get("value"))
            && let Some((_, value)) = value.first()
        {
            all.push((key, *value));
        }
    }
    all
}

/// A log record or a span.
struct Call<'a> {
    shared: &'a Shared<'a>,
    of: Json<'a>,
    is_span: bool,
    own: Vec<(&'a str, Node<'a>)>,
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

impl<'a> Call<'a> {
    fn new(shared: &'a Shared<'a>, of: Json<'a>, is_span: bool) -> Self {
        Self { shared, of, is_span, own: attributes(Some(of)) }
    }

    fn read(&self, sink: &mut Sink<'_>) {
        let own = Node::Map(&self.own);
        sink.read_part(Json(&own), |sink| if self.is_span { self.span(sink) } else { self.log(sink) });
    }

    /// An event: those of agents always count, others only if their span does not.
    fn log(&self, sink: &mut Sink<'_>) {
        let own = Node::Map(&self.own);
        let own = Json(&own);
        let of = self.of;
        let name = own.text("event.name").or(of.text("eventName")).or(of.text("body/stringValue")).unwrap_or("");
        let times = ["timeUnixNano", "observedTimeUnixNano"];
        let session = self.text(own, &["session.id"]).unwrap_or_default();
        match name.rsplit('.').next().unwrap_or("") {
            "api_request" => {
                sink.out.pending.resolve(Reported::Session(CLAUDE, &session).key());
                self.count(own, name, &times, claude(own), sink, None);
            }
            "sse_event" if own.text("event.kind") == Some("response.completed") => {
                if let Some(day) = times.iter().find_map(|key| of.instant(key)) {
                    sink.out.pending.resolve(Reported::Codex(&day.date_naive().to_string()).key());
                }
                self.count(own, name, &times, inclusive(own, &CODEX), sink, None);
            }
            "api_response" => {
                sink.out.pending.resolve(Reported::Session(GEMINI, &session).key());
                self.count(own, name, &times, gemini_cli::api_response(own), sink, None);
            }
            _ if is_gen_ai(own) => {
                let span = of.text("traceId").zip(of.text("spanId")).map(|(trace, span)| Reported::Span(trace, span));
                let unless = if self.is_of(GEMINI) { Some(Reported::Session(GEMINI, &session)) } else { span };
                self.count(own, "", &times, inclusive(own, &GEN_AI), sink, unless);
            }
            _ => {}
        }
    }

    /// A span: its usage counts unless the spans below it, or the events of its agent, reported the same.
    fn span(&self, sink: &mut Sink<'_>) {
        let own = Node::Map(&self.own);
        let own = Json(&own);
        let id = |key: &str| self.of.text(key).unwrap_or("");
        let (trace, span, parent) = (id("traceId"), id("spanId"), id("parentSpanId"));
        let below = sink.out.pending.is_resolved(Reported::Below(trace, span).key());
        let is_claude = self.of.text("name") == Some("claude_code.llm_request") && own.has("input_tokens");
        let is_usage = is_claude || is_gen_ai(own);
        if is_usage && below {
            sink.out.repeat(sink.at);
        } else if is_usage {
            let session = self.text(own, &["session.id", "gen_ai.conversation.id"]).unwrap_or_default();
            let day = self.of.instant(END).map(|end| end.date_naive().to_string()).unwrap_or_default();
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
            let tokens = if is_claude { claude(own) } else { inclusive(own, &GEN_AI) };
            self.count(own, "", &[END], tokens, sink, Some(unless));
        }
        if (is_usage || below) && !parent.is_empty() {
            sink.out.pending.resolve(Reported::Below(trace, parent).key());
        }
    }

    /// Whether the name of the resource's service starts so.
    fn is_of(&self, service: &str) -> bool {
        self.shared.attributes.text("service.name").is_some_and(|name| name.starts_with(service))
    }

    /// The first of several attributes; the record's own come before those of its resource.
    fn text<'b>(&'b self, own: Json<'b>, keys: &[&str]) -> Option<Cow<'b, str>> {
        keys.iter().find_map(|key| own.string(key).or_else(|| self.shared.attributes.string(key)))
    }

    /// Adds the usage under its id, unless something else reports it.
    fn count(
        &self,
        own: Json<'_>,
        name: &str,
        times: &[&str],
        tokens: DraftTokens,
        sink: &mut Sink<'_>,
        unless: Option<Reported<'_>>,
    ) {
        let Some(start) = times.iter().find_map(|key| self.of.instant(key)) else { return sink.reject(NO_TIME) };
        let mut record = sink.draft(Authority::Telemetry, start);
        record.tokens = tokens;
        record.request_count = Count::Known(1);
        record.reported_cost = own.amount("cost_usd", DOLLARS);
        let text = |keys: &[&str]| self.text(own, keys);
        record.model = sink.name(text(&["gen_ai.response.model", "gen_ai.request.model", "model"]).as_deref());
        record.provider = sink.name(text(&["gen_ai.provider.name", "gen_ai.system"]).as_deref());
        record.session = sink.name(text(&["session.id", "conversation.id", "gen_ai.conversation.id"]).as_deref());
        record.user = sink.name(text(&["user.email", "enduser.id", "user.account_uuid"]).as_deref());
        record.team = sink.name(text(&["team", "team.id", "department"]).as_deref());
        record.tag = sink.name(own.tag(&[""]).as_deref().or(self.shared.tag.as_deref()));
        record.speed = sink.name(text(&["speed"]).as_deref());
        record.client_version = sink.name(text(&["service.version"]).as_deref());
        record.subagent = own.text("query_source") == Some("subagent");
        // A span may have many events, so the id of the span is not the id of an event.
        let id =
            text(&["request_id", "gen_ai.response.id"]).or_else(|| self.of.string("spanId").filter(|_| self.is_span));
        record.request = id.as_deref().map(hash_text);
        let key = id.unwrap_or_else(|| {
            let session = text(&["session.id", "conversation.id"]).unwrap_or_default();
            let sequence = own.string("event.sequence").unwrap_or_default();
            format!("{session} {} {sequence}", start.to_rfc3339()).into()
        });
        match unless {
            Some(reported) => sink.add_unless(record, &[&key, name], reported.key()),
            None => sink.add_named(record, &[&key, name]),
        }
    }
}

fn is_gen_ai(own: Json<'_>) -> bool {
    GEN_AI.input.iter().any(|key| own.has(key))
}

fn claude(own: Json<'_>) -> DraftTokens {
    DraftTokens {
        input: own.count("input_tokens"),
        cache_read: own.count("cache_read_tokens"),
        cache_write_unspecified: own.count("cache_creation_tokens"),
        output: own.count("output_tokens"),
        ..DraftTokens::default()
    }
}

/// The names of counts whose input includes cached tokens.
struct CountNames {
    input: &'static [&'static str],
    read: &'static [&'static str],
    written: &'static [&'static str],
    output: &'static [&'static str],
    reasoning: &'static [&'static str],
    total: &'static [&'static str],
}

const CODEX: CountNames = CountNames {
    input: &["input_token_count"],
    read: &["cached_token_count"],
    written: &["cache_write_token_count"],
    output: &["output_token_count"],
    reasoning: &["reasoning_token_count"],
    total: &[],
};
const GEN_AI: CountNames = CountNames {
    input: &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    read: &[
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.details.cached_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "ai.usage.cachedInputTokens",
    ],
    written: &[
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
    ],
    output: &["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
    reasoning: &[
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "codex.usage.reasoning_output_tokens",
    ],
    total: &["gen_ai.usage.total_tokens", "llm.usage.total_tokens", "codex.usage.total_tokens"],
};

fn inclusive(own: Json<'_>, names: &CountNames) -> DraftTokens {
    let counts = Written {
        input: own.first_count(names.input),
        cache_read: own.first_count(names.read),
        cache_write: own.first_count(names.written),
        output: own.first_count(names.output),
        reasoning: own.first_count(names.reasoning),
        total: own.first_count(names.total),
    };
    // Some instrumentations leave cached tokens out of the input.
    counts.settle(MIXED)
}
