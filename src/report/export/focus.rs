//! The FOCUS table: usage in the columns of FinOps tools.
//!
//! BilledCost is what bills say and nothing else: usage that nobody billed has 0 there, and its worth in ListCost and
//! ContractedCost. The specification allows no null in these columns, so what has no price is 0, and `x_CostBasis` is `none`.

use std::io;

use chrono::Datelike;

use super::{Payers, cost_basis, is_by_seat, quantity};
use crate::ledger::{CostColumn, CountColumn, LedgerRow, TextColumn};
use crate::measure::material::Run;
use crate::model::money::Money;
use crate::model::period::rfc3339;
use crate::report::page::Cell;
use crate::report::sink::Sink;

/// What stands where the specification allows no null and nothing is known.
const UNKNOWN: &str = "unknown";

/// One row per record that counts, in the columns of FOCUS 1.2.
///
/// # Errors
/// Those of the writer.
pub fn focus(run: &Run, sink: &mut Sink<'_>) -> io::Result<()> {
    let payers = Payers::of(run)?;
    for row in run.ledger.rows(&run.period) {
        // What a seat covers is no charge.
        if is_by_seat(&row) {
            continue;
        }
        // A record that another one counts would be money twice; one without a cost is kept for its tokens.
        if row.text(TextColumn::Role).is_some_and(|role| role != "alone")
            && row.cost(CostColumn::Counted).is_none_or(|cost| cost == Money::ZERO)
        {
            continue;
        }
        let text = |column: TextColumn| Cell::Text(row.text(column).map(str::to_owned));
        let known = |column: TextColumn| Cell::text(row.text(column).unwrap_or(UNKNOWN));
        let Costs { currency, billed, list, contracted } = Costs::of(&row);
        let is_credit = billed.nanos() < 0 && row.text(TextColumn::Role) == Some("alone");
        let (quantity, unit) = consumed(&row);
        let (start, end) = (row.start(), row.end());
        let month = start.date_naive().with_day(1).unwrap_or(start.date_naive());
        let next = month.checked_add_months(chrono::Months::new(1)).unwrap_or(month);
        let midnight = |day: chrono::NaiveDate| Cell::text(rfc3339(day.and_time(chrono::NaiveTime::MIN).and_utc()));
        let service = format!("{} {}", row.text(TextColumn::Provider).unwrap_or(UNKNOWN), "language models");
        let described = format!(
            "{} by {}",
            row.text(TextColumn::Model).unwrap_or("unknown model"),
            row.text(TextColumn::Source).unwrap_or(UNKNOWN)
        );
        let session = row.text(TextColumn::Session);
        let cells = [
            ("BilledCost", Cell::Money(Some(billed))),
            ("BillingAccountId", known(TextColumn::VendorProject)),
            ("BillingAccountName", text(TextColumn::VendorProject)),
            ("BillingCurrency", Cell::text(currency)),
            ("BillingPeriodStart", midnight(month)),
            ("BillingPeriodEnd", midnight(next)),
            ("ChargeCategory", Cell::text(if is_credit { "Credit" } else { "Usage" })),
            ("ChargeClass", Cell::Text(None)),
            ("ChargeDescription", Cell::text(described)),
            ("ChargeFrequency", Cell::text("Usage-Based")),
            ("ChargePeriodStart", Cell::text(rfc3339(start))),
            ("ChargePeriodEnd", Cell::text(rfc3339(end.max(start + chrono::TimeDelta::seconds(1))))),
            ("ConsumedQuantity", Cell::Number(Some(quantity.clone()).filter(|_| !is_credit))),
            ("ConsumedUnit", Cell::Text(Some(unit.clone()).filter(|_| !is_credit))),
            ("ContractedCost", Cell::Money(Some(contracted))),
            ("EffectiveCost", Cell::Money(Some(billed))),
            ("InvoiceId", Cell::Text(None)),
            ("InvoiceIssuerName", known(TextColumn::Provider)),
            ("ListCost", Cell::Money(Some(list))),
            ("PricingQuantity", Cell::Number(Some(quantity))),
            ("PricingUnit", Cell::text(unit)),
            ("ProviderName", known(TextColumn::Provider)),
            ("PublisherName", known(TextColumn::Provider)),
            ("RegionId", text(TextColumn::InferenceGeo)),
            ("RegionName", text(TextColumn::InferenceGeo)),
            ("ResourceId", Cell::Text(session.map(str::to_owned))),
            ("ResourceName", Cell::Text(session.map(str::to_owned))),
            ("ResourceType", Cell::Text(session.map(|_| "Session".to_owned()))),
            ("ServiceCategory", Cell::text("AI and Machine Learning")),
            ("ServiceName", Cell::text(service)),
            ("ServiceSubcategory", Cell::text("Generative AI")),
            ("SkuId", text(TextColumn::ModelKey)),
            ("SubAccountId", text(TextColumn::Project)),
            ("SubAccountName", text(TextColumn::Project)),
            ("Tags", Cell::text(tags(&row, &payers))),
            ("x_CostBasis", Cell::text(cost_basis(&row))),
            ("x_CostCenter", Cell::Text(payers.cost_center(&row).map(str::to_owned))),
            ("x_CountedCostInUsd", Cell::Money(row.cost(CostColumn::Counted))),
            ("x_Model", text(TextColumn::Model)),
        ];
        sink.row(&cells)?;
    }
    Ok(())
}

