//! Dashboard > Usage > Export completions (`completions_usage_<from>_<to>.csv`). A range without usage has four columns only;
//! counts are written as `3.0`; several rows a set_period, one per key.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::reading::detect::Head;
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::BAD_COUNT;
use crate::sources::table::sheet::Sheet;
use crate::sources::{Parser, ReadOptions, Sniff, Source};

/// The dashboard's usage, which is another table when there was none.
pub(crate) struct DashboardUsage;

/// The whole header of a range without usage.
const EMPTY: [&str; 4] = ["start_time", "end_time", "start_time_iso", "end_time_iso"];

impl Source for DashboardUsage {
    fn id(&self) -> &'static str {
        SHEET.id()
    }

    fn title(&self) -> &'static str {
        SHEET.title()
    }

    fn about(&self) -> &'static str {
        SHEET.about()
    }

    fn columns(&self) -> Vec<String> {
        SHEET.columns()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if !head.is_json() && SHEET.header(head) == EMPTY { Sniff::Yes } else { SHEET.sniff(head) }
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        SHEET.open(head, options)
    }
}

static SHEET: Sheet = Sheet {
    id: "openai-dashboard-usage",
    title: "OpenAI dashboard usage (CSV)",
    about: "Export: the usage dashboard > Export > Completions, also the four-column file of a range without \
            usage.\n\
            Counted: one record per set_period, key and model; columns are the API's: fresh input is input_tokens less \
            cached reads and writes.\n\
            Lacks: money, reasoning and sessions.",
    needs: &[
        "start_time",
        "end_time",
        "start_time_iso",
        "end_time_iso",
        "input_tokens",
        "input_cached_tokens",
        "output_tokens",
        "num_model_requests",
        "model",
    ],
    lacks: &["amount_value", "type"],
    together: &[],
    key: &["start_time", "end_time", "project_id", "user_id", "api_key_id", "model", "batch", "service_tier"],
    read: |row, at, out| {
        let requests = row.count("num_model_requests")?;
        let all = row.count("input_tokens")?;
        if requests.is_none() && all.is_none() {
            return Ok(None);
        }
        let start = row.instant("start_time_iso")?;
        let mut record = blank("openai-dashboard-usage", Authority::VendorUsage, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        set_period(&mut record, row.end("end_time_iso"));
        let (read, written) = (row.count("input_cached_tokens")?, row.count("input_cache_write_tokens")?);
        let cached = read.unwrap_or(0) + written.unwrap_or(0);
        record.tokens = TokenCounts {
            input: all.map(|all| all.checked_sub(cached).ok_or(BAD_COUNT)).transpose()?,
            cache_read: read,
            cache_write_unspecified: written,
            output: row.count("output_tokens")?,
            ..TokenCounts::default()
        };
        record.request_count = requests;
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model", &mut out.names);
        let batch = row.text("batch").is_some_and(|batch| batch.eq_ignore_ascii_case("true"));
        record.service_tier =
            if batch { Some(out.names.intern("batch")) } else { row.name("service_tier", &mut out.names) };
        record.user = row.name("user_id", &mut out.names).or(row.name("api_key_id", &mut out.names));
        record.project = row.name("project_id", &mut out.names);
        Ok(Some(record))
    },
};
