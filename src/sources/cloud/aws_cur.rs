//! AWS Cost and Usage Reports as CSV: the legacy header (`lineItem/UsageType`) and CUR 2.0 (`line_item_usage_type`).
//!
//! A report holds every service; only Bedrock's rows are taken. A usage type names the kind of token, perhaps with a tier behind
//! it; its amount counts thousands where the unit says so. Models of partners are sold through the Marketplace: their rows have
//! random product codes and the model in the name of the product, and count millions.
//!
//! Only rows of usage count tokens: credits, refunds and discounts repeat the amount of the usage that they are for. The money
//! of all rows but tax sums to what is paid.

use crate::model::bill::{Authority, Coverage};
use crate::model::origin::Origin;
use crate::model::usage::UsageRecord;
use crate::sources::Batch;
use crate::sources::aside::Left;
use crate::sources::record::{blank, set_currency, set_period};
use crate::sources::rejection::{BAD_AMOUNT, BAD_COUNT, Rejection};
use crate::sources::table::sheet::{Row, Sheet};

const ABOUT: &str = "Export: a Cost and Usage Report as CSV (also gzip), legacy or 2.0, or as Parquet, which reads \
                     like CUR 2.0.\n\
                     Counted: one record per line of Bedrock, and of models that the Marketplace sells as Amazon Bedrock \
                     Edition: its unblended cost is billed, and credits, refunds and discounts lower it. A usage type that \
                     names a kind of token fills that bucket, by thousands where pricing/unit says 1K tokens, by millions in \
                     the Marketplace; only lines of usage do. Amounts in other currencies keep theirs. Set aside: other \
                     services' rows and tax, whose sums are said.\n\
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
            line: "lineitem/lineitemtype",
            described: "lineitem/lineitemdescription",
            names: &["product/productname"],
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
            line: "line_item_line_item_type",
            described: "line_item_line_item_description",
            names: &["product_product_name", "product"],
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
    /// The type of the line: usage, credit, tax …
    line: &'static str,
    described: &'static str,
    /// The product's name, also as JSON with it.
    names: &'static [&'static str],
}

/// What the name of a partner's model ends in, after a bracket and perhaps "Amazon".
const EDITION: &str = "Bedrock Edition)";
/// The line types that are usage. All others repeat the amounts of usage, or have none.
const USAGE_LINES: [&str; 3] = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"];
/// The tiers that change the price, as usage types write them.
const TIERS: [&str; 3] = ["batch", "flex", "priority"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bucket {
    Input,
    Read,
    Written,
    WrittenHour,
    Output,
}

/// What a usage type counts: `USE1-NovaPro-input-tokens-batch`, `MP:USE1_CacheReadInputTokenCount_Global-Units`,
/// `cache_write_tokens_1h_standard`.
#[derive(Debug, PartialEq, Eq)]
struct Counted<'a> {
    /// The model, without the region before it.
    model: &'a str,
    bucket: Bucket,
    tier: Option<&'static str>,
}