/// The costs of a row, all in the currency of its bill.
struct Costs<'a> {
    currency: &'a str,
    billed: Money,
    list: Money,
    contracted: Money,
}

impl<'a> Costs<'a> {
    fn of(row: &LedgerRow<'a>) -> Self {
        if let (Some(currency), Some(cost)) = (row.text(TextColumn::OtherCurrency), row.cost(CostColumn::OtherCurrency))
        {
            return Self { currency, billed: cost, list: cost, contracted: cost };
        }
        let billed = row.billed();
        let list = row.cost(CostColumn::List).or(row.cost(CostColumn::Gross));
        let is_part = row.text(TextColumn::Role) != Some("alone");
        // What no list price is known of costs what was paid. Where other records count a part, the list price of the whole is not
        // this row's.
        let counted = row.cost(CostColumn::Counted).unwrap_or_default();
        let list = if is_part { counted } else { list.unwrap_or(counted) };
        Self { currency: "USD", billed, list, contracted: if billed == Money::ZERO { list } else { billed } }
    }
}

/// Tokens of all kinds, else what the bill counts, else requests; what nothing counts is one unit.
fn consumed(row: &LedgerRow<'_>) -> (String, String) {
    let mut buckets = CountColumn::BUCKETS.into_iter().filter_map(|one| row.count(one)).peekable();
    if buckets.peek().is_some() {
        return (buckets.sum::<u64>().to_string(), "Tokens".to_owned());
    }
    let of_bill = row.count(CountColumn::QuantityMicros).zip(row.text(TextColumn::Unit));
    match (of_bill, row.count(CountColumn::Requests)) {
        (Some((micros, unit)), _) => (quantity(micros), unit.to_owned()),
        (None, Some(requests)) => (requests.to_string(), "Requests".to_owned()),
        (None, None) => ("1".to_owned(), "Units".to_owned()),
    }
}

/// The owner's tags as JSON, with the record, its branch, its team, what its price depends on, and its tokens by kind.
fn tags(row: &LedgerRow<'_>, payers: &Payers) -> String {
    let mut tags: serde_json::Map<String, serde_json::Value> =
        payers.tags(row).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let own = [
        ("record", Some(row.id())),
        ("branch", row.text(TextColumn::Branch).map(str::to_owned)),
        ("team", payers.team(row).map(str::to_owned)),
        ("service_tier", row.text(TextColumn::ServiceTier).map(str::to_owned)),
        ("speed", row.text(TextColumn::Speed).map(str::to_owned)),
    ];
    tags.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    let buckets =
        CountColumn::BUCKETS.into_iter().filter_map(|one| Some((one.name().to_owned(), row.count(one)?.into())));
    tags.extend(buckets);
    serde_json::Value::Object(tags).to_string()
}
