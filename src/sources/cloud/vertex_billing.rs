//! Google Cloud's bills: the export to BigQuery (as CSV or Parquet with flat or nested columns, or as JSON lines), and the
//! console's Cost table. They hold every service; the rows of Vertex AI, the Gemini API and partners' models are taken. A SKU's
//! text names the model and the kind of token; it is kept as it is.
//!
//! In the export, cost is before credits, which are negative and lie in a list beside it: what is paid is their sum. In the Cost
//! table credits are rows of their own.

use chrono::TimeDelta;

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::aside::Left;
use crate::sources::cloud::services::is_ai;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{blank, set_currency, set_period, to_dollars};
use crate::sources::rejection::{BAD_AMOUNT, NO_TIME, Rejection};
use crate::sources::table::sheet::{Row, Sheet};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::currency::other_than_usd;

const BAD_CREDITS: Rejection =
    ("bad-amount", "the credits of a row are not a JSON list of amounts, so what is paid is unknown");

pub(crate) static VERTEX_BILLING: Sheet = Sheet {
    id: "vertex-billing",
    title: "Google Cloud billing export (CSV, Parquet)",
    about: "Export: the table gcp_billing_export of BigQuery, saved as CSV or Parquet. Logged responses of Vertex \
            (full_response) are read as usage-objects.\n\
            Counted: one record per hour or day, project and SKU of Vertex AI, the Gemini API and partners' models. cost and \
            credits together are billed, cost alone is the gross; quantities keep their unit. Another currency is converted by \
            currency_conversion_rate, and keeps its currency without it. Set aside: other services' rows and tax, whose sums \
            are said.\n\
            Lacks: tokens by bucket (a SKU's text is the only word on it), people, requests and sessions. \
            Its names are known from documentation, not from a customer's file.",
    needs: &["service.description", "sku.description", "usage_start_time", "usage_end_time", "cost", "currency"],
    lacks: &[],
    together: &[],
    key: &["usage_start_time", "usage_end_time", "project.id", "sku.id", "sku.description", "cost_type", "labels"],
    read: |row, at, out| {
        let (gross, credits) = (row.dollars("cost"), credits(row));
        if let Some(why) = left(|name| row.is(name, is_ai), row.text("cost_type")) {
            let amount = gross.ok().flatten().map(|gross| gross + credits.unwrap_or_default());
            out.aside.leave(why, amount, row.text("currency"));
            return Ok(None);
        }
        let (gross, credits) = (gross?, credits?);
        let paid = gross.map(|gross| gross + credits);
        let start = row.instant("usage_start_time")?;
        let mut record = blank("vertex-billing", Authority::Invoice, at, start.at);
        set_period(&mut record, row.end("usage_end_time"));
        let currency = row.text("currency");
        let rate = if is_usd(currency) { None } else { row.scaled("currency_conversion_rate", 9)? };
        let in_usd = |amount: Money| rate.map_or(Ok(amount), |rate| to_dollars(amount, rate).ok_or(BAD_AMOUNT));
        record.billed_cost = paid.map(in_usd).transpose()?;
        record.bill.gross_cost = gross.filter(|_| credits != Money::ZERO).map(in_usd).transpose()?;
        set_currency(&mut record, currency.filter(|_| rate.is_none()), &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("usage.amount")?;
        record.bill.unit = row.name("usage.unit", &mut out.names);
        record.provider = Some(out.names.intern("google"));
        record.model = row.name("sku.description", &mut out.names);
        record.project = row.name("project.id", &mut out.names);
        Ok(Some(record))
    },
};

/// Why a row is left out, by its service and the type of its cost.
fn left(is: impl Fn(&'static str) -> bool, kind: Option<&str>) -> Option<Left> {
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("tax")) {
        Some(Left::Tax)
    } else if is("service.description") {
        None
    } else {
        Some(Left::OtherService)
    }
}

fn is_usd(currency: Option<&str>) -> bool {
    currency.and_then(other_than_usd).is_none()
}

/// The sum of the credits of a row, which is negative or nothing: a column with their amount, or JSON with a list of them.
fn credits(row: &Row<'_>) -> Result<Money, Rejection> {
    if let Some(amount) = row.dollars("credits.amount")? {
        return Ok(amount);
    }
    let Some(text) = row.text("credits").filter(|text| !matches!(*text, "[]" | "null" | "NULL")) else {
        return Ok(Money::ZERO);
    };
    let arena = Arena::default();
    let list = arena.read(text).map_err(|_| BAD_CREDITS)?;
    sum_of_credits(Json(&list)).known().ok_or(BAD_CREDITS)
}

fn sum_of_credits(list: Json<'_>) -> Amount {
    let Node::List(credits) = list.0 else { return Amount::Invalid };
    let amounts = credits.iter().map(|credit| Json(credit).amount("amount", DOLLARS).required());
    amounts.fold(Amount::Known(Money::ZERO), Amount::plus)
}

pub(crate) static VERTEX_BILLING_JSON: Page = Page {
    id: "vertex-billing-json",
    title: "Google Cloud billing export (JSON lines)",
    about: "Export: the table gcp_billing_export of BigQuery, saved as JSON lines or as an array.\n\
            Counted: as vertex-billing.\n\
            Lacks: tokens by bucket, people, requests and sessions. Its names are known from documentation, not from a \
            customer's file.",
    needs: &[&["service", "sku", "usage_start_time", "usage_end_time", "cost", "currency"]],
    lacks: &[],
    read: |row, sink| {
        if !row.has_map("service") || !row.has("cost") {
            return false;
        }
        json_row(row, sink);
        true
    },
};

fn json_row(row: Json<'_>, sink: &mut Sink<'_>) {
    let gross = row.amount("cost", DOLLARS);
    let credits = if row.has("credits") { sum_of_credits(row.at("credits")) } else { Amount::Absent };
    let paid = gross.plus(credits);
    let currency = row.text("currency");
    let is = |_| row.text("service/description").is_some_and(is_ai);
    if let Some(why) = left(is, row.text("cost_type")) {
        row.note_numbers();
        return sink.out.leave(why, paid.known(), currency);
    }
    let Some(start) = row.instant("usage_start_time") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    set_period(&mut record, row.instant("usage_end_time"));
    let rate = row.amount("currency_conversion_rate", DOLLARS);
    let rate = if is_usd(currency) { Amount::Absent } else { rate };
    let in_usd = |amount: Amount| match (amount, rate) {
        (Amount::Known(amount), Amount::Known(rate)) => Amount::known_or_invalid(to_dollars(amount, rate.nanos())),
        (_, Amount::Invalid) => Amount::Invalid,
        _ => amount,
    };
    record.billed_cost = in_usd(paid);
    if credits.known().is_some_and(|credits| credits != Money::ZERO) {
        record.gross_cost = in_usd(gross);
    }
    record.set_currency(currency.filter(|_| rate.is_absent()), &mut sink.out.names);
    record.bill.coverage = Coverage::OnDemand;
    record.quantity = row.quantity("usage/amount");
    record.bill.unit = sink.name(row.text("usage/unit"));
    record.provider = sink.name(Some("google"));
    record.model = sink.name(row.text("sku/description"));
    record.project = sink.name(row.text("project/id"));
    let keys = ["usage_start_time", "usage_end_time", "project/id", "sku/id", "sku/description", "cost_type"];
    let mut key: Vec<String> = keys.iter().map(|key| row.string(key).unwrap_or_default().into_owned()).collect();
    key.push(row.at("labels").to_string());
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    sink.add_row(record, &key, row);
}

/// The names of the columns with exact and with rounded costs, by currency: the console writes its mark into the header.
const COSTS: [(&str, &str, &str); 9] = [
    ("unrounded cost", "cost", "USD"),
    ("unrounded cost (€)", "cost (€)", "EUR"),
    ("unrounded cost (£)", "cost (£)", "GBP"),
    ("unrounded cost (¥)", "cost (¥)", "JPY"),
    ("unrounded cost (₹)", "cost (₹)", "INR"),
    ("unrounded cost (CHF)", "cost (CHF)", "CHF"),
    ("unrounded cost (CA$)", "cost (CA$)", "CAD"),
    ("unrounded cost (A$)", "cost (A$)", "AUD"),
    ("unrounded cost (R$)", "cost (R$)", "BRL"),
];

pub(crate) static GOOGLE_COST_TABLE: Sheet = Sheet {
    id: "google-cost-table",
    title: "Google Cloud cost table (CSV)",
    about: "Export: the console > Billing > Cost table > Download CSV.\n\
            Counted: one record per row of Vertex AI, the Gemini API and partners' models: the unrounded cost, else the cost, \
            is billed. Credits are rows of their own and lower it; quantities keep their unit. Other currencies than dollars, \
            which the header names, keep theirs. Set aside: other services' rows and tax, whose sums are said.\n\
            Lacks: days (rows sum a month), tokens by bucket, people, requests and sessions.",
    needs: &[
        "service description",
        "sku description",
        "usage start date",
        "usage end date",
        "cost|cost ($)|cost (€)|cost (£)|cost (¥)|cost (₹)|cost (CHF)|cost (CA$)|cost (A$)|cost (R$)",
    ],
    lacks: &["currency", "usage_start_time"],
    together: &[],
    key: &[
        "billing account id",
        "project id",
        "sku id",
        "sku description",
        "usage start date",
        "usage end date",
        "credit type",
        "cost type",
    ],
    read: |row, at, out| {
        let (cost, currency) = table_cost(row)?;
        if let Some(why) = left(|_| row.is("service description", is_ai), row.text("cost type")) {
            out.aside.leave(why, cost, currency);
            return Ok(None);
        }
        let start = row.instant("usage start date")?;
        let mut record = blank("google-cost-table", Authority::Invoice, at, start.at);
        record.time_zone_assumed = true;
        // The last day is part of the period.
        let end = row.instant("usage end date").ok();
        let end = end.map(|end| if end.is_day { end.at + TimeDelta::days(1) } else { end.at });
        set_period(&mut record, end.filter(|end| *end > start.at));
        record.billed_cost = cost;
        set_currency(&mut record, currency, &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("usage amount")?;
        record.bill.unit = row.name("usage unit", &mut out.names);
        record.provider = Some(out.names.intern("google"));
        record.model = row.name("sku description", &mut out.names);
        record.project = row.name("project id", &mut out.names);
        Ok(Some(record))
    },
};

/// The cost of a row, and its currency.
fn table_cost(row: &Row<'_>) -> Result<(Option<Money>, Option<&'static str>), Rejection> {
    for (exact, rounded, currency) in COSTS {
        let cost = match row.dollars(exact)? {
            Some(cost) => Some(cost),
            None => row.dollars(rounded)?,
        };
        if cost.is_some() {
            return Ok((cost, Some(currency)));
        }
    }
    Ok((None, None))
}
