//! The usage export of LiteLLM's dashboard as JSON: the rows of its table, with amounts as texts.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static LITELLM_USAGE: Page = Page {
    id: "litellm-usage",
    title: "LiteLLM dashboard usage export (JSON)",
    about: "Export: LiteLLM's dashboard > Usage > Export Data, as JSON. One export, of one kind of owner: each holds the \
            whole spend again.\n\
            Counted: as the table of the same export (litellm-usage-csv) is.\n\
            Lacks: the bill, single requests, sessions and cached tokens.",
    needs: &[&["Spend ($)", "Requests", "Total Tokens"]],
    lacks: &[],
    read,
};

fn read(row: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !row.has("Spend ($)") {
        let rows: Vec<Json<'_>> = row.items("data").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = row.instant("Date") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.day(Authority::Gateway, start);
    record.time_zone_assumed = true;
    let (input, output) = (row.count("Prompt Tokens"), row.count("Completion Tokens"));
    record.tokens = DraftTokens { input, output, ..DraftTokens::default() };
    let total = row.count("Total Tokens");
    if input.is_absent() && output.is_absent() {
        record.quantity = total.to_quantity();
        record.bill.unit = sink.name(Some("tokens"));
    }
    record.request_count = row.count("Requests");
    record.reported_cost = row.amount("Spend ($)", DOLLARS);
    // Without a model or without parts of the total nothing else says what they cost.
    record.billed_cost = record.reported_cost;
    record.bill.coverage = Coverage::OnDemand;
    record.model = sink.name(row.text("Model"));
    let text = |keys: &[&str]| keys.iter().find_map(|key| row.text(key));
    record.team = sink.name(text(&["Team", "Team ID", "Tag"]));
    record.project = sink.name(text(&["Organization", "Organization ID"]));
    record.user = sink.name(text(&["User", "User ID", "Customer", "Agent", "Key Alias", "Key ID"]));
    let date = start.date_naive().to_string();
    sink.add_row(record, &[&date], row);
    true
}
