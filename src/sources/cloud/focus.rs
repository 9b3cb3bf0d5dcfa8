//! FOCUS 1.0 to 1.2 cost and usage. Virtual currency is bought in purchase rows (billed) and used in usage rows (not billed):
//! only BilledCost is billed money, ListCost is the gross, and neither is added to the other. A cell without a value is the text
//! `NULL`, as the specification's null handling says; it forbids empty texts and other placeholders.
//!
//! A cloud's bill holds every service; the rows of AI are taken.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::name::Names;
use crate::model::usage::{Grain, TokenCounts, UsageRecord};
use crate::sources::aside::Left;
use crate::sources::cloud::services::{is_ai, is_cloud};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::record::{blank, set_currency, set_period, to_dollars};
use crate::sources::rejection::{BAD_AMOUNT, BAD_TIME, Rejection};
use crate::sources::table::sheet::{Row, Sheet};
use crate::sources::values::currency::other_than_usd;

/// The category of AI.
pub(super) const AI_CATEGORY: &str = "AI and Machine Learning";

pub(crate) static FOCUS: Sheet = Sheet {
    id: "focus",
    title: "FOCUS cost and usage (CSV, Parquet)",
    about: "Export: FOCUS 1.0, 1.1 and 1.2 as clouds and vendors write it, as CSV or Parquet; the names of \
            providers in 1.3 are also read.\n\
            Counted: one record per row whose ServiceCategory is AI and Machine Learning or whose service, publisher or \
            provider is known for AI, and all rows of a vendor that names no category. BilledCost is billed, ListCost the \
            gross, ConsumedQuantity keeps its unit. Another billing currency is converted where the row has dollars \
            (x_BilledCostInUsd, PricingCurrencyEffectiveCost, x_BillingExchangeRate), else the amount keeps its currency. \
            Credits, tokens and other virtual currencies are never dollars. Dates as 4/1/25 are read as month/day/year, as \
            the specification's examples write them. Set aside: rows of other services, and tax; their sums are said.\n\
            Lacks: token types, requests and sessions; the model, unless x_Model names it.",
    needs: &[
        "billedcost",
        "billingcurrency",
        "chargecategory",
        "chargeperiodstart",
        "chargeperiodend",
        "providername|serviceprovidername",
    ],
    lacks: &[],
    together: &[],
    key: &[
        "billingperiodstart",
        "chargeperiodstart",
        "chargeperiodend",
        "chargeclass",
        "billingaccountid",
        "subaccountid",
        "chargecategory",
        "chargedescription",
        "skuid",
        "skupriceid",
        "resourceid",
        "regionid",
        "tags",
    ],
    read: |row, at, out| {
        let cost = Cost::of(row);
        let tax = row.text("chargecategory") == Some("Tax");
        if tax || !is_of_ai(row) {
            let why = if tax { Left::Tax } else { Left::OtherService };
            let amount = cost.as_ref().ok().and_then(|cost| cost.amount);
            out.aside.leave(why, amount, cost.ok().and_then(|cost| cost.currency));
            return Ok(None);
        }
        let cost = cost?;
        let when =
            |name: &'static str| row.instant(name).map(|instant| instant.at).ok().or_else(|| american(row.text(name)?));
        let start = when("chargeperiodstart").ok_or(BAD_TIME)?;
        let mut record = blank("focus", Authority::Invoice, at, start);
        record.time_zone_assumed = true;
        set_period(&mut record, when("chargeperiodend").filter(|end| *end > start));
        let name =
            |name: &'static str, names: &mut Names| if is_null(row, name) { None } else { row.name(name, names) };
        let lowered =
            |name: &'static str, names: &mut Names| if is_null(row, name) { None } else { row.lowered(name, names) };
        record.billed_cost = cost.amount;
        record.bill.gross_cost = if cost.is_as_billed { filled(row, "listcost")? } else { None };
        set_currency(&mut record, cost.currency, &mut out.names);
        record.bill.coverage =
            if row.text("chargecategory") == Some("Usage") { Coverage::OnDemand } else { Coverage::Unknown };
        if !is_null(row, "consumedquantity") {
            record.bill.quantity_micros = row.micros("consumedquantity")?;
            record.bill.unit = name("consumedunit", &mut out.names);
        }
        let names = &mut out.names;
        record.provider = lowered("providername", names).or_else(|| lowered("serviceprovidername", names));
        record.model = name("x_model", names);
        record.project = name("subaccountname", names).or_else(|| name("servicename", names));
        own_usage(row, &mut record, names);
        Ok(Some(record))
    },
};

