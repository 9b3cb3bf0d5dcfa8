//! FOCUS rows as JSON: LiteLLM's `/focus/export`. One row a model and day; its tokens are one sum, so they stay a quantity.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static FOCUS_JSON: Page = Page {
    id: "focus-json",
    title: "FOCUS cost and usage (JSON)",
    about: "Export: LiteLLM's /focus/export: FOCUS rows under data.records, in an array or one a line.\n\
            Counted: one record per model and day. LiteLLM is a gateway: what it calls billed is its estimate, and \
            is kept as reported. Consumed tokens are one sum over all buckets, so they stay a quantity and rows \
            are unpriced at list prices.\n\
            Lacks: token types, requests and sessions.",
    needs: &[&["BilledCost", "ChargeCategory"]],
    lacks: &[],
    folders: None,
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !value.has("BilledCost") {
        let rows: Vec<Json<'_>> = value.items("data/records").chain(value.items("records")).collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
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
    let billed = value.amount("BilledCost", DOLLARS);
    if gateway {
        record.reported_cost = billed;
    } else {
        record.billed_cost = billed;
    }
    record.gross_cost = value.amount("ListCost", DOLLARS);
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
