//! Admin API `usage_report/messages`, and Enterprise `analytics/usage_report` and `user_usage_report`.
//!
//! Buckets of a minute, an hour or a day, UTC. Dimensions are null unless grouped by. No request count in the Admin report.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink, each_result};
use crate::sources::record::{DraftTokens, set_period};
use crate::sources::rejection::NO_TIME;

pub(crate) static USAGE_REPORT: Page = Page {
    id: "anthropic-usage-report",
    title: "Anthropic usage report (JSON)",
    about: "Export: pages of GET /v1/organizations/usage_report/messages (Admin key; group by model, else nothing \
            has a price), or of the Enterprise analytics usage_report and user_usage_report; one page a file, \
            pages one after another, or one a line.\n\
            Counted: one record per bucket and group, in disjoint buckets with both cache lifetimes. A row that \
            comes again replaces the older one (data_refreshed_at, else input order).\n\
            Lacks: money, sessions and, in the Admin report, request counts.",
    needs: &[&["uncached_input_tokens", "starting_at"]],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    each_result(page, "starting_at", &["uncached_input_tokens"], |page, bucket, result| row(page, bucket, result, sink))
}

fn row(page: Json<'_>, bucket_of: Json<'_>, result: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = bucket_of.instant("starting_at") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::VendorUsage, start);
    set_period(&mut record, bucket_of.instant("ending_at"));
    record.tokens = DraftTokens {
        input: result.count("uncached_input_tokens"),
        cache_read: result.count("cache_read_input_tokens"),
        cache_write_5m: result.count("cache_creation/ephemeral_5m_input_tokens"),
        cache_write_1h: result.count("cache_creation/ephemeral_1h_input_tokens"),
        output: result.count("output_tokens"),
        ..DraftTokens::default()
    };
    record.request_count = result.count("requests");
    record.bill.revised_at = page.instant("data_refreshed_at");
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(result.text("model"));
    record.service_tier = sink.name(result.text("service_tier"));
    record.speed = sink.name(result.text("speed"));
    record.inference_geo = sink.name(result.text("inference_geo"));
    let user =
        ["actor/email", "account_id", "service_account_id", "api_key_id"].iter().find_map(|key| result.text(key));
    record.user = sink.name(user);
    record.project = sink.name(result.text("workspace_id").or(result.text("product")));
    let keys = [
        "model",
        "service_tier",
        "context_window",
        "inference_geo",
        "speed",
        "workspace_id",
        "product",
        "api_key_id",
        "account_id",
        "actor/user_id",
        "rbac_group_id",
        "slack_channel_id",
    ];
    let start = start.to_rfc3339();
    let mut key = vec![start.as_str(), bucket_of.text("ending_at").unwrap_or("")];
    key.extend(keys.iter().map(|name| result.text(name).unwrap_or("")));
    sink.add_row(record, &key, result);
}
