//! Admin API `cost_report`, and Enterprise `analytics/cost_report` and `user_cost_report`. Amounts are decimal texts in
//! **cents**. Priority Tier cost is absent. Enterprise rows are revised for 30 days.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink, each_result};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::CENTS;

pub(crate) static COST_REPORT: Page = Page {
    id: "anthropic-cost-report",
    title: "Anthropic cost report (JSON)",
    about: "Export: pages of GET /v1/organizations/cost_report (Admin key; group by description), or of the \
            Enterprise analytics cost_report and user_cost_report.\n\
            Counted: one record per day and item. amount is in cents, also as a fraction: \"123.45\" is $1.2345; \
            list_amount is the gross. A row that comes again replaces the older one.\n\
            Lacks: Priority Tier, tokens, keys and, in the Admin report, people.",
    needs: &[&["amount", "cost_type", "starting_at"]],
    lacks: &["core_metrics"],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    each_result(page, "starting_at", &["amount"], |page, bucket, result| row(page, bucket, result, sink))
}

fn row(page: Json<'_>, bucket_of: Json<'_>, result: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = bucket_of.instant("starting_at") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    set_period(&mut record, bucket_of.instant("ending_at"));
    record.billed_cost = result.amount("amount", CENTS).required();
    record.gross_cost = result.amount("list_amount", CENTS);
    record.set_currency(result.text("currency"), &mut sink.out.names);
    record.bill.coverage = Coverage::OnDemand;
    record.bill.revised_at = page.instant("data_refreshed_at");
    record.request_count = result.count("requests");
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(result.text("model"));
    record.service_tier = sink.name(result.text("service_tier"));
    record.speed = sink.name(result.text("speed"));
    record.inference_geo = sink.name(result.text("inference_geo"));
    record.user = sink.name(result.text("actor/email"));
    record.project = sink.name(result.text("workspace_id").or(result.text("product")));
    let keys = [
        "cost_type",
        "token_type",
        "description",
        "model",
        "service_tier",
        "context_window",
        "inference_geo",
        "speed",
        "workspace_id",
        "product",
        "actor/user_id",
        "rbac_group_id",
        "slack_channel_id",
    ];
    let start = start.to_rfc3339();
    let mut key = vec![start.as_str(), bucket_of.text("ending_at").unwrap_or("")];
    key.extend(keys.iter().map(|name| result.text(name).unwrap_or("")));
    sink.add_row(record, &key, result);
}
