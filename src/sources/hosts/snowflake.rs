//! Snowflake's views of what Cortex used: functions by the hour, AI functions in SQL, and its REST API by request.
//!
//! Source: docs.snowflake.com/en/sql-reference/account-usage, `CORTEX_FUNCTIONS_USAGE_HISTORY`, `CORTEX_AISQL_USAGE_HISTORY` and
//! `CORTEX_REST_API_USAGE_HISTORY`. Only the last one divides its tokens, as JSON in a cell.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;

pub(crate) static SNOWFLAKE: Sheet = Sheet {
    id: "snowflake-cortex",
    title: "Snowflake Cortex usage (CSV, Parquet)",
    about: "Export: a query of SNOWFLAKE.ACCOUNT_USAGE.CORTEX_FUNCTIONS_USAGE_HISTORY, CORTEX_AISQL_USAGE_HISTORY or \
            CORTEX_REST_API_USAGE_HISTORY.\n\
            Counted: one record per row. TOKENS_GRANULAR has the kinds of tokens; without it they are one sum, so the credits, else the tokens, \
            stay a quantity. What a credit costs is in the contract.\n\
            Lacks: dollars and sessions.",
    needs: &["start_time|usage_time", "model_name", "tokens", "token_credits|tokens_granular"],
    lacks: &[],
    together: &[],
    key: &[
        "start_time",
        "usage_time",
        "end_time",
        "function_name",
        "model_name",
        "warehouse_id",
        "query_id",
        "request_id",
    ],
    read: |row, at, out| {
        let time = if row.text("start_time").is_some() { "start_time" } else { "usage_time" };
        let start = row.instant(time)?;
        let mut record = blank("snowflake-cortex", Authority::VendorUsage, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        if row.text("request_id").is_none() {
            let hour = start.at.checked_add_signed(chrono::TimeDelta::hours(1));
            set_period(&mut record, row.end("end_time").or(hour));
        } else {
            record.request_count = Some(1);
        }
        let (tokens, credits) = (row.micros("tokens")?, row.micros("token_credits")?);
        let arena = Arena::default();
        let divided = row.text("tokens_granular").map(|text| arena.read(text).map_err(|_| BAD_COUNT)).transpose()?;
        let names = &mut out.names;
        match divided.as_ref().map(Json).filter(|parts| parts.has("input") || parts.has("output")) {
            Some(parts) => {
                let count = |keys: &[&str]| parts.first_count(keys).or_reject(BAD_COUNT);
                record.tokens.input = count(&["input"])?;
                record.tokens.output = count(&["output"])?;
                record.tokens.cache_read = count(&["cache_read_input", "cache_read"])?;
                record.tokens.cache_write_unspecified = count(&["cache_write_input", "cache_write"])?;
            }
            None => {
                record.bill.quantity_micros = credits.or(tokens);
                record.bill.unit = Some(names.intern(if credits.is_some() { "snowflake-credits" } else { "tokens" }));
            }
        }
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(names.intern("snowflake"));
        record.model = row.name("model_name", names);
        record.user = row.name("user_name", names).or(row.name("user_id", names));
        record.project = row.name("function_name", names);
        Ok(Some(record))
    },
};