/// Takes what this program wrote of usage that nobody billed for what it was: tokens, which are priced again.
fn own_usage(row: &Row<'_>, record: &mut UsageRecord, names: &mut Names) {
    let is_unbilled = |basis: &str| ["computed", "tool_estimate", "none"].contains(&basis);
    if !row.is("x_costbasis", is_unbilled) {
        return;
    }
    let arena = Arena::default();
    let Some(tags) = row.text("tags").and_then(|text| arena.read(text).ok()) else { return };
    let tags = Json(&tags);
    let count = |name: &str| tags.count(name).known();
    record.tokens = TokenCounts {
        input: count("input_tokens"),
        cache_read: count("cache_read_input_tokens"),
        cache_write_5m: count("cache_write_5m_tokens"),
        cache_write_1h: count("cache_write_1h_tokens"),
        cache_write_unspecified: count("cache_write_unspecified_tokens"),
        output: count("output_tokens"),
        reasoning: None,
    };
    record.service_tier = names.intern_some(tags.text("service_tier"));
    record.speed = names.intern_some(tags.text("speed"));
    record.inference_geo = row.name("regionid", names);
    record.session = row.name("resourceid", names);
    (record.billed_cost, record.bill.gross_cost) = (None, None);
    (record.bill.quantity_micros, record.bill.unit) = (None, None);
    // A request is written with the length of a second.
    let seconds = record.charge_period_end.map(|end| (end - record.charge_period_start).num_seconds());
    if seconds == Some(1) {
        (record.grain, record.charge_period_end, record.request_count) = (Grain::Request, None, Some(1));
    }
}

fn is_null(row: &Row<'_>, name: &'static str) -> bool {
    row.text(name).is_none_or(|text| text.eq_ignore_ascii_case("NULL"))
}

/// An amount, unless the cell is null.
fn filled(row: &Row<'_>, name: &'static str) -> Result<Option<Money>, Rejection> {
    if is_null(row, name) { Ok(None) } else { row.dollars(name) }
}

/// Whether a row is of AI: by its category, else by the names in it. A vendor that gives no category sells one thing.
fn is_of_ai(row: &Row<'_>) -> bool {
    let names = ["servicename", "publishername", "providername", "serviceprovidername"];
    row.text("servicecategory").is_some_and(|category| category.eq_ignore_ascii_case(AI_CATEGORY))
        || names.into_iter().any(|name| row.is(name, is_ai))
        || (is_null(row, "servicecategory") && !names.into_iter().any(|name| row.text(name).is_some_and(is_cloud)))
}

/// What a row costs: in dollars where the row has them in any of its columns.
struct Cost<'a> {
    amount: Option<Money>,
    /// `None` is US dollars.
    currency: Option<&'a str>,
    /// Whether it is in the currency of the bill, as the other amounts of the row are.
    is_as_billed: bool,
}

