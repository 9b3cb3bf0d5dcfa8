//! OpenRouter activity, one model and day a row.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::record::day;
use crate::sources::table::sheet::Sheet;

pub(crate) static OPENROUTER_DAILY: Sheet = Sheet {
    id: "openrouter-daily",
    title: "OpenRouter activity by day (CSV)",
    about: "Export: openrouter.ai > Activity > Export, by day.\n\
            Counted: one record per model and day: dollars (Usage), requests and tokens. Whether prompt tokens \
            were cached is not exported, so they are all fresh input.\n\
            Lacks: people and sessions.",
    needs: &["date", "slug", "usage", "byok usage", "prompt tokens", "completion tokens", "reasoning tokens"],
    lacks: &[],
    together: &[],
    key: &["date", "slug"],
    read: |row, at, out| {
        let mut record = day("openrouter-daily", Authority::Invoice, at, row.instant("date")?.at);
        record.tokens = TokenCounts {
            input: row.count("prompt tokens")?,
            output: row.count("completion tokens")?,
            reasoning: row.count("reasoning tokens")?,
            ..TokenCounts::default()
        };
        record.request_count = row.count("requests")?;
        record.billed_cost = row.dollars("usage")?;
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern("openrouter"));
        record.model = row.name("slug", &mut out.names);
        Ok(Some(record))
    },
};
