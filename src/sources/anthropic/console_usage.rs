//! Console > Usage (`claude_api_tokens_*.csv`). Header v1 (2025-06) lacks context_window, inference_geo and speed; the
//! date is a day or an hour; keys are names; tokens only.

use crate::model::bill::Authority;
use crate::model::usage::{Grain, TokenCounts};
use crate::sources::record::{blank, set_period};
use crate::sources::table::sheet::Sheet;

pub(crate) static CONSOLE_USAGE: Sheet = Sheet {
    id: "anthropic-console-usage",
    title: "Anthropic Console usage (CSV)",
    about: "Export: Console > Usage > Export, all header versions since 2025-06.\n\
            Counted: one record per day or hour, model and key; tokens are in disjoint buckets.\n\
            Lacks: money, people (a key is a name) and sessions.",
    needs: &[
        "usage_date_utc",
        "model_version",
        "usage_type",
        "usage_input_tokens_no_cache",
        "usage_input_tokens_cache_write_5m",
        "usage_input_tokens_cache_write_1h",
        "usage_input_tokens_cache_read",
        "usage_output_tokens",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "usage_date_utc",
        "model_version",
        "api_key",
        "workspace",
        "usage_type",
        "context_window",
        "inference_geo",
        "speed",
    ],
    read: |row, at, out| {
        let when = row.instant("usage_date_utc")?;
        let mut record = blank("anthropic-console-usage", Authority::VendorUsage, at, when.at);
        let length = if when.is_day { chrono::Duration::days(1) } else { chrono::Duration::hours(1) };
        set_period(&mut record, when.at.checked_add_signed(length));
        debug_assert!(matches!(record.grain, Grain::Day | Grain::Hour));
        record.tokens = TokenCounts {
            input: row.count("usage_input_tokens_no_cache")?,
            cache_read: row.count("usage_input_tokens_cache_read")?,
            cache_write_5m: row.count("usage_input_tokens_cache_write_5m")?,
            cache_write_1h: row.count("usage_input_tokens_cache_write_1h")?,
            output: row.count("usage_output_tokens")?,
            ..TokenCounts::default()
        };
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model_version", &mut out.names);
        record.service_tier = row.name("usage_type", &mut out.names);
        record.user = row.name("api_key", &mut out.names);
        record.project = row.name("workspace", &mut out.names);
        record.inference_geo = row.name("inference_geo", &mut out.names);
        record.speed = row.name("speed", &mut out.names);
        Ok(Some(record))
    },
};
