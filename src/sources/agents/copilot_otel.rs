//! Spans and events that Copilot CLI's file exporter writes, one JSON object a line, attributes flat.
//!
//! A chat span, its agent's turn and an inference event tell of the same call: only spans of the operation `chat` count.
//! `input_tokens` includes everything cached; output includes reasoning.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, request};
use crate::sources::export::{BAD_COUNT, NO_TIME};
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static COPILOT_OTEL: Agent = Agent {
    page: Page {
        id: "copilot-otel",
        title: "Copilot CLI telemetry file (JSON lines)",
        about: "Set COPILOT_OTEL_FILE_EXPORTER_PATH, and Copilot CLI writes its spans there.\n\
                Where: ~/.copilot/otel (COPILOT_OTEL_FILE_EXPORTER_PATH).\n\
                Counted: spans of gen_ai.operation.name chat, one record per span; cached tokens are taken out of the input.\n\
                Turns of agents and events repeat what the chat spans tell and are passed over.\n\
                Lacks: folder, branch and bill.",
        needs: &[&["gen_ai.usage.input_tokens", "gen_ai.operation.name"], &["gen_ai.operation.name", "spanId"]],
        lacks: &["resourceSpans", "resourceLogs", "resourceMetrics"],
        read,
    },
    env: "COPILOT_OTEL_FILE_EXPORTER_PATH",
    homes: &[".copilot/otel"],
};

fn read(span: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(attributes) = span.get("attributes") else { return false };
    if attributes.text("gen_ai.operation.name") != Some("chat") {
        return true;
    }
    let all = attributes.count("gen_ai.usage.input_tokens");
    let output = attributes.count("gen_ai.usage.output_tokens");
    if all.is_none() && output.is_none() {
        return true;
    }
    let read = attributes.count("gen_ai.usage.cache_read.input_tokens");
    let written =
        attributes.first(&["gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"]);
    let fresh = all.map(|all| all.checked_sub(read.unwrap_or(0) + written.unwrap_or(0)));
    if fresh == Some(None) {
        sink.reject(BAD_COUNT);
        return true;
    }
    let times = ["endTime", "startTime", "hrTime", "timeUnixNano", "timestamp"];
    let Some(start) = times.iter().find_map(|key| span.instant(key)) else {
        sink.reject(NO_TIME);
        return true;
    };
    let tokens = TokenCounts {
        input: fresh.flatten(),
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: attributes.count("gen_ai.usage.reasoning.output_tokens"),
        ..TokenCounts::default()
    };
    let mut record = request(sink, start, tokens);
    record.bill.authority = Authority::Telemetry;
    record.model = sink.name(attributes.text("gen_ai.response.model").or(attributes.text("gen_ai.request.model")));
    record.session = sink.name(attributes.text("gen_ai.conversation.id").or(attributes.text("session.id")));
    let ids =
        ["traceId", "spanId"].map(|key| span.text(key).or(span.text(&format!("spanContext/{key}"))).unwrap_or(""));
    let when = if ids[1].is_empty() { start.to_rfc3339() } else { String::new() };
    sink.add_named(record, &[ids[1], ids[0], &when]);
    true
}
