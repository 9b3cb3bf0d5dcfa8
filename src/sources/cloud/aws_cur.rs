//! AWS Cost and Usage Reports as CSV: the legacy header (`lineItem/UsageType`) and CUR 2.0 (`line_item_usage_type`).
//!
//! A report holds every service; only Bedrock's rows are taken. A usage type ends in the kind of token; its amount counts
//! thousands where the unit says so. Models of third parties are billed through the Marketplace under units of their own:
//! those rows keep their money and fill no bucket.

use crate::model::bill::{Authority, Coverage};
use crate::model::origin::Origin;
use crate::model::usage::UsageRecord;
use crate::sources::Batch;
use crate::sources::record::{blank, set_period};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, NOT_USD, Rejection};
use crate::sources::table::sheet::{Row, Sheet};

const ABOUT: &str = "Export: a Cost and Usage Report as CSV (also gzip), legacy or 2.0, or as Parquet, which reads \
                     like CUR 2.0.\n\
                     Counted: one record per line of Bedrock: its unblended cost is billed; a usage type that ends \
                     in a kind of token fills that set_period, by thousands where pricing/unit says 1K tokens. Set \
                     aside: other services' rows, tax and fees beside usage (not read), other currencies \
                     (rejected).\n\
                     Lacks: people, requests and sessions. Whether units are thousands is inferred from \
                     documentation.";

pub(crate) static AWS_CUR: Sheet = Sheet {
    id: "aws-cur",
    title: "AWS Cost and Usage Report (CSV, legacy header)",
    about: ABOUT,
    needs: &[
        "lineitem/usagestartdate",
        "lineitem/usageenddate",
        "lineitem/productcode",
        "lineitem/usagetype",
        "lineitem/usageamount",
        "lineitem/unblendedcost",
        "lineitem/currencycode",
        "pricing/unit",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "identity/lineitemid",
        "lineitem/usagestartdate",
        "lineitem/usagetype",
        "lineitem/operation",
        "lineitem/usageaccountid",
    ],
    read: |row, at, out| {
        let names = Columns {
            id: "aws-cur",
            start: "lineitem/usagestartdate",
            end: "lineitem/usageenddate",
            product: "lineitem/productcode",
            usage: "lineitem/usagetype",
            amount: "lineitem/usageamount",
            unit: "pricing/unit",
            cost: "lineitem/unblendedcost",
            currency: "lineitem/currencycode",
            account: "lineitem/usageaccountid",
        };
        read(&names, row, at, out)
    },
};

pub(crate) static AWS_CUR_2: Sheet = Sheet {
    id: "aws-cur-2",
    title: "AWS Cost and Usage Report 2.0 (CSV, Parquet)",
    about: ABOUT,
    needs: &[
        "line_item_usage_start_date",
        "line_item_usage_end_date",
        "line_item_product_code",
        "line_item_usage_type",
        "line_item_usage_amount",
        "line_item_unblended_cost",
        "line_item_currency_code",
        "pricing_unit",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "identity_line_item_id",
        "line_item_usage_start_date",
        "line_item_usage_type",
        "line_item_operation",
        "line_item_usage_account_id",
    ],
    read: |row, at, out| {
        let names = Columns {
            id: "aws-cur-2",
            start: "line_item_usage_start_date",
            end: "line_item_usage_end_date",
            product: "line_item_product_code",
            usage: "line_item_usage_type",
            amount: "line_item_usage_amount",
            unit: "pricing_unit",
            cost: "line_item_unblended_cost",
            currency: "line_item_currency_code",
            account: "line_item_usage_account_id",
        };
        read(&names, row, at, out)
    },
};

/// The names of the columns in one of the two headers.
struct Columns {
    id: &'static str,
    start: &'static str,
    end: &'static str,
    product: &'static str,
    usage: &'static str,
    amount: &'static str,
    unit: &'static str,
    cost: &'static str,
    currency: &'static str,
    account: &'static str,
}

/// The ends of usage types, the longer ones first.
const KINDS: [(&str, Bucket); 6] = [
    ("-cache-read-input-token-count", Bucket::Read),
    ("-cache-write-input-token-count", Bucket::Written),
    ("-input-token-count", Bucket::Input),
    ("-output-token-count", Bucket::Output),
    ("-input-tokens", Bucket::Input),
    ("-output-tokens", Bucket::Output),
];

#[derive(Clone, Copy)]
enum Bucket {
    Input,
    Read,
    Written,
    Output,
}

fn read(names: &Columns, row: &Row<'_>, at: Origin, out: &mut Batch) -> Result<Option<UsageRecord>, Rejection> {
    let usage = row.text(names.usage).unwrap_or("");
    let product = row.text(names.product).unwrap_or("");
    let kind = KINDS.iter().find_map(|(end, bucket)| Some((usage.strip_suffix(end)?, *bucket)));
    if !product.contains("Bedrock") && kind.is_none() {
        return Ok(None);
    }
    let start = row.instant(names.start)?;
    let mut record = blank(names.id, Authority::Invoice, at, start.at);
    set_period(&mut record, row.end(names.end));
    if row.text(names.currency).is_some_and(|currency| currency != "USD") {
        return Err(NOT_USD);
    }
    record.billed_cost = row.dollars(names.cost)?.ok_or(BAD_AMOUNT).map(Some)?;
    record.bill.coverage = Coverage::OnDemand;
    if let Some((model, bucket)) = kind {
        let unit = row.text(names.unit).unwrap_or("").to_lowercase();
        let places = if unit.starts_with("1k") {
            3
        } else if unit.starts_with("1m") {
            6
        } else {
            0
        };
        let count = row.scaled(names.amount, places)?.and_then(|count| u64::try_from(count).ok()).ok_or(BAD_COUNT)?;
        let place = match bucket {
            Bucket::Input => &mut record.tokens.input,
            Bucket::Read => &mut record.tokens.cache_read,
            Bucket::Written => &mut record.tokens.cache_write_unspecified,
            Bucket::Output => &mut record.tokens.output,
        };
        *place = Some(count);
        // `USE1-Claude4Sonnet` names a region and a model.
        let named = model.split_once('-').map_or(model, |(_, named)| named);
        record.model = Some(out.names.intern(named));
    }
    record.provider = Some(out.names.intern("aws"));
    record.project = row.name(names.account, &mut out.names);
    Ok(Some(record))
}
