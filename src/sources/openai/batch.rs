//! The output file of a batch: one response a line; the price is half of the standard one.

use chrono::DateTime;

use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::sources::export::{NO_TIME, blank};
use crate::sources::json::page::{Json, Page, Sink};
use crate::sources::usage_object;

pub(crate) static BATCH: Page = Page {
    id: "openai-batch",
    title: "OpenAI batch output (JSON lines), batch list",
    about: "Export: the output file of a batch (GET /v1/files/{id}/content), one response a line; GET /v1/batches \
            names batches and holds no usage.\n\
            Counted: one record per response, at batch prices. Failed lines have no usage and count nothing.\n\
            Lacks: people, the bill and, without a response's created, the time (rejected).",
    needs: &[&["custom_id", "response"], &["completion_window", "request_counts"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.get("custom_id").is_none() {
        return line.get("data").is_some();
    }
    let Some(body) = line.get("response/body") else { return true };
    let Some(counts) = usage_object::read(body) else { return true };
    let created = body.count("created").or(body.count("created_at")).and_then(|at| i64::try_from(at).ok());
    let Some(start) = created.and_then(DateTime::from_timestamp_secs) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = blank(sink.id, Authority::Transcript, sink.at, start);
    record.tokens = counts.tokens;
    record.request_count = Some(1);
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(body.text("model"));
    record.service_tier = sink.name(Some("batch"));
    record.request = line.text("response/request_id").map(hash_text);
    let id = body.text("id").or(line.text("id")).unwrap_or("");
    sink.add_named(record, &[id]);
    true
}
