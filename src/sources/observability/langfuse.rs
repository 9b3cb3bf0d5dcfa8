//! Langfuse observations. The keys of `usage_details` are free, `total` among them. From OpenAI's usage Langfuse moves cached and
//! reasoning tokens out of `input` and `output` into keys of their own, and `total` stays the sum of all. Parents may have the
//! sums of their children, so only generations and embeddings count. Times are UTC without a zone.

use crate::model::bill::Authority;
use crate::model::name::Names;
use crate::model::origin::Origin;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::{NO_TIME, Rejection};
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static LANGFUSE: Page = Page {
    id: "langfuse",
    title: "Langfuse observations (JSON, JSON lines)",
    about: "Export: blob storage exports of observations (Settings > Integrations > Blob Storage), or the table's \
            export, as JSON or JSON lines.\n\
            Counted: one record per GENERATION and EMBEDDING; parents may have the sums of their children. Keys of \
            usage_details that start with input_, cache_ or output_ are beside `input` and `output`, unless the total \
            is the sum of these two and the input has room for them: then they are parts of them. total_cost is an estimate in dollars.\n\
            Lacks: the bill and cache lifetimes. Parquet exports are read as langfuse-csv.",
    needs: &[&["usage_details", "trace_id"]],
    lacks: &[],
    folders: None,
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("usage_details") && !line.has("trace_id") {
        return false;
    }
    match observation(line, sink.id, sink.at, &mut sink.out.names) {
        Ok(Some(record)) => sink.add_named(record, &[line.text("id").unwrap_or("")]),
        Ok(None) => {}
        Err(rejection) => sink.reject(rejection),
    }
    true
}

/// The record of an observation; `None` for one that only repeats the usage of others.
pub(super) fn observation(
    line: Json<'_>,
    source: &'static str,
    at: Origin,
    names: &mut Names,
) -> Result<Option<Draft>, Rejection> {
    if !matches!(line.text("type"), Some("GENERATION" | "EMBEDDING")) {
        return Ok(None);
    }
    let start = line.instant("start_time").ok_or(NO_TIME)?;
    let mut record = Draft::new(blank(source, Authority::Gateway, at, start));
    record.tokens = line.get("usage_details").map(tokens).unwrap_or_default();
    record.request_count = Count::Known(1);
    record.reported_cost = line.amount("total_cost", DOLLARS);
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

fn tokens(details: Json<'_>) -> DraftTokens {
    let read = details.first_count(&["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"]);
    let written = details.first_count(&["cache_creation_input_tokens", "input_cache_creation"]);
    let cached = Count::sum([read, written]).or_zero();
    let (input, output) = (details.first_count(&WHOLES[..3]), details.first_count(&WHOLES[3..6]));
    let total = details.first_count(&WHOLES[6..]);
    let parts = |starts: &[&str]| {
        let Json(Node::Map(entries)) = details else { return Count::Absent };
        let is_part = |key: &str, value: &Node<'_>| {
            !WHOLES.contains(&key)
                && starts.iter().any(|start| key.starts_with(start))
                && !matches!(value, Node::Map(_) | Node::List(_))
        };
        Count::sum(entries.iter().filter(|(key, value)| is_part(key, value)).map(|(_, value)| Json(value).count("")))
    };
    let (of_input, of_output) = (parts(&["input_", "cache_"]).or_zero(), parts(&["output_"]));
    let all = [input, output, total, cached, of_input, of_output];
    let Some([.., cached_tokens, input_parts, _]) = Count::all_or_zero(all) else { return DraftTokens::INVALID };
    let sum = input.known().zip(output.known()).map(|(input, output)| input + output);
    let is_inside = total.known() == sum && input.known() >= Some(cached_tokens);
    let (input, output) = if is_inside {
        (input.minus(cached), output)
    } else {
        // Parts that were not cached, such as audio, text and images, are as fresh as the rest.
        (input.plus(Count::Known(input_parts.saturating_sub(cached_tokens))), output.plus(of_output))
    };
    DraftTokens {
        input,
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: details.first_count(&["output_reasoning_tokens", "output_reasoning"]),
        ..DraftTokens::default()
    }
}
