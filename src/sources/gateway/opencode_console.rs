//! The usage export of OpenCode's console: a row per day, member or service account, provider and model.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::record::day;
use crate::sources::table::sheet::Sheet;

pub(crate) static OPENCODE_CONSOLE: Sheet = Sheet {
    id: "opencode-console",
    title: "OpenCode console usage (CSV)",
    about: "Export: opencode.ai console > Activity > Usage > Export usage, or GET /console/api/v2/usage/export.\n\
            Counted: one record per UTC day, member or service account, provider and model, in dollars. What OpenCode \
            itself provides is billed; under another provider's name its cost is an estimate of what that one bills. \
            A later export of the same day replaces the row.\n\
            Lacks: single requests, sessions and folders.",
    needs: &[
        "day",
        "user_type",
        "user_id",
        "provider",
        "model",
        "requests",
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "cost_usd",
    ],
    lacks: &[],
    together: &[],
    key: &["day", "user_type", "user_id", "provider", "model"],
    read: |row, at, out| {
        let mut record = day("opencode-console", Authority::Invoice, at, row.instant("day")?.at);
        record.tokens = TokenCounts {
            input: row.count("input_tokens")?,
            cache_read: row.count("cache_read_tokens")?,
            cache_write_5m: row.count("cache_write_5m_tokens")?,
            cache_write_1h: row.count("cache_write_1h_tokens")?,
            output: row.count("output_tokens")?,
            ..TokenCounts::default()
        };
        record.request_count = row.count("requests")?;
        let cost = row.dollars("cost_usd")?;
        if row.text("provider").is_some_and(|provider| provider.eq_ignore_ascii_case("opencode")) {
            record.billed_cost = cost;
            record.bill.coverage = Coverage::OnDemand;
        } else {
            record.reported_cost = cost;
            record.bill.coverage = Coverage::OwnKey;
        }
        record.provider = row.name("provider", &mut out.names);
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_name", &mut out.names).or(row.name("user_id", &mut out.names));
        Ok(Some(record))
    },
};
