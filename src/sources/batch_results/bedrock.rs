//! The output of Bedrock's batch inference: each line has what was asked and what the model's own interface, or Converse, answered.
//! The model is that of the job, which only some answers name.

use super::Answer;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

pub(crate) static BEDROCK_BATCH: Page = Page {
    id: "bedrock-batch",
    title: "Amazon Bedrock batch inference output (JSON lines)",
    about: "Export: the .jsonl.out files of a batch inference job.\n\
            Counted: one record per line with an answer, at batch prices, dated at the date of the run or the \
            requested period. The output of Claude names its model; that of other models does not, so it has tokens \
            and no price. Failed lines count nothing.\n\
            Lacks: times, people and the bill.",
    needs: &[&["recordId", "modelInput", "modelOutput"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("recordId") || !line.has("modelInput") {
        return false;
    }
    let Some(body) = line.get("modelOutput") else { return true };
    let answer = Answer {
        body,
        line,
        times: &[],
        provider: Some("aws"),
        model: body.text("model"),
        id: body.text("id"),
        request: None,
    };
    answer.add(sink);
    true
}
