//! `GET /api/v1/generation` of OpenRouter, and `/v1/generation` of Vercel's AI Gateway, which writes the same and more.
//! The bill is on native counts; native reasoning may exceed the completion and is clamped to it. `created_at` is UTC; without
//! it the second is in the id (`gen-<unix>-…`).

use chrono::DateTime;

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static OPENROUTER_GENERATION: Page = Page {
    id: "openrouter-generation",
    title: "OpenRouter and Vercel AI Gateway generations (JSON)",
    about: "Export: answers of GET /api/v1/generation (OpenRouter) and /v1/generation (Vercel AI Gateway), one a \
            file or one a line.\n\
            Counted: one record per generation, by its native token counts; total_cost is billed dollars and \
            leaves out the upstream's cost of an own key.\n\
            Lacks: people and sessions.",
    needs: &[&["native_tokens_prompt", "total_cost"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let item = value.get("data").unwrap_or(value);
    if !item.has("native_tokens_prompt") {
        return false;
    }
    let id = item.text("id").unwrap_or("");
    let in_id = id.split('-').nth(1).and_then(|second| second.parse().ok()).and_then(DateTime::from_timestamp_secs);
    let Some(start) = item.instant("created_at").or(in_id) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Invoice, start);
    let (read, written) = (item.count("native_tokens_cached"), item.count("native_tokens_cache_creation"));
    record.tokens = DraftTokens {
        input: item.count("native_tokens_prompt").minus(read).minus(written),
        cache_read: read,
        cache_write_unspecified: written,
        output: item.count("native_tokens_completion"),
        reasoning: item.count("native_tokens_reasoning"),
        ..DraftTokens::default()
    };
    record.request_count = Count::Known(1);
    record.billed_cost = item.amount("total_cost", DOLLARS);
    record.bill.coverage = if item.is_true("is_byok") { Coverage::OwnKey } else { Coverage::OnDemand };
    let vercel = item.has("native_tokens_cache_creation") || item.has("billable_web_search_calls");
    record.provider = sink.name(Some(if vercel { "vercel" } else { "openrouter" }));
    record.model = sink.name(item.text("model"));
    record.request = Some(hash_text(id));
    sink.add_named(record, &[id]);
    true
}
