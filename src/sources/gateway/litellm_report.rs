//! LiteLLM's spend report (`/global/spend/report`): days, in them teams or customers, in these a row per key and model with all
//! tokens as one number.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static LITELLM_REPORT: Page = Page {
    id: "litellm-report",
    title: "LiteLLM spend report (JSON)",
    about: "Export: GET /global/spend/report, by team or by customer. One of the two: each holds the whole spend again.\n\
            Counted: one record per day, team or customer, model and key. spend is what the gateway charges, in \
            dollars, and counts as billed: total_tokens is a quantity, which without its parts cannot be priced.\n\
            Lacks: input and output, the bill, single requests and sessions.",
    needs: &[&["group_by_day", "total_spend", "metadata"]],
    lacks: &[],
    read,
};

fn read(day: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !day.has("group_by_day") {
        return false;
    }
    let Some(start) = day.instant("group_by_day") else {
        sink.reject(NO_TIME);
        return true;
    };
    let date = start.date_naive().to_string();
    for (list, name) in [("teams", "team_name"), ("customers", "customer")] {
        for owner in day.items(list) {
            owner.at("total_spend").note_numbers();
            for row in owner.items("metadata") {
                let mut record = sink.day(Authority::Gateway, start);
                record.reported_cost = row.amount("spend", DOLLARS);
                // Without the parts of the total nothing else says what they cost.
                record.billed_cost = record.reported_cost;
                record.bill.coverage = Coverage::OnDemand;
                record.quantity = row.count("total_tokens").to_quantity();
                record.bill.unit = sink.name(Some("tokens"));
                record.model = sink.name(row.text("model"));
                record.user = sink.name(row.text("api_key"));
                if list == "teams" {
                    record.team = sink.name(owner.text(name));
                } else {
                    record.user = sink.name(owner.text(name).or(row.text("api_key")));
                }
                let texts = [owner.text(name), row.text("model"), row.text("api_key")].map(Option::unwrap_or_default);
                sink.add(record, &[&date, texts[0], texts[1], texts[2]]);
            }
        }
    }
    true
}
