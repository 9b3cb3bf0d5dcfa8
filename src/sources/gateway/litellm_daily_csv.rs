//! LiteLLM's daily spend (`LiteLLM_Daily{User,Team,Tag,…}Spend`) as CSV or Parquet.

use super::litellm::count_spend;
use crate::model::bill::Authority;
use crate::sources::record::{Draft, DraftTokens, day};
use crate::sources::rejection::Rejection;
use crate::sources::table::sheet::Sheet;
use crate::sources::values::amount::Amount;
use crate::sources::values::count::Count;

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
        let mut record = Draft::new(day("litellm-daily-csv", Authority::Gateway, at, row.instant("date")?.at));
        record.time_zone_assumed = true;
        let count = |name| Ok::<_, Rejection>(Count::known_or_absent(row.count(name)?));
        let (read, written) = (count("cache_read_input_tokens")?, count("cache_creation_input_tokens")?);
        record.tokens = DraftTokens {
            input: count("prompt_tokens")?.minus(read).minus(written),
            cache_read: read,
            cache_write_unspecified: written,
            output: count("completion_tokens")?,
            ..DraftTokens::default()
        };
        record.request_count = count("api_requests")?;
        count_spend(&mut record, Amount::known_or_absent(row.dollars("spend")?));
        record.provider = row.name("custom_llm_provider", &mut out.names);
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_id", &mut out.names).or(row.name("api_key", &mut out.names));
        record.team = row.name("team_id", &mut out.names).or(row.name("tag", &mut out.names));
        // Which row is the newer one depends on it, so a damaged one is not passed over.
        let updated = row.text("updated_at").map(|_| row.instant("updated_at")).transpose()?;
        record.bill.revised_at = updated.map(|instant| instant.at);
        record.into_record().map(Some)
    },
};
