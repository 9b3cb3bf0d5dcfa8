//! OTLP as JSON lines (the collector's file exporter): gen_ai spans, and the events of Claude Code, Codex and Gemini CLI.
//!
//! Numbers arrive as texts; times are nanoseconds. Claude Code's input excludes cached tokens; Codex' and gen_ai's include
//! them. Codex' `tool_token_count` is the total and is not read. Metrics are passed over: they repeat the events.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::bill::Authority;
use crate::model::usage::{TokenCounts, hash_text};
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::node::Node;
use crate::sources::export::page::{Json, Page, Sink};
use crate::sources::export::{BAD_COUNT, NO_TIME, blank};

pub(crate) static OTLP: Page = Page {
    id: "otlp",
    title: "OpenTelemetry OTLP (JSON lines)",
    about: "Export: the file exporter of an OpenTelemetry collector, format json: resourceLogs and resourceSpans, \
            one export a line. Claude Code (CLAUDE_CODE_ENABLE_TELEMETRY=1, OTEL_LOGS_EXPORTER=otlp), Codex \
            ([otel] in config.toml) and Gemini CLI (telemetry) send their events there.\n\
            Counted: one record per span with gen_ai.usage.*, claude_code.api_request, codex.sse_event \
            (response.completed) and gemini_cli.api_response. Claude Code's cost_usd is an estimate. Set aside: \
            metrics, for they sum the same events, and all other events and spans (not read).\n\
            Lacks: the bill, cache lifetimes, folder and branch. The file that Gemini CLI writes itself \
            (telemetry.outfile) is no OTLP and is not read.",
    needs: &[
        &["resourceLogs"],
        &["resourceSpans"],
        &["resourceMetrics"],
        &["resourceLogs", "scopeLogs", "logRecords"],
        &["resourceSpans", "scopeSpans", "spans"],
        &["resourceMetrics", "scopeMetrics", "metrics"],
    ],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for (resources, scopes, records) in
        [("resourceLogs", "scopeLogs", "logRecords"), ("resourceSpans", "scopeSpans", "spans")]
    {
        for resource in line.items(resources) {
            let shared = attributes(resource.get("resource"));
            for record in resource.items(scopes).flat_map(|scope| scope.items(records)) {
                event(&shared, record, sink);
            }
        }
    }
    ["resourceLogs", "resourceSpans", "resourceMetrics"].iter().any(|key| line.get(key).is_some())
}

