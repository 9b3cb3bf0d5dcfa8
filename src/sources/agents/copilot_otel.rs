//! Spans and events that Copilot CLI's file exporter writes, one JSON object a line, with flat attributes.
//!
//! A chat span, the turn of its agent and an inference event all report the same call, so only spans of the operation `chat`
//! count. `input_tokens` includes everything cached; output includes reasoning.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;

pub(crate) static COPILOT_OTEL: Page = Page {
    id: "copilot-otel",
    title: "Copilot CLI telemetry file (JSON lines)",
    about: "Set COPILOT_OTEL_FILE_EXPORTER_PATH, and Copilot CLI writes its spans there.\n\
            Where: ~/.copilot/otel (COPILOT_OTEL_FILE_EXPORTER_PATH).\n\
            Counted: spans of gen_ai.operation.name chat, one record per span; cached tokens are taken out of the input.\n\
            Set aside: turns of agents and events, which repeat the chat spans (not read).\n\
            Lacks: folder, branch and bill.",
    needs: &[&["gen_ai.usage.input_tokens", "gen_ai.operation.name"], &["gen_ai.operation.name", "spanId"]],
    lacks: &["resourceSpans", "resourceLogs", "resourceMetrics", "resource_spans", "trace_id", "parent_id", "traceID"],
    read,
};

fn read(span: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(attributes) = span.get("attributes") else { return false };
    if attributes.text("gen_ai.operation.name") != Some("chat") {
        return true;
    }
    let input = attributes.count("gen_ai.usage.input_tokens");
    let output = attributes.count("gen_ai.usage.output_tokens");
    if input.is_absent() && output.is_absent() {
        return true;
    }
    let times = ["endTime", "startTime", "hrTime", "timeUnixNano", "timestamp"];
    let Some(start) = times.iter().find_map(|key| span.instant(key)) else {
        sink.reject(NO_TIME);
        return true;
    };
    let read = attributes.count("gen_ai.usage.cache_read.input_tokens");
    let written =
        attributes.first_count(&["gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"]);
    let mut record = sink.request(start);
    record.tokens = DraftTokens {
        input: input.minus(read).minus(written),
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: attributes.count("gen_ai.usage.reasoning.output_tokens"),
        ..DraftTokens::default()
    };
    record.bill.authority = Authority::Telemetry;
    record.model = sink.name(attributes.text("gen_ai.response.model").or(attributes.text("gen_ai.request.model")));
    record.session = sink.name(attributes.text("gen_ai.conversation.id").or(attributes.text("session.id")));
    let trace = span.text("traceId").or(span.text("spanContext/traceId")).unwrap_or("");
    let id = span.text("spanId").or(span.text("spanContext/spanId")).unwrap_or("");
    let when = if id.is_empty() { start.to_rfc3339() } else { String::new() };
    sink.add_named(record, &[id, trace, &when]);
    true
}
