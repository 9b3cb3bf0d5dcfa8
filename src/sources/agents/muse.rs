//! Muse Code: one event a line; the line that ends a model call has its usage. `input_tokens` includes what was read from and
//! written to the cache, and output includes reasoning. Times are microseconds since 1970.

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;

pub(crate) static MUSE: Page = Page {
    id: "muse-code",
    title: "Muse Code sessions",
    about: "JSON lines, one file per session: events with a stream, a sequence and a payload.\n\
            Export: pass the session files (or set MUSE_DATA_DIR); their default folder is not known.\n\
            Counted: one record per model_completed event, by the event's id; cached tokens are taken out of the input, and \
            reasoning is a part of the output.\n\
            Set aside: further copies of an event (duplicate).\n\
            Lacks: branch and bill.",
    needs: &[&["stream", "payload_type", "recorded_at"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("payload_type") {
        return false;
    }
    let Some(event) = line.get("payload/event").filter(|event| event.text("kind") == Some("model_completed")) else {
        return true;
    };
    let Some(usage) = event.get("usage") else { return true };
    let Some(start) = line.instant("recorded_at") else {
        sink.reject(NO_TIME);
        return true;
    };
    let (read, cached) = (usage.count("cache_read_tokens"), usage.count("cached_tokens"));
    let read = read.unless_zero().or(cached);
    let written = usage.count("cache_write_tokens");
    let mut record = sink.request(start);
    record.tokens = DraftTokens {
        input: usage.count("input_tokens").minus(read).minus(written),
        cache_read: read,
        cache_write_unspecified: written,
        output: usage.count("output_tokens"),
        reasoning: usage.count("reasoning_tokens"),
        ..DraftTokens::default()
    };
    record.bill.revises = false;
    record.model = sink.name(event.text("model"));
    record.session = sink.name(line.text("stream/id"));
    sink.add(record, &[line.text("stream/id").unwrap_or(""), line.text("id").unwrap_or("")]);
    true
}
