//! The output file of a batch: one response a line; the price is half of the standard one.

use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::usage_object;
use crate::sources::values::count::Count;

pub(crate) static BATCH: Page = Page {
    id: "openai-batch",
    title: "OpenAI batch output (JSON lines), batch list",
    about: "Export: the output file of a batch (GET /v1/files/{id}/content), one response a line; GET /v1/batches \
            names batches and holds no usage.\n\
            Counted: one record per response, at batch prices. Failed lines have no usage and count nothing.\n\
            Lacks: people, the bill and, without a response's created, the time (rejected).",
    needs: &[&["custom_id", "response"], &["completion_window", "request_counts"]],
    lacks: &[],
    folders: None,
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("custom_id") {
        return line.has("data");
    }
    let Some(body) = line.get("response/body") else { return true };
    let Some(usage) = usage_object::read_response(body) else {
        sink.check_uncounted(line);
        return true;
    };
    let Some(start) = body.instant("created").or_else(|| body.instant("created_at")) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Transcript, start);
    record.tokens = usage.tokens;
    record.request_count = Count::Known(1);
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(body.text("model"));
    record.service_tier = sink.name(Some("batch"));
    record.request = line.text("response/request_id").map(hash_text);
    let id = body.text("id").or(line.text("id")).unwrap_or("");
    sink.add_named(record, &[id]);
    true
}
