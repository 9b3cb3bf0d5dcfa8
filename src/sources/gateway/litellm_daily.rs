//! LiteLLM's daily spend (`LiteLLM_Daily{User,Team,Tag,…}Spend`): sums per day, key and model. `prompt_tokens` includes
//! everything cached, after OpenAI's meaning.

use super::litellm::count_spend;
use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

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
    if !line.has("api_requests") {
        let rows: Vec<Json<'_>> = line.items("data").chain(line.items("results")).collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = line.instant("date") else {
        sink.reject(NO_TIME);
        return true;
    };
    let (read, written) = (line.count("cache_read_input_tokens"), line.count("cache_creation_input_tokens"));
    let mut record = sink.day(Authority::Gateway, start);
    record.time_zone_assumed = true;
    record.tokens = DraftTokens {
        input: line.count("prompt_tokens").minus(read).minus(written),
        cache_read: read,
        cache_write_unspecified: written,
        output: line.count("completion_tokens"),
        ..DraftTokens::default()
    };
    record.request_count = line.count("api_requests");
    count_spend(&mut record, line.amount("spend", DOLLARS));
    record.provider = sink.name(line.text("custom_llm_provider"));
    record.model = sink.name(line.text("model"));
    record.user = sink.name(line.text("user_id").or(line.text("api_key")));
    record.team = sink.name(line.text("team_id").or(line.text("tag")));
    record.bill.revised_at = line.instant("updated_at");
    let keys = ["date", "user_id", "team_id", "tag", "api_key", "model", "model_group", "custom_llm_provider"];
    let keys = keys.map(|key| line.string(key).unwrap_or_default());
    sink.add_row(record, &keys.each_ref().map(|key| &**key), line);
    true
}
