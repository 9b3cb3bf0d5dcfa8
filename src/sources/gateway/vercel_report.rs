//! Vercel AI Gateway custom reports (`GET /v1/report`): sums per day and whatever the report was grouped by. Input includes
//! cached tokens; `total_cost` is what Vercel charges, `market_cost` the list price, also where one's own key paid.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;

pub(crate) static VERCEL_REPORT: Page = Page {
    id: "vercel-report",
    title: "Vercel AI Gateway reports (JSON)",
    about: "Export: GET /v1/report?date_part=day&group_by=model of the AI Gateway; rows without a model are \
            unpriced.\n\
            Counted: one record per day and group. total_cost is billed, market_cost the gross; rows of the \
            customer's own keys are billed by the vendor. Cached tokens are taken out of the input.\n\
            Lacks: single requests and sessions. Its names are known from documentation, not from a customer's \
            file.",
    needs: &[&["results", "total_cost", "market_cost"]],
    lacks: &[],
    read,
};

fn read(report: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for row in report.items("results") {
        let Some(start) = row.instant("day").or_else(|| row.instant("hour")) else {
            sink.reject(NO_TIME);
            continue;
        };
        let (read, written) = (row.count("cached_input_tokens"), row.count("cache_creation_input_tokens"));
        let mut record = sink.day(Authority::Invoice, start);
        record.tokens = DraftTokens {
            input: row.count("input_tokens").minus(read).minus(written),
            cache_read: read,
            cache_write_unspecified: written,
            output: row.count("output_tokens"),
            reasoning: row.count("reasoning_tokens"),
            ..DraftTokens::default()
        };
        record.request_count = row.count("request_count");
        record.billed_cost = row.amount("total_cost", DOLLARS);
        record.gross_cost = row.amount("market_cost", DOLLARS);
        let own = row.text("credential_type") == Some("byok");
        record.bill.coverage = if own { Coverage::OwnKey } else { Coverage::OnDemand };
        record.provider = sink.name(Some("vercel"));
        record.model = sink.name(row.text("model"));
        record.user = sink.name(row.text("user"));
        record.team = sink.name(row.text("tag"));
        let keys = ["day", "hour", "model", "user", "tag", "provider", "credential_type"];
        let keys = keys.map(|key| row.string(key).unwrap_or_default());
        sink.add_row(record, &keys.each_ref().map(|key| &**key), row);
    }
    report.has("results")
}
