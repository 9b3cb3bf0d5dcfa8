//! `GET /v1/organization/costs`: days in Unix seconds, dollars. No people.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink, each_result};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static COSTS: Page = Page {
    id: "openai-costs",
    title: "OpenAI organization costs (JSON)",
    about: "Export: pages of GET /v1/organization/costs (Admin key; group_by line_item and project_id).\n\
            Counted: one record per day, line item and project, in dollars; an amount in another currency keeps \
            it. A day that comes again replaces the older one.\n\
            Lacks: people, tokens and sessions.",
    needs: &[&["line_item", "amount", "start_time"]],
    lacks: &["start_time_iso"],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    each_result(page, "start_time", &["amount"], |_, bucket, result| row(bucket, result, sink))
}

fn row(bucket_of: Json<'_>, result: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = bucket_of.instant("start_time") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    set_period(&mut record, bucket_of.instant("end_time"));
    record.billed_cost = result.amount("amount/value", DOLLARS).required();
    record.set_currency(result.text("amount/currency"), &mut sink.out.names);
    record.bill.coverage = Coverage::OnDemand;
    record.provider = sink.name(Some(super::PROVIDER));
    let item = result.text("line_item");
    record.model = sink.name(item.and_then(|item| item.split(", ").next()));
    record.user = sink.name(result.text("api_key_id"));
    record.project = sink.name(result.text("project_id"));
    let when = start.to_rfc3339();
    let key = [
        when.as_str(),
        item.unwrap_or(""),
        result.text("project_id").unwrap_or(""),
        result.text("api_key_id").unwrap_or(""),
    ];
    sink.add_row(record, &key, result);
}
