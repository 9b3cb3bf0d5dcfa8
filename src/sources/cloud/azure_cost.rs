//! Azure cost details (Cost Management > Exports) as CSV. An export holds every service; the rows of model services are
//! taken. Dates are month/day/year in some agreements and ISO in others.

use crate::model::bill::{Authority, Coverage};
use crate::sources::record::day;
use crate::sources::rejection::NOT_USD;
use crate::sources::table::sheet::Sheet;
use crate::sources::values::date::Order;

/// The meter categories of model services.
const SERVICES: [&str; 5] =
    ["cognitive services", "azure openai", "foundry models", "azure ai", "azure machine learning"];

pub(crate) static AZURE_COST: Sheet = Sheet {
    id: "azure-cost",
    title: "Azure cost details (CSV)",
    about: "Export: Cost Management > Exports, actual cost.\n\
            Counted: one record per day, resource and meter whose category is a model service (Cognitive Services, \
            Azure OpenAI, Foundry Models, Azure AI). costInUsd is billed, else the cost in billing currency where \
            that is USD. The meter's name is shown as the model; quantities keep their unit. Set aside: other \
            services' rows (not read), other currencies without costInUsd (rejected).\n\
            Lacks: tokens by set_period, people, requests and sessions; a deployment is not a model. Its names are \
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
        let category = row.text("metercategory").unwrap_or("").to_lowercase();
        let part = row.text("metersubcategory").unwrap_or("").to_lowercase();
        if !SERVICES.iter().any(|service| category.starts_with(service)) && !part.contains("openai") {
            return Ok(None);
        }
        // Where the agreement's exports have no ISO dates, the month comes first.
        let start = row.instant_in("date", Order::MonthDayYear)?.at;
        let mut record = day("azure-cost", Authority::Invoice, at, start);
        record.time_zone_assumed = true;
        let currency = row.text("billingcurrency").or(row.text("billingcurrencycode"));
        record.billed_cost = match row.dollars("costinusd")? {
            Some(dollars) => Some(dollars),
            None if currency.is_some_and(|currency| currency != "USD") => {
                return Err(NOT_USD);
            }
            None => match row.dollars("costinbillingcurrency")? {
                Some(dollars) => Some(dollars),
                None => row.dollars("cost")?,
            },
        };
        record.bill.coverage = Coverage::OnDemand;
        record.bill.quantity_micros = row.micros("quantity")?;
        record.bill.unit = row.name("unitofmeasure", &mut out.names);
        record.provider = Some(out.names.intern("azure"));
        record.model = row.name("metername", &mut out.names);
        record.project = row.name("subscriptionname", &mut out.names);
        Ok(Some(record))
    },
};
