//! Muse Code: one event a line; the line that ends a model call carries its usage. `input_tokens` includes what was read
//! from and written to the cache, and output includes reasoning. Times are epoch microseconds.

use chrono::DateTime;

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, request};
use crate::sources::export::{BAD_COUNT, NO_TIME};
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static MUSE: Agent = Agent {
    page: Page {
        id: "muse-code",
        title: "Muse Code sessions",
        about: "JSON lines, one file a session: events with a stream, a sequence and a payload.\n\
                Export: hand over the session files; no folder of theirs is known.\n\
                Counted: one record per model_completed event, by the event's id; cached tokens are taken out of the input, \
                reasoning is a part of the output.\n\
                Set aside: further copies of an event (duplicate).\n\
                Lacks: branch and bill.",
        needs: &[&["stream", "payload_type", "recorded_at"]],
        lacks: &[],
        read,
    },
    env: "MUSE_DATA_DIR",
    homes: &[],
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.get("payload_type").is_none() {
        return false;
    }
    let Some(event) = line.get("payload/event").filter(|event| event.text("kind") == Some("model_completed")) else {
        return true;
    };
    let Some(usage) = event.get("usage") else { return true };
    let micros = line.count("recorded_at").and_then(|micros| i64::try_from(micros).ok());
    let Some(start) = micros.and_then(DateTime::from_timestamp_micros) else {
        sink.reject(NO_TIME);
        return true;
    };
    let read = usage.first(&["cache_read_tokens"]).filter(|read| *read > 0).or(usage.count("cached_tokens"));
    let written = usage.count("cache_write_tokens");
    let all = usage.count("input_tokens");
    let fresh = all.map(|all| all.checked_sub(read.unwrap_or(0) + written.unwrap_or(0)));
    if fresh == Some(None) {
        sink.reject(BAD_COUNT);
        return true;
    }
    let tokens = TokenCounts {
        input: fresh.flatten(),
        cache_read: read,
        cache_write_unspecified: written,
        output: usage.count("output_tokens"),
        reasoning: usage.count("reasoning_tokens"),
        ..TokenCounts::default()
    };
    let mut record = request(sink, start, tokens);
    record.bill.revises = false;
    record.model = sink.name(event.text("model"));
    record.session = sink.name(line.text("stream/id"));
    sink.add(record, &[line.text("stream/id").unwrap_or(""), line.text("id").unwrap_or("")]);
    true
}
