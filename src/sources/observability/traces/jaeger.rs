//! Traces as Jaeger's page downloads them and its query interface answers: spans with tags as a list, times in microseconds, and
//! the resources as processes beside them.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};

use super::call::{Call, Shared};
use super::{first_text, flat};
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};

pub(crate) static JAEGER: Page = Page {
    id: "jaeger",
    title: "Jaeger traces (JSON)",
    about: "Export: a trace or a search as Jaeger's page downloads it (GET /api/traces/{id}), or its spans as \
            Elasticsearch stores them.\n\
            Counted: one record per span that counts tokens, under the names that otlp knows. Set aside: spans that sum \
            the spans below them (duplicate).\n\
            Lacks: the bill, cache lifetimes, folder and branch.",
    needs: &[&["traceID", "spanID", "operationName", "tags"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if let Some(stored) = value.get("_source") {
        return read(stored, sink);
    }
    if value.has("spanID") {
        return read_spans(vec![value], value, sink);
    }
    if !value.has("spans") {
        let stored: Vec<Json<'_>> = value.items("hits/hits").collect();
        if !stored.is_empty() {
            let spans = stored.into_iter().filter_map(|hit| hit.get("_source")).collect();
            return read_spans(spans, value, sink);
        }
        let mut traces = value.items("data").peekable();
        let is_empty_page = traces.peek().is_none() && value.has("data");
        return traces.filter(|trace| read(*trace, sink)).count() > 0 || is_empty_page;
    }
    read_spans(value.items("spans").collect(), value, sink)
}

/// Reads spans whose processes are in the trace, or in themselves. Says whether one has usage.
fn read_spans(mut spans: Vec<Json<'_>>, trace: Json<'_>, sink: &mut Sink<'_>) -> bool {
    // A span ends after those below it, so that these come first.
    spans.sort_by_cached_key(|span| (end(*span), Reverse(span.instant("startTime"))));
    let mut any = false;
    for span in spans {
        let process = span.text("processID").and_then(|id| trace.get("processes").and_then(|all| all.get(id)));
        let process = process.or(span.get("process"));
        let resource = flat(process.and_then(|process| process.get("tags")));
        let own = flat(span.get("tags"));
        let (resource, own) = (Map::new(&resource), Map::new(&own));
        let (resource, own) = (Node::Map(&resource), Node::Map(&own));
        let shared = Shared::new(Json(&resource));
        let call = Call {
            shared: &shared,
            own: Json(&own),
            name: span.text("operationName").unwrap_or(""),
            trace: span.text("traceID").unwrap_or(""),
            span: span.text("spanID").unwrap_or(""),
            parent: parent(span).unwrap_or(""),
            time: end(span),
            is_span: true,
        };
        sink.read_part(Json(&own), |sink| any |= call.read_span(sink));
    }
    any
}

/// The span above: the first that this one is a child of, or follows.
fn parent(span: Json<'_>) -> Option<&str> {
    let of_kind = |wanted: &str| span.items("references").find(|one| one.text("refType") == Some(wanted));
    let above = of_kind("CHILD_OF").or_else(|| of_kind("FOLLOWS_FROM"));
    above.and_then(|one| one.text("spanID")).or(first_text(span, &["parentSpanID"]))
}

/// When it ended: its start and its duration in microseconds.
fn end(span: Json<'_>) -> Option<DateTime<Utc>> {
    let start = span.instant("startTime")?;
    let duration = span.number("duration").and_then(|micros| i64::try_from(micros).ok()).map(TimeDelta::microseconds);
    duration.map_or(Some(start), |duration| start.checked_add_signed(duration))
}
