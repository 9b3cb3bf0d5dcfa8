//! `GET /organizations/{org}/settings/billing/{usage,premium_request/usage,ai_credit/usage}`: sums of a month or a day.

use chrono::{Months, NaiveDate, NaiveTime};

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::model::usage::Grain;
use crate::sources::aside::Left;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};

pub(crate) static BILLING: Page = Page {
    id: "copilot-billing",
    title: "GitHub billing usage (JSON)",
    about: "Export: answers of GET /organizations/{org}/settings/billing/usage, premium_request/usage and \
            ai_credit/usage.\n\
            Counted: one record per item, a sum of a month, or of a day where the query names one. netAmount is \
            billed, grossAmount is kept separately. Set aside: items of other products than Copilot, GitHub \
            Models and Spark, whose sum is said.\n\
            Lacks: tokens, requests and sessions.",
    needs: &[&["usageItems"], &["usageItems", "sku", "unitType", "netAmount"]],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !page.has("usageItems") {
        return false;
    }
    for item in page.items("usageItems") {
        if item.text("product").is_some_and(super::is_ai_product) {
            row(page, item, sink);
        } else {
            sink.out.leave(Left::OtherService, item.amount("netAmount", DOLLARS).known(), None);
            item.note_numbers();
        }
    }
    true
}

fn row(page: Json<'_>, item: Json<'_>, sink: &mut Sink<'_>) {
    let period = page.at("timePeriod");
    let number = |key: &str| period.number(key).and_then(|n| u32::try_from(n).ok());
    let day = item.instant("date").map(|at| at.date_naive());
    let from_period = number("year").and_then(|year| {
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number("month").unwrap_or(1), number("day").unwrap_or(1))
    });
    let Some(first) = day.or(from_period) else { return sink.reject(NO_TIME) };
    let net = item.amount("netAmount", DOLLARS).required();
    let mut record = sink.draft(Authority::Invoice, first.and_time(NaiveTime::MIN).and_utc());
    let one_day = day.is_some() || number("day").is_some();
    record.grain = if one_day { Grain::Day } else { Grain::Period };
    let end = match (one_day, number("month")) {
        (true, _) => first.succ_opt(),
        (false, Some(_)) => first.checked_add_months(Months::new(1)),
        (false, None) => first.checked_add_months(Months::new(12)),
    };
    record.charge_period_end = end.map(|end| end.and_time(NaiveTime::MIN).and_utc());
    record.billed_cost = net;
    record.gross_cost = item.amount("grossAmount", DOLLARS);
    record.bill.coverage = if net == Amount::Known(Money::ZERO) { Coverage::Included } else { Coverage::OnDemand };
    record.quantity = item.quantity("grossQuantity").or_else(|| item.quantity("quantity"));
    record.bill.unit = sink.name(item.text("unitType"));
    record.provider = sink.name(Some(super::PROVIDER));
    let model = item.text("model");
    record.model = sink.name(model.map(|model| model.strip_prefix("Auto: ").unwrap_or(model)));
    record.user = sink.name(item.text("user").or(page.text("user")));
    record.project =
        sink.name(item.text("organization").or(item.text("organizationName")).or(page.text("organization")));
    record.repository = sink.name(item.text("repositoryName"));
    let first = first.to_string();
    let names = ["sku", "model", "unitType", "user", "organization", "organizationName", "repositoryName"];
    let mut key = vec![first.as_str(), page.text("organization").unwrap_or(""), page.text("user").unwrap_or("")];
    key.extend(names.iter().map(|name| item.text(name).unwrap_or("")));
    sink.add_row(record, &key, item);
}
