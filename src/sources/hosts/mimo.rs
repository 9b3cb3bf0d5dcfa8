//! MiMo's usage table from its console: a row a day, model and key.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::record::{day, set_currency};
use crate::sources::table::sheet::Sheet;

pub(crate) static MIMO: Sheet = Sheet {
    id: "mimo-usage",
    title: "Xiaomi MiMo usage (CSV)",
    about: "Export: the usage table of the MiMo open platform's console.\n\
            Counted: one record per day, model and key; the consumed amount is billed, in its currency.\n\
            Lacks: people and sessions.",
    needs: &["date", "model", "currency", "consumed amount", "input hit tokens", "input miss tokens", "output tokens"],
    lacks: &[],
    together: &[],
    key: &["date", "model", "api key", "currency"],
    read: |row, at, out| {
        let mut record = day("mimo-usage", Authority::Invoice, at, row.instant("date")?.at);
        record.time_zone_assumed = true;
        record.tokens = TokenCounts {
            input: row.count("input miss tokens")?,
            cache_read: row.count("input hit tokens")?,
            output: row.count("output tokens")?,
            ..TokenCounts::default()
        };
        record.request_count = row.count("request count")?;
        record.billed_cost = row.dollars("consumed amount")?;
        set_currency(&mut record, row.text("currency"), &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern("xiaomi"));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("api key", &mut out.names);
        Ok(Some(record))
    },
};