impl<'a> Counted<'a> {
    fn of(usage: &'a str) -> Option<Self> {
        // Nearly all rows of a report are of other services.
        memchr::memmem::find(usage.as_bytes(), b"oken")?;
        let find = |words: &[&str]| find_words(usage, words);
        let cache = find(&["cache"]).filter(|(_, end)| {
            let rest = &usage[*end..];
            let rest = rest.trim_start_matches(['-', '_']);
            ["read", "write"].iter().any(|word| starts_with(rest, word))
        });
        let (start, bucket, end) = if let Some((start, end)) = cache {
            let rest = &usage[end..];
            let is_written = find_words(rest, &["write"]).is_some_and(|(at, _)| at <= 1);
            find_words(rest, &["token"])?;
            let hour = is_written && find_words(rest, &["1h"]).is_some();
            let bucket = if hour {
                Bucket::WrittenHour
            } else if is_written {
                Bucket::Written
            } else {
                Bucket::Read
            };
            (start, bucket, end)
        } else if let Some((start, end)) = find(&["input", "token"]) {
            (start, Bucket::Input, end)
        } else {
            let (start, end) = find(&["output", "token"])?;
            (start, Bucket::Output, end)
        };
        let before = usage[..start].trim_end_matches(['-', '_']);
        let before = before.strip_suffix("-mantle").unwrap_or(before);
        // `USE1-Claude4Sonnet` names a region and a model.
        let model = before.split_once('-').map_or(before, |(_, model)| model);
        let tier = TIERS.into_iter().find(|tier| find_words(&usage[end..], &[tier]).is_some());
        Some(Self { model, bucket, tier })
    }
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Where words stand one after another, perhaps with a dash or an underscore between them, whatever their case.
fn find_words(text: &str, words: &[&str]) -> Option<(usize, usize)> {
    let (first, others) = words.split_first()?;
    let letter = first.bytes().next()?;
    memchr::memchr2_iter(letter, letter.to_ascii_uppercase(), text.as_bytes()).find_map(|start| {
        if !starts_with(text.get(start..)?, first) {
            return None;
        }
        let mut end = start + first.len();
        for word in others {
            let rest = text[end..].strip_prefix(['-', '_']).unwrap_or(&text[end..]);
            if !starts_with(rest, word) {
                return None;
            }
            end = text.len() - rest.len() + word.len();
        }
        Some((start, end))
    })
}

/// The model of a partner, by the name of a product or a text that holds it: `{"product_name": "X (Amazon Bedrock Edition)"}`.
fn partner_model(product: &str) -> Option<&str> {
    // Few products have a name in brackets.
    memchr::memchr(b'(', product.as_bytes())?;
    let (before, _) = product.split_once(EDITION)?;
    let (before, _) = before.rsplit_once('(')?;
    let name = before.rsplit('"').next().unwrap_or(before).trim();
    Some(name).filter(|name| !name.is_empty())
}

fn read(names: &Columns, row: &Row<'_>, at: Origin, out: &mut Batch) -> Result<Option<UsageRecord>, Rejection> {
    let partner = names.names.iter().find_map(|name| partner_model(row.text(name)?));
    let usage = row.text(names.usage).unwrap_or("");
    let counted = Counted::of(usage);
    let currency = row.text(names.currency);
    let is_bedrock = row.is(names.product, |product| product.contains("Bedrock"));
    let line = row.text(names.line).unwrap_or("Usage");
    if !is_bedrock && partner.is_none() && counted.is_none() {
        let why = if line == "Tax" { Left::Tax } else { Left::OtherService };
        out.aside.leave(why, row.dollars(names.cost).ok().flatten(), currency);
        return Ok(None);
    }
    if line == "Tax" {
        out.aside.leave(Left::Tax, row.dollars(names.cost)?, currency);
        return Ok(None);
    }
    let start = row.instant(names.start)?;
    let mut record = blank(names.id, Authority::Invoice, at, start.at);
    set_period(&mut record, row.end(names.end));
    record.billed_cost = row.dollars(names.cost)?.ok_or(BAD_AMOUNT).map(Some)?;
    record.bill.coverage = Coverage::OnDemand;
    set_currency(&mut record, currency, &mut out.names);
    if let Some(Counted { model, bucket, tier }) = counted {
        let is_usage = USAGE_LINES.contains(&line);
        let places = places(names, row, partner.is_some() || usage.contains("MP:"));
        // A correction takes back usage; its tokens cannot be taken back, but its money can.
        let count = if is_usage { row.scaled(names.amount, places)?.ok_or(BAD_COUNT)? } else { -1 };
        let place = match bucket {
            Bucket::Input => &mut record.tokens.input,
            Bucket::Read => &mut record.tokens.cache_read,
            Bucket::Written => &mut record.tokens.cache_write_unspecified,
            Bucket::WrittenHour => &mut record.tokens.cache_write_1h,
            Bucket::Output => &mut record.tokens.output,
        };
        *place = if count < 0 { None } else { Some(u64::try_from(count).map_err(|_| BAD_COUNT)?) };
        // What the Marketplace writes before the kind is a region.
        let model = partner.or(Some(model).filter(|model| !model.starts_with("MP:")));
        record.model = out.names.intern_some(model);
        record.service_tier = tier.map(|tier| out.names.intern(tier));
    } else {
        record.model = out.names.intern_some(partner);
    }
    record.provider = Some(out.names.intern("aws"));
    record.project = row.name(names.account, &mut out.names);
    Ok(Some(record))
}

/// How many decimals an amount is moved to be tokens: thousands or millions, by the unit of its price.
fn places(names: &Columns, row: &Row<'_>, is_marketplace: bool) -> u32 {
    let unit = row.text(names.unit).unwrap_or("");
    if starts_with(unit, "1k") {
        3
    } else if starts_with(unit, "1m") {
        6
    } else if is_marketplace {
        let described = row.text(names.described).unwrap_or("");
        if find_words(described, &["thousand"]).is_some() { 3 } else { 6 }
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_type_names_the_kind_of_token_wherever_its_tier_is() {
        for (usage, model, bucket, tier) in [
            ("USE1-NovaPro-input-tokens", "NovaPro", Bucket::Input, None),
            ("USE1-NovaPro-input-tokens-batch", "NovaPro", Bucket::Input, Some("batch")),
            ("USE1-NovaLite-output-tokens-flex", "NovaLite", Bucket::Output, Some("flex")),
            ("EUC1-NovaLite-output-tokens-cross-region-global", "NovaLite", Bucket::Output, None),
            ("USE1-qwen.qwen3-32b-mantle-output-tokens-priority", "qwen.qwen3-32b", Bucket::Output, Some("priority")),
            ("USE1-Nova2-cache-read-input-token-count", "Nova2", Bucket::Read, None),
            ("USE1-Nova2-cache-write-input-token-count-batch", "Nova2", Bucket::Written, Some("batch")),
            ("USE1-MP:USE1_InputTokenCount-Units", "MP:USE1", Bucket::Input, None),
            ("USE1-MP:USE1_OutputTokenCount_Global-Units", "MP:USE1", Bucket::Output, None),
            ("USE1-MP:USE1_CacheReadInputTokenCount-Units", "MP:USE1", Bucket::Read, None),
            ("USE1-MP:USE1_CacheWriteInputTokenCount_Global-Units", "MP:USE1", Bucket::Written, None),
            ("USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", "MP:USE1", Bucket::WrittenHour, None),
            ("USE1-MP:cache_write_tokens_1h_standard-Units", "MP:", Bucket::WrittenHour, None),
            ("USE1-MP:cache_read_tokens_global_standard-Units", "MP:", Bucket::Read, None),
            ("USE1-MP:input_tokens_global_standard-Units", "MP:", Bucket::Input, None),
        ] {
            assert_eq!(Counted::of(usage), Some(Counted { model, bucket, tier }), "{usage}");
        }
        for usage in ["USE1-BoxUsage:m5.large", "USE1-NovaCanvas-T2I-1024-Standard", "CacheNodeUsage:cache.read", ""] {
            assert_eq!(Counted::of(usage), None, "{usage}");
        }
    }

    #[test]
    fn the_name_of_a_product_is_a_partner_s_model() {
        assert_eq!(partner_model("Claude 4 (Amazon Bedrock Edition)"), Some("Claude 4"));
        assert_eq!(partner_model(r#"{"group": "x", "product_name": "M 2 (Amazon Bedrock Edition)"}"#), Some("M 2"));
        assert_eq!(partner_model("Made Up (v2) (Bedrock Edition)"), Some("Made Up (v2)"));
        assert_eq!(partner_model("Amazon Bedrock"), None);
    }
}
