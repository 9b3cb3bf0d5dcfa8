//! LangSmith runs. Parent runs sum their children, so only `run_type` llm counts; cached tokens are parts of the input.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::page::{Json, Page, Sink};
use crate::sources::export::{BAD_COUNT, NO_TIME, blank};

pub(crate) static LANGSMITH: Page = Page {
    id: "langsmith",
    title: "LangSmith runs (JSON lines)",
    about: "Runs of LangSmith, one a line. Only run_type llm counts, for chains sum their children. Cached tokens of \
            usage_metadata are parts of the input. total_cost is an estimate in dollars. Parquet is not read.",
    needs: &[&["run_type", "trace_id"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(kind) = line.text("run_type") else { return false };
    if kind != "llm" {
        return true;
    }
    let Some(start) = line.instant("start_time") else {
        sink.reject(NO_TIME);
        return true;
    };
    let usage =
        line.get("usage_metadata").or(line.get("outputs/usage_metadata")).or(line.get("extra/metadata/usage_metadata"));
    let detail = |key: &str| usage.and_then(|usage| usage.count(&format!("input_token_details/{key}")));
    let (read, written, hour) = (detail("cache_read"), detail("cache_creation"), detail("ephemeral_1h_input_tokens"));
    let input = line.count("prompt_tokens").or(usage.and_then(|usage| usage.count("input_tokens")));
    let cached = read.unwrap_or(0) + written.unwrap_or(0) + hour.unwrap_or(0);
    let fresh = input.map(|input| input.checked_sub(cached));
    if fresh == Some(None) {
        sink.reject(BAD_COUNT);
        return true;
    }
    let mut record = blank(sink.id, Authority::Gateway, sink.at, start);
    record.tokens = TokenCounts {
        input: fresh.flatten(),
        cache_read: read,
        cache_write_1h: hour,
        cache_write_unspecified: written,
        output: line.count("completion_tokens").or(usage.and_then(|usage| usage.count("output_tokens"))),
        ..TokenCounts::default()
    };
    record.request_count = Some(1);
    record.reported_cost = line.money("total_cost", DOLLARS);
    record.model = sink.name(line.text("extra/metadata/ls_model_name").or(line.text("name")));
    record.provider = sink.name(line.text("extra/metadata/ls_provider"));
    record.session = sink.name(line.text("trace_id"));
    sink.add(record, &[line.text("id").unwrap_or("")]);
    true
}
