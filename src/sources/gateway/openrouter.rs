//! OpenRouter activity, one generation a row (24 columns, or some of them).

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::usage::TokenCounts;
use crate::sources::record::blank;
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;

pub(crate) static OPENROUTER: Sheet = Sheet {
    id: "openrouter-activity",
    title: "OpenRouter activity by generation (CSV)",
    about: "Export: openrouter.ai > Activity > Export.\n\
            Counted: one record per generation; cost_total is billed dollars. Cached tokens are a part of the \
            prompt; with the customer's own key the upstream's cost is separate and not added. Times are UTC.\n\
            Lacks: cache lifetimes and sessions.",
    needs: &["generation_id", "created_at", "cost_total", "tokens_prompt", "tokens_completion", "model_permaslug"],
    lacks: &[],
    together: &["byok_usage_inference", "tokens_reasoning", "tokens_cached"],
    key: &["generation_id"],
    read: |row, at, out| {
        let start = row.instant("created_at")?;
        let mut record = blank("openrouter-activity", Authority::Invoice, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        let (prompt, cached) = (row.count("tokens_prompt")?, row.count("tokens_cached")?);
        record.tokens = TokenCounts {
            input: prompt.map(|prompt| prompt.checked_sub(cached.unwrap_or(0)).ok_or(BAD_COUNT)).transpose()?,
            cache_read: cached,
            output: row.count("tokens_completion")?,
            reasoning: row.count("tokens_reasoning")?,
            ..TokenCounts::default()
        };
        record.request_count = Some(1);
        record.billed_cost = row.dollars("cost_total")?;
        let own_key = row.dollars("byok_usage_inference")?.is_some_and(|amount| amount != Money::ZERO);
        let free = row.text("variant") == Some("free") && record.billed_cost == Some(Money::ZERO);
        record.bill.coverage = match (own_key, free) {
            (true, _) => Coverage::OwnKey,
            (false, true) => Coverage::Free,
            (false, false) => Coverage::OnDemand,
        };
        record.provider = Some(out.names.intern("openrouter"));
        record.model = row.name("model_permaslug", &mut out.names);
        record.user = row.name("user", &mut out.names).or(row.name("api_key_name", &mut out.names));
        record.project = row.name("app_name", &mut out.names);
        record.request = row.text("generation_id").map(hash_text);
        Ok(Some(record))
    },
};
