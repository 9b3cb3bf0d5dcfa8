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
    about: "Export: blob storage exports of observations (Settings > Integrations > Blob Storage), the table's \
            export, GET /api/public/observations, also v2, or GET /api/public/traces/{id}, as JSON or JSON lines.\n\
            Counted: one record per GENERATION and EMBEDDING; parents may have the sums of their children. Keys of \
            usage_details that start with input_, cache_ or output_ are beside `input` and `output`, unless the total \
            is the sum of these two and the input has room for them: then they are parts of them. total_cost is an estimate in dollars.\n\
            Lacks: the bill and cache lifetimes. Parquet exports are read as langfuse-csv.",
    needs: &[&["usage_details", "trace_id"], &["usageDetails", "startTime"], &["calculatedTotalCost", "startTime"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    observations(line, None, sink)
}

/// An observation, a page of them, or a trace with them; observations inside a trace lack what the trace has.
fn observations<'a>(line: Json<'a>, trace: Option<Json<'a>>, sink: &mut Sink<'_>) -> bool {
    let is_one = ["usage_details", "trace_id", "usageDetails", "traceId", "startTime"].iter().any(|key| line.has(key));
    if !is_one {
        let inside: Vec<(Json<'a>, Option<Json<'a>>)> = line
            .items("data")
            .map(|item| (item, None))
            .chain(line.items("observations").map(|item| (item, Some(line))))
            .collect();
        let is_empty_page = inside.is_empty() && line.has("data") && line.has("meta");
        return inside.into_iter().filter(|(item, trace)| observations(*item, *trace, sink)).count() > 0
            || is_empty_page;
    }
    match observation(line, sink.id, sink.at, &mut sink.out.names) {
        Ok(Some(mut record)) => {
            sink.mark_payer(&mut record, &[(line, &["tags", "metadata", "environment"])]);
            if let Some(trace) = trace {
                // The sum of its observations.
                trace.at("totalCost").note_numbers();
                let name = |key: &str| trace.text(key);
                record.user = record.user.or(sink.out.names.intern_some(name("userId")));
                record.session = record.session.or(sink.out.names.intern_some(name("sessionId")));
                let tag = trace.tag(&["tags", "metadata"]);
                record.tag = record.tag.or(sink.out.names.intern_some(tag.as_deref()));
            }
            sink.add_named(record, &[line.text("id").unwrap_or("")]);
        }
        // It repeats what is below it.
        Ok(None) => line.note_numbers(),
        Err(rejection) => sink.reject(rejection),
    }
    true
}

/// The record of an observation, without who pays for it; `None` for one that only repeats the usage of others. The API writes the same names in camel
/// case.
pub(super) fn observation(
    line: Json<'_>,
    source: &'static str,
    at: Origin,
    names: &mut Names,
) -> Result<Option<Draft>, Rejection> {
    if !matches!(line.text("type"), Some("GENERATION" | "EMBEDDING")) {
        return Ok(None);
    }
    let start = line.instant("start_time").or_else(|| line.instant("startTime")).ok_or(NO_TIME)?;
    let mut record = Draft::new(blank(source, Authority::Gateway, at, start));
    // An older name of the same object holds the same counts, or is the only one.
    let details = line.get("usage_details").or(line.get("usageDetails")).or(line.get("usage"));
    record.tokens = details.map(tokens).unwrap_or_default();
    record.request_count = Count::Known(1);
    let costs = ["total_cost", "totalCost", "calculatedTotalCost", "costDetails/total", "cost_details/total"];
    record.reported_cost =
        costs.iter().map(|path| line.amount(path, DOLLARS)).find(|cost| !cost.is_absent()).unwrap_or_default();
    let text = |keys: &[&str]| keys.iter().find_map(|key| line.text(key));
    record.model = names.intern_some(text(&["provided_model_name", "providedModelName", "model"]));
    record.user = names.intern_some(text(&["user_id", "userId"]));
    record.session = names.intern_some(text(&["session_id", "sessionId"]));
    record.tag = names.intern_some(line.tag(&["tags", "metadata"]).as_deref());
    record.project = names.intern_some(line.text("environment"));
    Ok(Some(record))
}

/// The names of the whole input, the whole output and the sum of all.
const WHOLES: [&str; 11] = [
    "input",
    "prompt_tokens",
    "input_tokens",
    "promptTokens",
    "output",
    "completion_tokens",
    "output_tokens",
    "completionTokens",
    "total",
    "total_tokens",
    "totalTokens",
];

fn tokens(details: Json<'_>) -> DraftTokens {
    let read = details.first_count(&["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"]);
    let written = details.first_count(&["cache_creation_input_tokens", "input_cache_creation"]);
    let cached = Count::sum([read, written]).or_zero();
    let (input, output) = (details.first_count(&WHOLES[..4]), details.first_count(&WHOLES[4..8]));
    let total = details.first_count(&WHOLES[8..]);
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
