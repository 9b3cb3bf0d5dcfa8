//! OpenRouter's activity as its API gives it: a row per day, model and endpoint.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static OPENROUTER_API: Page = Page {
    id: "openrouter-activity-api",
    title: "OpenRouter activity by day (JSON)",
    about: "Export: GET /api/v1/activity (the last 30 days).\n\
            Counted: one record per day, model and endpoint: dollars (usage), requests and tokens. With the \
            customer's own key the upstream's cost (byok_usage_inference) is billed there and not added. Whether \
            prompt tokens were cached is not exported, so they are all fresh input.\n\
            Lacks: people and sessions.",
    needs: &[&["model_permaslug", "usage", "requests", "prompt_tokens", "completion_tokens"]],
    lacks: &[],
    read,
};

fn read(row: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !row.has("model_permaslug") {
        let rows: Vec<Json<'_>> = row.items("data").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = row.instant("date") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.day(Authority::Invoice, start);
    record.tokens = DraftTokens {
        input: row.count("prompt_tokens"),
        output: row.count("completion_tokens"),
        reasoning: row.count("reasoning_tokens"),
        ..DraftTokens::default()
    };
    record.request_count = row.count("requests");
    record.billed_cost = row.amount("usage", DOLLARS);
    let upstream = row.amount("byok_usage_inference", DOLLARS).known().unwrap_or(Money::ZERO);
    let own_key = record.billed_cost.known() == Some(Money::ZERO) && upstream != Money::ZERO;
    record.bill.coverage = if own_key { Coverage::OwnKey } else { Coverage::OnDemand };
    record.provider = sink.name(Some("openrouter"));
    record.model = sink.name(row.text("model_permaslug").or(row.text("model")));
    let date = start.date_naive().to_string();
    let texts = ["model_permaslug", "endpoint_id", "provider_name"].map(|key| row.text(key).unwrap_or(""));
    sink.add_row(record, &[&date, texts[0], texts[1], texts[2]], row);
    true
}
