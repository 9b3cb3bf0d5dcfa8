//! `GET /api/v1/generation` of OpenRouter, and `/v1/generation` of Vercel's AI Gateway, which writes the same and more.
//! The bill is on native counts; native reasoning may exceed the completion and is clamped to it. `created_at` is UTC; without
//! it the second stands in the id (`gen-<unix>-…`).

use chrono::DateTime;

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::{BAD_COUNT, NO_TIME, blank};
use crate::sources::json::page::{Json, Page, Sink};

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
    if item.get("native_tokens_prompt").is_none() {
        return false;
    }
    let id = item.text("id").unwrap_or("");
    let in_id = id.split('-').nth(1).and_then(|second| second.parse().ok()).and_then(DateTime::from_timestamp_secs);
    let Some(start) = item.instant("created_at").or(in_id) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = blank(sink.id, Authority::Invoice, sink.at, start);
    let (read, written) = (item.count("native_tokens_cached"), item.count("native_tokens_cache_creation"));
    let cached = read.unwrap_or(0) + written.unwrap_or(0);
    let Some(fresh) = item.count("native_tokens_prompt").and_then(|all| all.checked_sub(cached)) else {
        sink.reject(BAD_COUNT);
        return true;
    };
    record.tokens = TokenCounts {
        input: Some(fresh),
        cache_read: read,
        cache_write_unspecified: written,
        output: item.count("native_tokens_completion"),
        reasoning: item.count("native_tokens_reasoning"),
        ..TokenCounts::default()
    };
    record.request_count = Some(1);
    record.billed_cost = item.money("total_cost", DOLLARS);
    record.bill.coverage = if item.is_true("is_byok") { Coverage::OwnKey } else { Coverage::OnDemand };
    let vercel = item.get("native_tokens_cache_creation").is_some() || item.get("billable_web_search_calls").is_some();
    record.provider = sink.name(Some(if vercel { "vercel" } else { "openrouter" }));
    record.model = sink.name(item.text("model"));
    record.request = Some(hash_text(id));
    sink.add_named(record, &[id]);
    true
}
