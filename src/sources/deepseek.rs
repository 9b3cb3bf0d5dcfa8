//! DeepSeek platform > Export usage (`amount-*.csv`): one row per token type, an hour each.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT};
use crate::sources::table::sheet::Sheet;

pub(crate) static DEEPSEEK: Sheet = Sheet {
    id: "deepseek-usage",
    title: "DeepSeek usage (CSV)",
    about: "Export: amount-*.csv in the archive of platform.deepseek.com > Usage > Export; unpack it. cost-*.csv \
            is not read.\n\
            Counted: one record per hour, model, key and token type; cached input is separate from fresh input; price \
            times amount is billed where a price is given.\n\
            Lacks: sessions.",
    needs: &["start_time_iso", "end_time_iso", "model", "type", "price", "amount"],
    lacks: &[],
    together: &[],
    key: &["user_id", "start_time_iso", "end_time_iso", "model", "api_key_name", "api_key", "type"],
    read: |row, at, out| {
        let start = row.instant("start_time_iso")?;
        let mut record = blank("deepseek-usage", Authority::Invoice, at, start.at);
        set_period(&mut record, row.end("end_time_iso"));
        let count = row.count("amount")?.ok_or(BAD_COUNT)?;
        match row.text("type") {
            Some("request_count") => record.request_count = Some(count),
            Some("input_cache_hit_tokens") => record.tokens.cache_read = Some(count),
            Some("input_cache_miss_tokens") => record.tokens.input = Some(count),
            Some("output_tokens") => record.tokens.output = Some(count),
            _ => return Err(("bad-row", "a row's type is none that is known")),
        }
        if let Some(price) = row.dollars("price")? {
            let nanos = price.nanos().checked_mul(i128::from(count)).ok_or(BAD_AMOUNT)?;
            record.billed_cost = Some(Money::from_nanos(nanos));
            record.bill.coverage = Coverage::OnDemand;
        }
        record.provider = Some(out.names.intern("deepseek"));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_id", &mut out.names);
        record.project = row.name("api_key_name", &mut out.names);
        Ok(Some(record))
    },
};
