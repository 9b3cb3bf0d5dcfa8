//! Langfuse observations. `usage_details` has free keys, `total` among them: where it takes OpenAI's usage, Langfuse moves
//! cached and reasoning tokens out of `input` and `output` into keys of their own, and `total` stays the sum of all. Parents
//! may carry roll-ups, so only generations and embeddings count. Times are UTC without a zone.

use crate::model::bill::Authority;
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::model::usage::{TokenCounts, UsageRecord};
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::{NO_TIME, Rejection, blank};
use crate::sources::json::node::Node;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static LANGFUSE: Page = Page {
    id: "langfuse",
    title: "Langfuse observations (JSON, JSON lines)",
    about: "Export: blob storage exports of observations (Settings > Integrations > Blob Storage), or the table's \
            export, as JSON or JSON lines.\n\
            Counted: one record per GENERATION and EMBEDDING; parents may carry roll-ups. Keys of usage_details \
            that start with input_, cache_ or output_ stand beside `input` and `output`, unless the total is the \
            sum of these two and the input has room for them: then they are parts of them. total_cost is an estimate in dollars.\n\
            Lacks: the bill and cache lifetimes. Parquet exports are read as langfuse-csv.",
    needs: &[&["usage_details", "trace_id"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.get("usage_details").is_none() && line.get("trace_id").is_none() {
        return false;
    }
    match observation(line, sink.id, sink.at, &mut sink.out.names) {
        Ok(Some(record)) => sink.add_named(record, &[line.text("id").unwrap_or("")]),
        Ok(None) => {}
        Err(rejection) => sink.reject(rejection),
    }
    true
}

/// The record of an observation; `None` for one that repeats the usage of others.
pub(super) fn observation(
    line: Json<'_>,
    source: &'static str,
    at: Origin,
    names: &mut Names,
) -> Result<Option<UsageRecord>, Rejection> {
    if !matches!(line.text("type"), Some("GENERATION" | "EMBEDDING")) {
        return Ok(None);
    }
    let start = line.instant("start_time").ok_or(NO_TIME)?;
    let mut record = blank(source, Authority::Gateway, at, start);
    record.tokens = line.get("usage_details").map(tokens).unwrap_or_default();
    record.request_count = Some(1);
    record.reported_cost = line.money("total_cost", DOLLARS);
    record.model = names.intern_some(line.text("provided_model_name").or(line.text("model")));
    record.user = names.intern_some(line.text("user_id"));
    record.session = names.intern_some(line.text("session_id"));
    record.tag = names.intern_some(line.tag(&["tags", "metadata"]).as_deref());
    record.project = names.intern_some(line.text("environment"));
    Ok(Some(record))
}

/// The names of the whole input, the whole output and the sum of all.
const WHOLES: [&str; 8] =
    ["input", "prompt_tokens", "input_tokens", "output", "completion_tokens", "output_tokens", "total", "total_tokens"];

fn tokens(details: Json<'_>) -> TokenCounts {
    let read = details.first(&["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"]);
    let written = details.first(&["cache_creation_input_tokens", "input_cache_creation"]);
    let cached = read.unwrap_or(0) + written.unwrap_or(0);
    let input = details.first(&WHOLES[..3]);
    let output = details.first(&WHOLES[3..6]);
    let total = details.first(&WHOLES[6..]);
    let parts = |starts: &[&str]| -> u64 {
        let Json(Node::Map(entries)) = details else { return 0 };
        let is_part = |key: &str| !WHOLES.contains(&key) && starts.iter().any(|start| key.starts_with(start));
        entries.iter().filter(|(key, _)| is_part(key)).filter_map(|(key, _)| details.count(key)).sum()
    };
    let (of_input, of_output) = (parts(&["input_", "cache_"]), parts(&["output_"]));
    let inside = total == input.zip(output).map(|(input, output)| input + output) && input >= Some(cached);
    let (input, output) = if inside {
        (input.map(|input| input - cached), output)
    } else {
        // What is no cached token is as fresh as the rest: audio, text, images.
        let fresh = of_input.saturating_sub(cached);
        (input.map(|input| input + fresh), output.map(|output| output + of_output))
    };
    TokenCounts {
        input,
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: details.first(&["output_reasoning_tokens", "output_reasoning"]),
        ..TokenCounts::default()
    }
}
