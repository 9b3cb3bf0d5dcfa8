//! Langdock's usage of API keys: a row per period and key, with what it cost.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::{blank, set_period};
use crate::sources::table::sheet::Sheet;

pub(crate) static LANGDOCK: Sheet = Sheet {
    id: "langdock-usage",
    title: "Langdock API usage (CSV)",
    about: "Export: Langdock's usage export of the API.\n\
            Counted: one record per period and API key; total_cost_usd is billed.\n\
            Lacks: models, tokens, people and sessions.",
    needs: &["period_start", "period_end", "org_id", "api_key_id", "requests", "total_cost_usd"],
    lacks: &[],
    together: &[],
    key: &["period_start", "period_end", "org_id", "api_key_id"],
    read: |row, at, out| {
        let start = row.instant("period_start")?;
        let mut record = blank("langdock-usage", Authority::Invoice, at, start.at);
        record.time_zone_assumed = start.zone_assumed;
        set_period(&mut record, row.end("period_end"));
        record.request_count = row.count("requests")?;
        record.billed_cost = row.dollars("total_cost_usd")?;
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern("langdock"));
        record.user = row.name("api_key_name", &mut out.names).or(row.name("api_key_id", &mut out.names));
        record.project = row.name("org_id", &mut out.names);
        Ok(Some(record))
    },
};
