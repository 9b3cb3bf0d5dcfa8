//! Augment's credits by person, `GET /analytics/v0/credit-usage-by-user`.
//!
//! Source: docs.augmentcode.com/analytics/api-reference: `records[]` with `date` and `model_name` where it was asked for by them.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;

pub(crate) static AUGMENT: Page = Page {
    id: "augment-credits",
    title: "Augment credits by person (JSON)",
    about: "Export: GET /analytics/v0/credit-usage-by-user of Augment's analytics API, by date and by model.\n\
            Counted: one record per day, person and model; credits are a quantity, and what one costs is in the plan. Records without a date, \
            as the API gives them unless it is asked for days, are rejected.\n\
            Lacks: dollars, tokens and sessions.",
    needs: &[&["records", "credits_consumed"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("credits_consumed") {
        add(value, sink);
        return true;
    }
    let mut any = false;
    for record in value.items("records").filter(|record| record.has("credits_consumed")) {
        add(record, sink);
        any = true;
    }
    any
}

fn add(item: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = item.instant("date") else { return sink.reject(NO_TIME) };
    let mut record = sink.day(Authority::VendorUsage, start);
    record.time_zone_assumed = true;
    record.quantity = item.quantity("credits_consumed");
    record.bill.unit = sink.name(Some("augment-credits"));
    record.bill.coverage = Coverage::OnDemand;
    record.provider = sink.name(Some("augment"));
    record.model = sink.name(item.text("model_name"));
    let user = item.text("user_email").or_else(|| item.text("service_account_name"));
    record.user = sink.name(user);
    let key = [item.text("date"), user, item.text("model_name")].map(Option::unwrap_or_default);
    sink.add_row(record, &key, item);
}
