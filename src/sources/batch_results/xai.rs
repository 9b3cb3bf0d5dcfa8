//! The results of a batch at xAI, `GET /v1/batches/{id}/results`: pages of answers in the form of its chat completions.
//!
//! Source: docs.x.ai/docs/guides/batch-api, and public clients of it. A failed request has an `error` and no answer.

use super::Answer;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

pub(crate) static XAI_BATCH: Page = Page {
    id: "xai-batch",
    title: "xAI batch results (JSON)",
    about: "Export: pages of GET /v1/batches/{id}/results of xAI's API.\n\
            Counted: one record per response, at batch prices. Failed requests have no usage and count nothing. A response without created is \
            dated at the date of the run.\n\
            Lacks: people and the bill.",
    needs: &[&["batch_request_id", "batch_result"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("batch_request_id") {
        add(value, sink);
        return true;
    }
    let results = || value.items("results").filter(|result| result.has("batch_request_id"));
    results().for_each(|result| add(result, sink));
    results().next().is_some()
}

fn add(result: Json<'_>, sink: &mut Sink<'_>) {
    let Some(body) = result.get("batch_result/response/chat_get_completion") else { return };
    let answer = Answer {
        body,
        line: result,
        times: &["created", "created_at"],
        provider: Some("xai"),
        model: body.text("model"),
        id: body.text("id"),
        request: None,
    };
    answer.add(sink);
}
