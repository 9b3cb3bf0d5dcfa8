//! Devin's consumption: agent compute units by day, as a map of dates, or since its third version as a list.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::Quantity;
use crate::sources::values::instant::Instant;

pub(crate) static DEVIN: Page = Page {
    id: "devin-consumption",
    title: "Devin consumption (JSON)",
    about: "Export: GET /v2/enterprise/consumption/daily, or the same of an organization in version 3.\n\
            Counted: one record per day; agent compute units (ACUs) are a quantity, and what one costs is in the contract.\n\
            Lacks: dollars, models, tokens and people. Its days are those of the Pacific coast.",
    needs: &[&["total_acus", "consumption_by_date"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    // The same by organization, by user and by product.
    for part in ["total_acus", "consumption_by_org_id", "consumption_by_org", "consumption_by_user"] {
        value.at(part).note_numbers();
    }
    match value.get("consumption_by_date") {
        Some(Json(Node::Map(days))) => {
            for (date, acus) in days.iter() {
                add(Instant::parse(date).map(|instant| instant.at), Json(acus).quantity(""), sink);
            }
        }
        Some(days) => {
            for item in days.items("") {
                item.at("acus_by_product").note_numbers();
                add(item.instant("date"), item.quantity("acus"), sink);
            }
        }
        None => return false,
    }
    true
}

fn add(start: Option<chrono::DateTime<chrono::Utc>>, acus: Quantity, sink: &mut Sink<'_>) {
    let Some(start) = start else { return sink.reject(NO_TIME) };
    let mut record = sink.day(Authority::VendorUsage, start);
    record.time_zone_assumed = true;
    record.quantity = acus;
    record.bill.unit = sink.name(Some("acus"));
    record.provider = sink.name(Some("devin"));
    sink.add(record, &[&start.date_naive().to_string()]);
}
