//! The results of Anthropic's Message Batches. They have no time.

use super::Answer;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

pub(crate) static ANTHROPIC_BATCH: Page = Page {
    id: "anthropic-batch",
    title: "Anthropic message batch results (JSON lines)",
    about: "Export: the results of a batch (GET /v1/messages/batches/{id}/results), one a line.\n\
            Counted: one record per result that succeeded, at batch prices, dated at the date of the run or the \
            requested period. Results that failed, were cancelled or expired have no usage and count nothing.\n\
            Lacks: times, people and the bill.",
    needs: &[&["custom_id", "result"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("custom_id") || line.text("result/type").is_none() {
        return false;
    }
    let Some(body) = line.get("result/message") else { return true };
    let answer = Answer {
        body,
        line,
        times: &[],
        provider: Some("anthropic"),
        model: body.text("model"),
        id: body.text("id"),
        request: None,
    };
    // What is under `result` is taken for what a tool answered, unless it is looked at by itself.
    sink.read_part(body, |sink| answer.add(sink));
    true
}
