//! FOCUS rows as JSON: LiteLLM's `/focus/export`. One row a model and day; its tokens are one sum, so they stay a quantity.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::aside::Left;
use crate::sources::cloud::focus::{AI_CATEGORY, OtherAmounts, is_us_dollars};
use crate::sources::cloud::services::{is_ai, is_cloud};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};

pub(crate) static FOCUS_JSON: Page = Page {
    id: "focus-json",
    title: "FOCUS cost and usage (JSON)",
    about: "Export: LiteLLM's /focus/export: FOCUS rows under data.records, in an array or one a line.\n\
            Counted: one record per model and day. LiteLLM is a gateway: what it calls billed is its estimate, and \
            is kept as reported. Consumed tokens are one sum over all buckets, so they stay a quantity and rows \
            are unpriced at list prices. A cloud's rows are taken and converted as those of FOCUS as CSV are.\n\
            Lacks: token types, requests and sessions.",
    needs: &[&["BilledCost", "ChargeCategory"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !value.has("BilledCost") {
        let rows: Vec<Json<'_>> = value.items("data/records").chain(value.items("records")).collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let (cost, currency) = cost(value);
    let tax = value.text("ChargeCategory") == Some("Tax");
    if tax || !is_of_ai(value) {
        let why = if tax { Left::Tax } else { Left::OtherService };
        sink.out.leave(why, cost.known(), currency);
        value.note_numbers();
        return true;
    }
    let start = value.instant("ChargePeriodStart").or_else(|| value.instant("BillingPeriodStart"));
    let Some(start) = start else {
        sink.reject(NO_TIME);
        return true;
    };
    let gateway = value.text("PublisherName") == Some("LiteLLM");
    let authority = if gateway { Authority::Gateway } else { Authority::Invoice };
    let mut record = sink.draft(authority, start);
    set_period(
        &mut record,
        value.instant("ChargePeriodEnd").or_else(|| value.instant("BillingPeriodEnd")).filter(|end| *end > start),
    );
    record.time_zone_assumed = true;
    if gateway {
        record.reported_cost = cost;
    } else {
        record.billed_cost = cost;
    }
    let list = value.amount("ListCost", DOLLARS);
    // The other amounts are in the currency of the bill.
    let is_as_billed = currency.is_some() || billing_currency(value).is_none();
    record.gross_cost = if is_as_billed { list } else { Amount::Absent };
    record.set_currency(currency, &mut sink.out.names);
    record.bill.coverage = Coverage::OnDemand;
    record.quantity = value.quantity("ConsumedQuantity");
    record.bill.unit = sink.name(value.text("ConsumedUnit"));
    let provider = value.text("ProviderName").map(str::to_lowercase);
    record.provider = sink.name(provider.as_deref());
    record.model = sink.name(value.text("x_Model").or(value.text("ResourceName")));
    record.team = sink.name(value.text("SubAccountName"));
    let keys = ["BillingPeriodStart", "ChargePeriodStart", "ChargeDescription", "ResourceId", "SubAccountId"];
    let keys = keys.map(|key| value.string(key).unwrap_or_default());
    sink.add_row(record, &keys.each_ref().map(|key| &**key), value);
    true
}

/// The currency of the bill, unless it is US dollars.
fn billing_currency(value: Json<'_>) -> Option<&str> {
    value.text("BillingCurrency").filter(|currency| !is_us_dollars(currency))
}

/// What a row costs, and in which currency unless it is US dollars: in dollars where the row has them.
fn cost(value: Json<'_>) -> (Amount, Option<&str>) {
    let billed = value.amount("BilledCost", DOLLARS);
    let (Some(currency), Some(known)) = (billing_currency(value), billed.known()) else { return (billed, None) };
    let mut is_damaged = false;
    let mut amount = |key: &str| {
        let amount = value.amount(key, DOLLARS);
        is_damaged |= amount.is_invalid();
        amount.known()
    };
    let is_usd = |key: &str| value.text(key).is_some_and(is_us_dollars);
    let written = OtherAmounts {
        billed_usd: amount("x_BilledCostInUsd"),
        effective: amount("EffectiveCost"),
        effective_usd: amount("x_EffectiveCostInUsd"),
        effective_priced: amount("PricingCurrencyEffectiveCost"),
        is_priced_in_usd: is_usd("PricingCurrency") || is_usd("x_PricingCurrency"),
        billing_rate: amount("x_BillingExchangeRate").map(Money::nanos),
        conversion_rate: amount("x_CurrencyConversionRate").map(Money::nanos),
    };
    if is_damaged {
        return (Amount::Invalid, None);
    }
    match written.dollars(known) {
        None => (billed, Some(currency)),
        Some(dollars) => (Amount::known_or_invalid(dollars.ok()), None),
    }
}

/// Whether a row is of AI: by its category, else by the names in it. A vendor that gives no category sells one thing.
fn is_of_ai(value: Json<'_>) -> bool {
    let names = ["ServiceName", "PublisherName", "ProviderName", "ServiceProviderName"];
    let category = value.text("ServiceCategory");
    let any = |judge: fn(&str) -> bool| names.iter().any(|name| value.text(name).is_some_and(judge));
    category.is_some_and(|category| category.eq_ignore_ascii_case(AI_CATEGORY))
        || any(is_ai)
        || (category.is_none() && !any(is_cloud))
}
