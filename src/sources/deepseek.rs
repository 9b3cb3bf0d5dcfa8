//! DeepSeek platform > Export usage: `amount-*.csv` with one row per token type, an hour or a day each, and `cost-*.csv` with
//! what they cost. Both are of the same use, so the second counts only where the first is not there.
//!
//! A price is in the currency of the account and does not name it. Where it is many times the price in dollars, it is in yuan;
//! [`crate::ledger`] finds that, because it needs the price book.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::usage::RecordId;
use crate::sources::record::{blank, set_currency, set_period};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT};
use crate::sources::table::sheet::{Row, Sheet};

const AMOUNTS: &str = "deepseek-usage";
const COSTS: &str = "deepseek-cost";

pub(crate) static DEEPSEEK: Sheet = Sheet {
    id: AMOUNTS,
    title: "DeepSeek usage (CSV)",
    about: "Export: amount-*.csv in the archive of platform.deepseek.com > Usage > Export.\n\
            Counted: one record per hour or day, model, key and token type; cached input is separate from fresh input; price \
            times amount is billed where a price is given. Prices in yuan are found by the price book, and keep their \
            currency.\n\
            Lacks: sessions.",
    needs: &["start_time_iso|utc_date", "model", "type", "price", "amount"],
    lacks: &[],
    together: &[],
    key: &["user_id", "start_time_iso", "end_time_iso", "utc_date", "model", "api_key_name", "api_key", "type"],
    read: |row, at, out| {
        let start = row.instant(start(row))?;
        let mut record = blank(AMOUNTS, Authority::Invoice, at, start.at);
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
            out.pending.resolve(of_one_day(row));
        }
        record.provider = Some(out.names.intern("deepseek"));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_id", &mut out.names);
        record.project = row.name("api_key_name", &mut out.names);
        Ok(Some(record))
    },
};

pub(crate) static DEEPSEEK_COST: Sheet = Sheet {
    id: COSTS,
    title: "DeepSeek cost (CSV)",
    about: "Export: cost-*.csv in the archive of platform.deepseek.com > Usage > Export.\n\
            Counted: one record per hour or day, model and wallet, in the currency that it names; only days, people and models \
            that no amount-*.csv has with a price, because both are of the same use.\n\
            Lacks: tokens, requests and sessions.",
    needs: &["start_time_iso|utc_date", "model", "cost", "currency"],
    lacks: &["type", "amount"],
    together: &[],
    key: &["user_id", "start_time_iso", "end_time_iso", "utc_date", "model", "wallet_type", "currency"],
    read: |row, at, out| {
        let start = row.instant(start(row))?;
        let mut record = blank(COSTS, Authority::Invoice, at, start.at);
        set_period(&mut record, row.end("end_time_iso"));
        record.billed_cost = row.dollars("cost")?.ok_or(BAD_AMOUNT).map(Some)?;
        set_currency(&mut record, row.text("currency"), &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.provider = Some(out.names.intern("deepseek"));
        record.model = row.name("model", &mut out.names);
        record.user = row.name("user_id", &mut out.names);
        out.unless = Some(of_one_day(row));
        Ok(Some(record))
    },
};

/// The column of the time: exports before summer 2026 have whole days.
fn start(row: &Row<'_>) -> &'static str {
    if row.text("start_time_iso").is_some() { "start_time_iso" } else { "utc_date" }
}

/// What the rows of both files have in common: the person, the day as it is written, and the model.
fn of_one_day(row: &Row<'_>) -> RecordId {
    let day = row.text(start(row)).unwrap_or("");
    let day = day.get(..10).unwrap_or(day);
    RecordId::of(&[COSTS, row.text("user_id").unwrap_or(""), day, row.text("model").unwrap_or("")])
}
