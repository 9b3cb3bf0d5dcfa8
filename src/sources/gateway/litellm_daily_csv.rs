//! LiteLLM's daily spend (`LiteLLM_Daily{User,Team,Tag,…}Spend`) as CSV or Parquet.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::record::day;
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;

pub(crate) static LITELLM_DAILY_CSV: Sheet = Sheet {
    id: "litellm-daily-csv",
    title: "LiteLLM daily spend (CSV, Parquet)",
    about: "Export: one of the tables LiteLLM_DailyUserSpend, …TeamSpend or …TagSpend of LiteLLM's database: each holds \
            the whole spend again.\n\
            Counted: as the JSON of the same tables (litellm-daily) is: one record per day, key and model, spend as \
            the gateway's estimate in dollars, cached input taken out of the prompt.\n\
            Lacks: the bill, single requests, sessions and cache lifetimes.",
    needs: &["date", "api_key", "model", "spend", "prompt_tokens", "completion_tokens", "api_requests"],
    lacks: &["starttime"],
    together: &["cache_read_input_tokens", "cache_creation_input_tokens"],
    key: &["date", "user_id", "team_id", "tag", "api_key", "model", "model_group", "custom_llm_provider"],
    read: |row, at, out| {
        let mut record = day("litellm-daily-csv", Authority::Gateway, at, row.instant("date")?.at);
        record.time_zone_assumed = true;
        let (read, written) = (row.count("cache_read_input_tokens")?, row.count("cache_creation_input_tokens")?);
        let cached = read.unwrap_or(0) + written.unwrap_or(0);
        let prompt = row.count("prompt_tokens")?;
        record.tokens = TokenCounts {
            input: prompt.map(|prompt| prompt.checked_sub(cached).ok_or(BAD_COUNT)).transpose()?,
            cache_read: read,
            cache_write_unspecified: written,
            output: row.count("completion_tokens")?,
            ..TokenCounts::default()
        };
        record.request_count = row.count("api_requests")?;
        record.reported_cost = row.dollars("spend")?;
        record.provider = row.name("custom_llm_provider", &mut out.names);
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_id", &mut out.names).or(row.name("api_key", &mut out.names));
        record.team = row.name("team_id", &mut out.names).or(row.name("tag", &mut out.names));
        record.bill.revised_at = row.end("updated_at");
        Ok(Some(record))
    },
};
