//! Azure cost details (Cost Management > Exports) as CSV. An export holds every service; the rows of model services are
//! taken. Dates are month/day/year in some agreements and ISO in others.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::aside::Left;
use crate::sources::cloud::services::is_ai;
use crate::sources::record::{day, set_currency, to_dollars};
use crate::sources::rejection::{BAD_AMOUNT, Rejection};
use crate::sources::table::sheet::{Row, Sheet};
use crate::sources::values::currency::other_than_usd;
use crate::sources::values::date::Order;

/// The columns that say what a row is of. The Marketplace names a partner's model in place of the service.
const NAMES: [&str; 6] = ["metercategory", "metersubcategory", "metername", "productname", "publishername", "planname"];

pub(crate) static AZURE_COST: Sheet = Sheet {
    id: "azure-cost",
    title: "Azure cost details (CSV)",
    about: "Export: Cost Management > Exports, actual cost.\n\
            Counted: one record per day, resource and meter of a model service (Cognitive Services, Azure OpenAI, Foundry \
            Models, Azure AI) or of a partner's model in the Marketplace. costInUsd is billed, else the cost in billing \
            currency where that is USD, else the cost in pricing currency or at its exchange rate where that is USD; other \
            amounts keep their currency. The meter's name is shown as the model; quantities keep their unit. Set aside: other \
            services' rows and tax, whose sums are said.\n\
            Lacks: tokens by bucket, people, requests and sessions; a deployment is not a model. Its names are \
            known from documentation, not from a customer's file.",
    needs: &[
        "date",
        "metercategory",
        "metersubcategory",
        "metername",
        "quantity",
        "unitofmeasure",
        "costinusd|costinbillingcurrency|cost",
        "costinusd|billingcurrency|billingcurrencycode",
    ],
    lacks: &[],
    together: &[],
    key: &["date", "subscriptionid", "resourceid", "meterid", "metername", "chargetype", "tags"],
    read: |row, at, out| {
        let cost = Cost::of(row);
        if !NAMES.into_iter().any(|name| row.is(name, is_ai)) {
            let amount = cost.as_ref().ok().map(|cost| cost.amount);
            out.aside.leave(Left::OtherService, amount.flatten(), cost.ok().and_then(|cost| cost.currency));
            return Ok(None);
        }
        let cost = cost?;
        if row.text("chargetype").is_some_and(|kind| kind.eq_ignore_ascii_case("tax")) {
            out.aside.leave(Left::Tax, cost.amount, cost.currency);
            return Ok(None);
        }
        // Where the agreement's exports have no ISO dates, the month comes first.
        let start = row.instant_in("date", Order::MonthDayYear)?.at;
        let mut record = day("azure-cost", Authority::Invoice, at, start);
        record.time_zone_assumed = true;
        record.billed_cost = cost.amount;
        set_currency(&mut record, cost.currency, &mut out.names);
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("quantity")?;
        record.bill.unit = row.name("unitofmeasure", &mut out.names);
        record.provider = Some(out.names.intern("azure"));
        record.model = row.name("metername", &mut out.names);
        record.project = row.name("subscriptionname", &mut out.names);
        Ok(Some(record))
    },
};

/// What a row costs: in dollars where the row has them in any of its columns.
struct Cost<'a> {
    amount: Option<Money>,
    /// `None` is US dollars.
    currency: Option<&'a str>,
}

impl<'a> Cost<'a> {
    fn of(row: &Row<'a>) -> Result<Self, Rejection> {
        let dollars = |amount| Ok(Self { amount: Some(amount), currency: None });
        if let Some(amount) = row.dollars("costinusd")? {
            return dollars(amount);
        }
        let billed = match row.dollars("costinbillingcurrency")? {
            Some(amount) => Some(amount),
            None => row.dollars("cost")?,
        };
        let currency = row.text("billingcurrency").or(row.text("billingcurrencycode"));
        let is_usd = |currency: Option<&str>| currency.is_some_and(|currency| other_than_usd(currency).is_none());
        if currency.is_none_or(|currency| is_usd(Some(currency))) {
            return Ok(Self { amount: billed, currency: None });
        }
        if is_usd(row.text("pricingcurrency").or(row.text("pricingcurrencycode"))) {
            if let Some(amount) = row.dollars("costinpricingcurrency")? {
                return dollars(amount);
            }
            let rate = row.scaled("exchangeratepricingtobilling", 9)?;
            if let (Some(billed), Some(rate)) = (billed, rate) {
                return dollars(to_dollars(billed, rate).ok_or(BAD_AMOUNT)?);
            }
        }
        Ok(Self { amount: billed, currency })
    }
}
