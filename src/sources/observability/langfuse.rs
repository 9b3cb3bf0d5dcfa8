//! Langfuse observations. `usage_details` has free keys, `total` among them; parents may carry roll-ups, so only generations
//! and embeddings count. Times are UTC without a zone.

use crate::model::bill::Authority;
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::model::usage::{TokenCounts, UsageRecord};
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::page::{Json, Page, Sink};
use crate::sources::export::{BAD_COUNT, NO_TIME, Rejection, blank};

pub(crate) static LANGFUSE: Page = Page {
    id: "langfuse",
    title: "Langfuse observations (JSON, JSON lines)",
    about: "Blob storage exports of observations. Only GENERATION and EMBEDDING count. Keys of usage_details that start with \
            input_ or cache_ are parts of the input where `input` is at least their sum. total_cost is an estimate in dollars. \
            Parquet exports are read as langfuse-csv.",
    needs: &[&["usage_details", "trace_id"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.get("usage_details").is_none() && line.get("trace_id").is_none() {
        return false;
    }
    match observation(line, sink.id, sink.at, &mut sink.out.names) {
        Ok(Some(record)) => sink.add(record, &[line.text("id").unwrap_or("")]),
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
    let details = line.get("usage_details");
    let count = |keys: &[&str]| details.and_then(|details| details.first(keys));
    let read = count(&["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"]);
    let written = count(&["cache_creation_input_tokens", "input_cache_creation"]);
    let included = details.is_some_and(|d| d.get("input_cached_tokens").is_some());
    let input = count(&["input", "prompt_tokens", "input_tokens"]);
    let total = count(&["total"]);
    let output = count(&["output", "completion_tokens", "output_tokens"]);
    let cached = read.unwrap_or(0) + written.unwrap_or(0);
    // The total tells whether the cached tokens stand beside the input or in it.
    let beside = total == input.zip(output).map(|(input, output)| input + output + cached);
    let fresh = match input {
        Some(input) if included && !beside => Some(input.checked_sub(cached).ok_or(BAD_COUNT)?),
        other => other,
    };
    let mut record = blank(source, Authority::Gateway, at, start);
    record.tokens = TokenCounts {
        input: fresh,
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: count(&["output_reasoning_tokens", "output_reasoning"]).map(|n| n.min(output.unwrap_or(n))),
        ..TokenCounts::default()
    };
    record.request_count = Some(1);
    record.reported_cost = line.money("total_cost", DOLLARS);
    record.model = names.intern_some(line.text("provided_model_name").or(line.text("model")));
    record.user = names.intern_some(line.text("user_id"));
    record.session = names.intern_some(line.text("session_id"));
    record.tag = names.intern_some(line.tag(&["tags", "metadata"]).as_deref());
    record.project = names.intern_some(line.text("environment"));
    Ok(Some(record))
}
