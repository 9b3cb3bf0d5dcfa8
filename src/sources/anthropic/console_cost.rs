//! Console > Cost. Dollars; the model is a display name ("Claude Opus 4.6"); one row per token type.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::day;
use crate::sources::table::sheet::Sheet;

pub(crate) static CONSOLE_COST: Sheet = Sheet {
    id: "anthropic-console-cost",
    title: "Anthropic Console cost (CSV)",
    about: "Export: Console > Cost > Export.\n\
            Counted: one record per day, model, key and token type; cost_usd is what is billed, list_price_usd the \
            gross, both dollars.\n\
            Lacks: tokens, people and sessions.",
    needs: &["usage_date_utc", "model", "token_type", "cost_usd"],
    lacks: &[],
    together: &[],
    key: &[
        "usage_date_utc",
        "model",
        "workspace",
        "api_key",
        "usage_type",
        "context_window",
        "token_type",
        "cost_type",
        "inference_geo",
        "speed",
    ],
    read: |row, at, out| {
        let mut record = day("anthropic-console-cost", Authority::Invoice, at, row.instant("usage_date_utc")?.at);
        record.billed_cost = row.dollars("cost_usd")?;
        record.bill.gross_cost = row.dollars("list_price_usd")?;
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern(super::PROVIDER));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("api_key", &mut out.names);
        record.project = row.name("workspace", &mut out.names);
        record.inference_geo = row.name("inference_geo", &mut out.names);
        record.speed = row.name("speed", &mut out.names);
        Ok(Some(record))
    },
};
