//! `GET /v1/organization/usage/*`: pages of buckets; times are Unix seconds. `input_tokens` includes cached reads and writes;
//! the counts by modality are parts of the totals and are not added.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink, each_result};
use crate::sources::record::{DraftTokens, set_period};
use crate::sources::rejection::NO_TIME;

pub(crate) static USAGE: Page = Page {
    id: "openai-usage",
    title: "OpenAI organization usage (JSON)",
    about: "Export: pages of GET /v1/organization/usage/completions, embeddings, moderations, images, \
            audio_speeches, audio_transcriptions, vector_stores, code_interpreter_sessions, file_search_calls and \
            web_search_calls (Admin key; group by model, else nothing has a price).\n\
            Counted: one record per bucket and group. Fresh input is input_tokens less cached reads and writes; \
            counts by modality are parts of the totals. What is not counted in tokens (images, seconds, calls) is \
            kept as a quantity with its unit and has no price here.\n\
            Lacks: money, reasoning and sessions.",
    needs: &[
        &["object", "start_time", "num_model_requests"],
        &["object", "start_time", "num_sessions"],
        &["object", "start_time", "usage_bytes"],
        &["object", "start_time", "num_requests"],
    ],
    lacks: &["start_time_iso"],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let own = ["num_model_requests", "num_sessions", "usage_bytes", "num_requests"];
    each_result(page, "start_time", &own, |_, bucket, result| row(bucket, result, sink))
}

/// Units that are not tokens.
const UNITS: &[(&str, &str)] = &[
    ("images", "images"),
    ("characters", "characters"),
    ("seconds", "seconds"),
    ("num_sessions", "sessions"),
    ("usage_bytes", "bytes"),
    ("num_requests", "calls"),
];

fn row(bucket_of: Json<'_>, result: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = bucket_of.instant("start_time") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::VendorUsage, start);
    set_period(&mut record, bucket_of.instant("end_time"));
    let input = result.count("input_tokens");
    if !input.is_absent() {
        let (read, written) = (result.count("input_cached_tokens"), result.count("input_cache_write_tokens"));
        record.tokens = DraftTokens {
            input: input.minus(read).minus(written),
            cache_read: read,
            cache_write_unspecified: written,
            output: result.count("output_tokens"),
            ..DraftTokens::default()
        };
    }
    let mut quantities = UNITS.iter().map(|(key, unit)| (result.count(key).to_quantity(), unit));
    if let Some((quantity, unit)) = quantities.find(|(quantity, _)| !quantity.is_absent()) {
        record.quantity = quantity;
        record.bill.unit = sink.name(Some(unit));
    }
    record.request_count = result.count("num_model_requests");
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(result.text("model"));
    let tier = if result.is_true("batch") { Some("batch") } else { result.text("service_tier") };
    record.service_tier = sink.name(tier);
    record.user = sink.name(result.text("user_id").or(result.text("api_key_id")));
    record.project = sink.name(result.text("project_id"));
    let (start, end) = (bucket_of.string("start_time"), bucket_of.string("end_time"));
    let mut key = vec![start.as_deref().unwrap_or(""), end.as_deref().unwrap_or("")];
    let batch = result.is_true("batch").to_string();
    key.push(&batch);
    let names = [
        "object",
        "project_id",
        "user_id",
        "api_key_id",
        "model",
        "service_tier",
        "size",
        "source",
        "vector_store_id",
        "context_level",
    ];
    key.extend(names.iter().map(|name| result.text(name).unwrap_or("")));
    sink.add_row(record, &key, result);
}