impl<'a> Cost<'a> {
    fn of(row: &Row<'a>) -> Result<Self, Rejection> {
        let billed = row.dollars("billedcost")?;
        let currency = row.text("billingcurrency").filter(|currency| !is_us_dollars(currency));
        let as_billed = Self { amount: billed, currency, is_as_billed: true };
        let (Some(billed), Some(_)) = (billed, currency) else { return Ok(as_billed) };
        let is_usd = |name: &'static str| !is_null(row, name) && row.text(name).is_some_and(is_us_dollars);
        let rate = |name: &'static str| if is_null(row, name) { Ok(None) } else { row.scaled(name, 9) };
        let written = OtherAmounts {
            billed_usd: filled(row, "x_billedcostinusd")?,
            effective: filled(row, "effectivecost")?,
            effective_usd: filled(row, "x_effectivecostinusd")?,
            effective_priced: filled(row, "pricingcurrencyeffectivecost")?,
            is_priced_in_usd: is_usd("pricingcurrency") || is_usd("x_pricingcurrency"),
            billing_rate: rate("x_billingexchangerate")?,
            conversion_rate: rate("x_currencyconversionrate")?,
        };
        match written.dollars(billed) {
            None => Ok(as_billed),
            Some(dollars) => Ok(Self { amount: Some(dollars?), currency: None, is_as_billed: false }),
        }
    }
}

/// The columns beside a cost in another currency that show what it is in dollars.
pub(super) struct OtherAmounts {
    pub(super) billed_usd: Option<Money>,
    pub(super) effective: Option<Money>,
    pub(super) effective_usd: Option<Money>,
    /// In the currency of prices.
    pub(super) effective_priced: Option<Money>,
    pub(super) is_priced_in_usd: bool,
    /// Billionths of the bill's currency for one unit of the currency of prices.
    pub(super) billing_rate: Option<i128>,
    /// Billionths of the bill's currency for a dollar.
    pub(super) conversion_rate: Option<i128>,
}

impl OtherAmounts {
    /// What was billed in dollars, as far as the row shows it; an error if that is no amount.
    pub(super) fn dollars(&self, billed: Money) -> Option<Result<Money, Rejection>> {
        if billed == Money::ZERO {
            return Some(Ok(billed));
        }
        if let Some(amount) = self.billed_usd {
            return Some(Ok(amount));
        }
        let priced = self.effective_priced.filter(|_| self.is_priced_in_usd);
        // The effective cost in both currencies makes a rate.
        let effective = self.effective.filter(|cost| *cost != Money::ZERO);
        if let (Some(effective), Some(dollars)) = (effective, self.effective_usd.or(priced)) {
            let scaled = billed.nanos().checked_mul(dollars.nanos()).map(|scaled| scaled / effective.nanos());
            return Some(scaled.map(Money::from_nanos).ok_or(BAD_AMOUNT));
        }
        let rate = self.billing_rate.filter(|_| self.is_priced_in_usd).or(self.conversion_rate)?;
        Some(to_dollars(billed, rate).ok_or(BAD_AMOUNT))
    }
}

pub(super) fn is_us_dollars(currency: &str) -> bool {
    other_than_usd(currency).is_none()
}

/// `4/1/25` as the examples of FOCUS 1.2 write 1 April 2025.
fn american(text: &str) -> Option<DateTime<Utc>> {
    let day = quick(text).or_else(|| NaiveDate::parse_from_str(text, "%m/%d/%y").ok())?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// The same digit by digit, for years from 2000 to 2069.
fn quick(text: &str) -> Option<NaiveDate> {
    let number = |digits: &[u8]| match *digits {
        [one @ b'0'..=b'9'] => Some(u32::from(one - b'0')),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => Some(u32::from(ten - b'0') * 10 + u32::from(one - b'0')),
        _ => None,
    };
    let mut parts = text.as_bytes().split(|byte| *byte == b'/').map(number);
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let is_whole = parts.next().is_none() && year < 70;
    NaiveDate::from_ymd_opt(2000 + i32::try_from(year).ok()?, month, day).filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn american_dates_read_as_chrono_reads_them() {
        for text in [
            "4/1/25", "12/31/69", "04/01/70", "1/2/5", "02/29/24", "2/29/25", "13/1/25", "4/1/2025", "4//25",
            "+4/1/25", "4/1/25/1",
        ] {
            let slow = NaiveDate::parse_from_str(text, "%m/%d/%y").ok();
            assert_eq!(american(text).map(|at| at.date_naive()), slow, "{text}");
        }
    }
}
