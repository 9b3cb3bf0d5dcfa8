//! Spans with their attributes as a plain object: what the console exporters of OpenTelemetry's libraries print, what Phoenix and
//! Logfire answer, what Zipkin has as tags, and what other exporters to files write.

use super::call::{Call, Shared};
use super::{first_text, flat};
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};

pub(crate) static PLAIN_SPANS: Page = Page {
    id: "otel-spans",
    title: "OpenTelemetry spans, one an object (JSON)",
    about: "Export: what a ConsoleSpanExporter prints; the spans of Phoenix (GET /v1/projects/{id}/spans, or a \
            dataframe of spans as JSON); rows of Logfire's queries; traces of Zipkin; spans that other exporters write to a file.\n\
            Counted: one record per span that counts tokens, under the names that otlp knows. Set aside: spans that sum \
            the spans below them (duplicate).\n\
            Lacks: the bill, cache lifetimes, folder and branch.",
    needs: &[
        &["attributes", "gen_ai.usage.input_tokens"],
        &["attributes", "gen_ai.usage.output_tokens"],
        &["attributes", "gen_ai.usage.prompt_tokens"],
        &["attributes", "gen_ai.aggregated_usage.input_tokens"],
        &["attributes", "llm.token_count.prompt"],
        &["attributes", "llm.token_count.completion"],
        &["attributes", "llm.usage.prompt_tokens"],
        &["attributes", "ai.usage.promptTokens"],
        &["attributes", "ai.usage.inputTokens"],
        &["attributes", "ai.usage.tokens"],
        &["tags", "traceId", "gen_ai.usage.input_tokens"],
        &["tags", "traceId", "gen_ai.usage.prompt_tokens"],
        &["tags", "traceId", "llm.token_count.prompt"],
        &["tags", "traceId", "llm.usage.prompt_tokens"],
        &["tags", "traceId", "ai.usage.promptTokens"],
        &["tags", "traceId", "ai.usage.inputTokens"],
        &["attributes.llm.token_count.prompt"],
        &["attributes.gen_ai.usage.input_tokens"],
        &["SpanContext", "SpanKind", "EndTime", "Attributes"],
    ],
    lacks: &["resourceSpans", "resource_spans", "scopeSpans"],
    read,
};

/// How the names of columns start that are attributes of a span in a row of a table.
const COLUMN: &str = "attributes.";
/// Where pages have their spans.
const LISTS: [&str; 5] = ["data", "spans", "rows", "traces", "results"];

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has_map("tags") && value.has("traceId") {
        return span(value, value.at("tags"), sink);
    }
    if value.has_map("attributes") {
        return span(value, value.at("attributes"), sink);
    }
    if let Some(text) = value.text("attributes") {
        let Ok(own) = sink.arena.read(text) else { return false };
        let mut is_span = false;
        sink.read_part(Json(&own), |sink| is_span = span(value, Json(&own), sink));
        return is_span;
    }
    if let Some(list) = value.get("attributes").or(value.get("Attributes")) {
        let own = flat(Some(list));
        let own = Map::new(&own);
        let own = Node::Map(&own);
        let mut is_span = false;
        sink.read_part(Json(&own), |sink| is_span = span(value, Json(&own), sink));
        return is_span;
    }
    let Json(Node::Map(entries)) = value else { return false };
    let columns: Vec<(&str, Node<'_>)> =
        entries.iter().filter_map(|(name, value)| Some((name.strip_prefix(COLUMN)?, *value))).collect();
    if !columns.is_empty() {
        let columns = Map::new(&columns);
        let columns = Node::Map(&columns);
        let mut is_span = false;
        sink.read_part(Json(&columns), |sink| is_span = span(value, Json(&columns), sink));
        // These columns were looked at under their bare names.
        entries.iter().filter(|(name, _)| name.starts_with(COLUMN)).for_each(|(_, value)| Json(value).note_numbers());
        return is_span;
    }
    let inside = LISTS.iter().flat_map(|list| value.items(list));
    inside.filter(|span| read(*span, sink)).count() > 0
}

fn span(of: Json<'_>, own: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let id = |names: &[&str]| first_text(of, names).unwrap_or("").trim_start_matches("0x");
    let span = id(&SPAN_IDS);
    if span.is_empty() {
        return false;
    }
    let resource = flat(
        of.get("resource/attributes")
            .or(of.get("otel_resource_attributes"))
            .or(of.get("resource"))
            .or(of.get("Resource")),
    );
    let resource = Map::new(&resource);
    let resource = Node::Map(&resource);
    let shared = Shared::new(Json(&resource));
    let call = Call {
        shared: &shared,
        own,
        name: first_text(of, &["name", "span_name", "Name"]).unwrap_or(""),
        trace: id(&TRACE_IDS),
        span,
        parent: id(&PARENT_IDS),
        time: TIMES.iter().find_map(|name| of.instant(name)),
        is_span: true,
    };
    call.read_span(sink);
    true
}

const SPAN_IDS: [&str; 9] = [
    "SpanContext/SpanID",
    "context/span_id",
    "context.span_id",
    "span_id",
    "spanId",
    "spanContext/spanId",
    "_spanContext/spanId",
    "context/spanId",
    "id",
];
const TRACE_IDS: [&str; 8] = [
    "SpanContext/TraceID",
    "context/trace_id",
    "context.trace_id",
    "trace_id",
    "traceId",
    "spanContext/traceId",
    "_spanContext/traceId",
    "context/traceId",
];
const PARENT_IDS: [&str; 7] = [
    "Parent/SpanID",
    "parent_id",
    "parent_span_id",
    "parentSpanId",
    "parentId",
    "parentSpanContext/spanId",
    "parent/span_id",
];
/// Its end, or where only that is written, its start.
const TIMES: [&str; 12] = [
    "EndTime",
    "StartTime",
    "end_time",
    "endTime",
    "end_timestamp",
    "endTimeUnixNano",
    "hrTime",
    "start_time",
    "startTime",
    "start_timestamp",
    "startTimeUnixNano",
    "timestamp",
];
