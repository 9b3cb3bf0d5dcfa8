//! OTLP as JSON: lines of the collector's file exporter, and traces as Tempo and Jaeger's newer interface answer them; gen_ai spans,
//! and the events of Claude Code, Codex and Gemini CLI.
//!
//! Numbers arrive as texts; times are nanoseconds. Claude Code's input excludes cached tokens; Codex' and gen_ai's include
//! them. Codex' `tool_token_count` is the total and is not read. Metrics are passed over: they repeat the events.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::call::{Call, Shared};
use super::{first_text, flat};
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};

pub(crate) static OTLP: Page = Page {
    id: "otlp",
    title: "OpenTelemetry OTLP (JSON lines)",
    about: "Export: the file exporter of an OpenTelemetry collector, format json: resourceLogs and resourceSpans, \
            one export a line; a trace of Tempo (GET /api/traces/{id}) or Jaeger (GET /api/v3/traces/{id}). Claude Code (CLAUDE_CODE_ENABLE_TELEMETRY=1, OTEL_LOGS_EXPORTER=otlp), Codex \
            ([otel] in config.toml) and Gemini CLI (telemetry) send their events there.\n\
            Counted: one record per span with counts under the names of OpenTelemetry (gen_ai.usage.*), OpenInference \
            (llm.token_count.*), OpenLLMetry (llm.usage.*) or the AI SDK (ai.usage.*), claude_code.api_request, codex.sse_event \
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
        &["resource_spans", "scope_spans", "spans"],
        &["resource_logs", "scope_logs", "log_records"],
        &["batches", "resource", "scopeSpans", "startTimeUnixNano"],
        &["batches", "resource", "instrumentationLibrarySpans", "startTimeUnixNano"],
    ],
    lacks: &[],
    read,
};

/// Where spans by resource are: as the collector writes them, with the names of the protocol's own buffers, and as stores
/// answer.
const SPANS: [&str; 7] = [
    "resourceSpans",
    "resource_spans",
    "batches",
    "trace/resourceSpans",
    "trace/batches",
    "result/resourceSpans",
    "data/resourceSpans",
];
const LOGS: [&str; 2] = ["resourceLogs", "resource_logs"];
const METRICS: [&str; 2] = ["resourceMetrics", "resource_metrics"];
/// Where the spans of a scope are, also under the name that they had before.
const SCOPES: [&str; 4] = ["scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans"];
const LOG_SCOPES: [&str; 4] = ["scopeLogs", "scope_logs", "instrumentationLibraryLogs", "instrumentation_library_logs"];

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let shared = |resource: Json<'_>, each: &mut dyn FnMut(&Shared<'_>)| {
        let all = flat(resource.get("resource/attributes"));
        let all = Map::new(&all);
        let all = Node::Map(&all);
        each(&Shared::new(Json(&all)));
    };
    for resource in items(line, &LOGS) {
        shared(resource, &mut |shared| {
            for log in items(resource, &LOG_SCOPES).flat_map(|scope| items(scope, &["logRecords", "log_records"])) {
                read_one(log, shared, false, sink);
            }
        });
    }
    for resource in items(line, &SPANS) {
        shared(resource, &mut |shared| {
            // A span ends after those below it, so that these come first.
            let mut spans: Vec<Json<'_>> = items(resource, &SCOPES).flat_map(|scope| scope.items("spans")).collect();
            spans.sort_by_cached_key(|span| (instant(*span, &END), Reverse(instant(*span, &START))));
            spans.into_iter().for_each(|span| read_one(span, shared, true, sink));
        });
    }
    [&SPANS[..], &LOGS, &METRICS].concat().iter().any(|key| line.has(key))
}

fn items<'a>(value: Json<'a>, names: &'static [&'static str]) -> impl Iterator<Item = Json<'a>> {
    names.iter().flat_map(move |name| value.items(name))
}

const START: [&str; 2] = ["startTimeUnixNano", "start_time_unix_nano"];
const END: [&str; 2] = ["endTimeUnixNano", "end_time_unix_nano"];
const LOG_TIMES: [&str; 4] = ["timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano"];

fn instant(of: Json<'_>, names: &[&str]) -> Option<DateTime<Utc>> {
    names.iter().find_map(|name| of.instant(name))
}

fn read_one(of: Json<'_>, shared: &Shared<'_>, is_span: bool, sink: &mut Sink<'_>) {
    let own = flat(of.get("attributes"));
    let own = Map::new(&own);
    let own = Node::Map(&own);
    let own = Json(&own);
    let id = |names: &[&str]| first_text(of, names).unwrap_or("");
    let name = if is_span {
        of.text("name")
    } else {
        own.text("event.name").or(first_text(of, &["eventName", "event_name", "body/stringValue", "body/string_value"]))
    };
    let call = Call {
        shared,
        own,
        name: name.unwrap_or(""),
        trace: id(&["traceId", "trace_id"]),
        span: id(&["spanId", "span_id"]),
        parent: id(&["parentSpanId", "parent_span_id"]),
        time: instant(of, if is_span { &END } else { &LOG_TIMES }),
        is_span,
    };
    sink.read_part(own, |sink| {
        if is_span {
            call.read_span(sink);
        } else {
            call.read_event(sink);
        }
    });
}
