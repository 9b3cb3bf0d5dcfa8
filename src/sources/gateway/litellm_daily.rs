//! LiteLLM's daily spend (`LiteLLM_Daily{User,Team,Tag,…}Spend`): sums per day, key and model. `prompt_tokens` includes
//! everything cached, after OpenAI's meaning.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::{BAD_COUNT, NO_TIME, day};
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static LITELLM_DAILY: Page = Page {
    id: "litellm-daily",
    title: "LiteLLM daily spend (JSON)",
    about: "Export: rows of LiteLLM_DailyUserSpend, …TeamSpend or …TagSpend, one a line or in an array. One of the \
            tables: each holds the whole spend again.\n\
            Counted: one record per day, key and model; a later export of the same day replaces the row. spend is \
            the gateway's estimate in dollars.\n\
            Lacks: the bill, single requests, sessions and cache lifetimes.",
    needs: &[&["date", "api_requests", "prompt_tokens", "spend"]],
    lacks: &["startTime"],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.get("api_requests").is_none() {
        let rows: Vec<Json<'_>> = line.items("data").chain(line.items("results")).collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = line.instant("date") else {
        sink.reject(NO_TIME);
        return true;
    };
    let (read, written) = (line.count("cache_read_input_tokens"), line.count("cache_creation_input_tokens"));
    let all = line.count("prompt_tokens");
    let fresh = all.map(|all| all.checked_sub(read.unwrap_or(0) + written.unwrap_or(0)));
    if fresh == Some(None) {
        sink.reject(BAD_COUNT);
        return true;
    }
    let mut record = day(sink.id, Authority::Gateway, sink.at, start);
    record.time_zone_assumed = true;
    record.tokens = TokenCounts {
        input: fresh.flatten(),
        cache_read: read,
        cache_write_unspecified: written,
        output: line.count("completion_tokens"),
        ..TokenCounts::default()
    };
    record.request_count = line.count("api_requests");
    record.reported_cost = line.money("spend", DOLLARS);
    record.provider = sink.name(line.text("custom_llm_provider"));
    record.model = sink.name(line.text("model"));
    record.user = sink.name(line.text("user_id").or(line.text("api_key")));
    record.team = sink.name(line.text("team_id").or(line.text("tag")));
    record.bill.revised_at = line.instant("updated_at");
    let keys = ["date", "user_id", "team_id", "tag", "api_key", "model", "model_group", "custom_llm_provider"];
    let keys = keys.map(|key| line.string(key).unwrap_or_default());
    sink.add(record, &keys.each_ref().map(|key| &**key));
    true
}
