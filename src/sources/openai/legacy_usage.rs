//! OpenAI's usage endpoint of before 2025, `GET /v1/usage?date=…`, and what its old dashboard downloaded.
//!
//! Source: types in public clients of that endpoint: `aggregation_timestamp`, `n_requests`, `operation`, `snapshot_id`,
//! `n_context_tokens_total`, `n_generated_tokens_total`, later also `n_cached_context_tokens_total`. Buckets are five minutes long.

use chrono::TimeDelta;

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{DraftTokens, set_period};
use crate::sources::rejection::NO_TIME;

pub(crate) static LEGACY_USAGE: Page = Page {
    id: "openai-legacy-usage",
    title: "OpenAI usage of before 2025 (JSON)",
    about: "Export: GET /v1/usage?date=2024-05-01, and the activity that the old dashboard exported.\n\
            Counted: one record per bucket of five minutes, model and operation. Cached tokens are a part of the context.\n\
            Set aside: images, speech, tuning and storage, which it has under other names, without a count of tokens.\n\
            Lacks: money and sessions.",
    needs: &[&["n_context_tokens_total", "n_generated_tokens_total"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("n_context_tokens_total") {
        add(value, sink);
        return true;
    }
    let mut any = false;
    for item in value.items("data").filter(|item| item.has("n_context_tokens_total")) {
        add(item, sink);
        any = true;
    }
    value.at("current_usage_usd").note_numbers();
    any
}

fn add(item: Json<'_>, sink: &mut Sink<'_>) {
    let start = item.instant("aggregation_timestamp").or_else(|| item.instant("timestamp"));
    let Some(start) = start else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::VendorUsage, start);
    set_period(&mut record, start.checked_add_signed(TimeDelta::minutes(5)));
    let cached = item.count("n_cached_context_tokens_total");
    record.tokens = DraftTokens {
        input: item.count("n_context_tokens_total").minus(cached),
        cache_read: cached,
        output: item.count("n_generated_tokens_total"),
        ..DraftTokens::default()
    };
    record.request_count = item.first_count(&["n_requests", "num_requests"]);
    for counted in ["n_context", "n_generated"] {
        item.at(counted).note_numbers();
    }
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(item.text("snapshot_id").or_else(|| item.text("model")));
    record.user = sink.name(item.text("email").or_else(|| item.text("user_id")).or_else(|| item.text("api_key_id")));
    record.project = sink.name(item.text("project_name").or_else(|| item.text("project_id")));
    let names = ["operation", "snapshot_id", "model", "organization_id", "project_id", "api_key_id", "user_id"];
    let mut key = vec![start.to_rfc3339()];
    key.extend(names.iter().map(|name| item.text(name).unwrap_or("").to_owned()));
    sink.add_row(record, &key.iter().map(String::as_str).collect::<Vec<_>>(), item);
}
