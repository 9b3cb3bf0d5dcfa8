//! The results of batches of Gemini: the Gemini API writes a key and a response a line, or the responses inside the batch
//! itself; Vertex writes the request, the response and when it was processed.

use super::Answer;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

pub(crate) static GEMINI_BATCH: Page = Page {
    id: "gemini-batch",
    title: "Gemini batch results (JSON lines)",
    about: "Export: the result file of a batch of the Gemini API, the answer of GET /v1beta/batches/{id} with its \
            responses inside, or the output of a Vertex batch prediction (predictions.jsonl).\n\
            Counted: one record per response, at batch prices. Vertex writes when each was processed; those of the \
            Gemini API are dated at the date of the run or the requested period. Failed lines count nothing.\n\
            Lacks: people and the bill.",
    needs: &[
        &["key", "response", "usageMetadata"],
        &["processed_time", "response", "usageMetadata"],
        &["inlinedResponses", "usageMetadata"],
        &["inlined_responses", "usage_metadata"],
    ],
    lacks: &["custom_id"],
    read,
};

/// Where the answers are inside a batch that is asked for by its name, and inside the same as clients print it.
const INSIDE: [&str; 6] = [
    "response/inlinedResponses/inlinedResponses",
    "response/inlinedResponses",
    "metadata/output/inlinedResponses/inlinedResponses",
    "output/inlinedResponses/inlinedResponses",
    "dest/inlinedResponses",
    "dest/inlined_responses",
];

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    // An operation that is done holds its batch's answers twice.
    let inside = INSIDE.iter().map(|path| line.items(path).collect::<Vec<_>>()).find(|items| !items.is_empty());
    if let Some(inside) = inside {
        let of_batch = ["metadata/endTime", "metadata/createTime", "endTime", "end_time", "createTime", "create_time"];
        let model = line.text("metadata/model").or(line.text("model")).map(last_part);
        for item in inside {
            if let Some(body) = item.get("response") {
                answer(body, line, &of_batch, model).add(sink);
            }
        }
        return true;
    }
    let is_result = ["key", "processed_time", "metadata/key"].iter().any(|key| line.has(key));
    let Some(body) = line.get("response").filter(|_| is_result) else {
        return is_result && (line.has("error") || line.has("status"));
    };
    answer(body, line, &["processed_time", "createTime"], None).add(sink);
    true
}

/// The answer of a body, which names its model unless only the batch does.
fn answer<'a>(body: Json<'a>, line: Json<'a>, times: &'a [&'a str], model: Option<&'a str>) -> Answer<'a> {
    let id = body.text("responseId").or(body.text("response_id"));
    let model = body.text("modelVersion").or(body.text("model_version")).or(model);
    Answer { body, line, times, provider: None, model, id, request: None }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
