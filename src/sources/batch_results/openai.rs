//! The output file of a batch in OpenAI's form, which Azure, Mistral, Groq and others write, too, and Vertex for Claude without
//! a body around the response.

use super::Answer;
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

pub(crate) static OPENAI_BATCH: Page = Page {
    id: "openai-batch",
    title: "OpenAI batch output (JSON lines), batch list",
    about: "Export: the output file of a batch (GET /v1/files/{id}/content), one response a line, also as Azure, \
            Mistral, Groq and others write it; GET /v1/batches names batches and holds no usage.\n\
            Counted: one record per response, at batch prices. Failed lines have no usage and count nothing. A \
            response without created, as that of embeddings, is dated at the date of the run.\n\
            Lacks: people and the bill.",
    needs: &[&["custom_id", "response"], &["completion_window", "request_counts"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("custom_id") {
        // Mistral's answers on a batch hold its outputs.
        let outputs: Vec<Json<'_>> = line.items("outputs").chain(line.items("data")).collect();
        let any = outputs.iter().filter(|output| output.has("custom_id") && read(**output, sink)).count() > 0;
        return any || line.has("data");
    }
    let Some(body) = line.get("response/body").or(line.get("response")) else { return true };
    let answer = Answer {
        body,
        line,
        times: &["created", "created_at"],
        provider: None,
        model: body.text("model"),
        id: body.text("id").or(line.text("id")),
        request: line.text("response/request_id").map(hash_text),
    };
    answer.add(sink);
    true
}