/// The attributes of a record as a flat object of texts and numbers.
fn attributes(holder: Option<Json<'_>>) -> Node<'_> {
    let mut all = Vec::new();
    for attribute in holder.into_iter().flat_map(|holder| holder.items("attributes")) {
        if let (Some(key), Some(Json(Node::Map(value)))) = (attribute.text("key"), attribute.get("value"))
            && let Some((_, value)) = value.first()
        {
            all.push((Cow::Borrowed(key), value.clone()));
        }
    }
    Node::Map(all)
}

fn event(shared: &Node<'_>, of: Json<'_>, sink: &mut Sink<'_>) {
    let own = attributes(Some(of));
    let own = Json(&own);
    let name = own.text("event.name").or(of.text("eventName")).or(of.text("body/stringValue")).unwrap_or("");
    let gen_ai = own.get("gen_ai.usage.input_tokens").or(own.get("gen_ai.usage.prompt_tokens")).is_some();
    let tokens = match name.rsplit('.').next().unwrap_or("") {
        "api_request" => claude(own),
        "sse_event" if own.text("event.kind") == Some("response.completed") => inclusive(own, &CODEX),
        "api_response" => inclusive(own, &GEMINI),
        _ if gen_ai => inclusive(own, &GEN_AI),
        _ => return,
    };
    let times = ["timeUnixNano", "endTimeUnixNano", "observedTimeUnixNano"];
    let start: Option<DateTime<Utc>> = times.iter().find_map(|key| of.instant(key));
    let Some(start) = start else { return sink.reject(NO_TIME) };
    let Some(tokens) = tokens else { return sink.reject(BAD_COUNT) };
    let mut record = blank(sink.id, Authority::Telemetry, sink.at, start);
    record.tokens = tokens;
    record.request_count = Some(1);
    record.reported_cost = own.money("cost_usd", DOLLARS);
    let text = |keys: &[&str]| keys.iter().find_map(|key| own.spelled(key).or_else(|| Json(shared).spelled(key)));
    record.model = sink.name(text(&["gen_ai.response.model", "gen_ai.request.model", "model"]).as_deref());
    record.provider = sink.name(text(&["gen_ai.provider.name", "gen_ai.system"]).as_deref());
    record.session = sink.name(text(&["session.id", "conversation.id", "gen_ai.conversation.id"]).as_deref());
    record.user = sink.name(text(&["user.email", "enduser.id", "user.account_uuid"]).as_deref());
    record.team = sink.name(text(&["team", "team.id", "department"]).as_deref());
    record.tag = sink.name(own.tag(&[""]).or_else(|| Json(shared).tag(&[""])).as_deref());
    record.speed = sink.name(text(&["speed"]).as_deref());
    record.client_version = sink.name(text(&["service.version"]).as_deref());
    record.subagent = own.text("query_source") == Some("subagent");
    let id = text(&["request_id", "gen_ai.response.id"]).or_else(|| of.spelled("spanId"));
    record.request = id.as_deref().map(hash_text);
    let key = id.unwrap_or_else(|| {
        let session = text(&["session.id", "conversation.id"]).unwrap_or_default();
        let sequence = own.spelled("event.sequence").unwrap_or_default();
        Cow::Owned(format!("{session} {} {sequence}", start.to_rfc3339()))
    });
    sink.add(record, &[name, &key]);
}

fn claude(own: Json<'_>) -> Option<TokenCounts> {
    Some(TokenCounts {
        input: own.count("input_tokens"),
        cache_read: own.count("cache_read_tokens"),
        cache_write_unspecified: own.count("cache_creation_tokens"),
        output: own.count("output_tokens"),
        ..TokenCounts::default()
    })
}

/// The names of counts whose input includes what is cached.
struct Spelling {
    input: &'static [&'static str],
    read: &'static str,
    written: &'static str,
    output: &'static [&'static str],
    reasoning: &'static str,
    /// Reasoning stands beside the output.
    reasoning_apart: bool,
}

const CODEX: Spelling = Spelling {
    input: &["input_token_count"],
    read: "cached_token_count",
    written: "cache_write_token_count",
    output: &["output_token_count"],
    reasoning: "reasoning_token_count",
    reasoning_apart: false,
};
const GEMINI: Spelling = Spelling {
    input: &["input_token_count"],
    read: "cached_content_token_count",
    written: "",
    output: &["output_token_count"],
    reasoning: "thoughts_token_count",
    reasoning_apart: true,
};
const GEN_AI: Spelling = Spelling {
    input: &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    read: "gen_ai.usage.cache_read.input_tokens",
    written: "gen_ai.usage.cache_creation.input_tokens",
    output: &["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
    reasoning: "gen_ai.usage.reasoning.output_tokens",
    reasoning_apart: false,
};

fn inclusive(own: Json<'_>, names: &Spelling) -> Option<TokenCounts> {
    let (read, written) = (own.count(names.read), own.count(names.written));
    let all = own.first(names.input);
    let cached = read.unwrap_or(0) + written.unwrap_or(0);
    // An instrumentation that leaves cached tokens out of the input shows by cached counts above it.
    let fresh = all.map(|all| all.checked_sub(cached).unwrap_or(all));
    let reasoning = own.count(names.reasoning);
    let output = own.first(names.output);
    let output = if names.reasoning_apart { output.map(|out| out + reasoning.unwrap_or(0)) } else { output };
    Some(TokenCounts {
        input: fresh,
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning,
        ..TokenCounts::default()
    })
}
