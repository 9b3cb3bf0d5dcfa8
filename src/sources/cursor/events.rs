//! `POST /teams/filtered-usage-events`: times are texts of epoch milliseconds, amounts are float cents; the dashboard's total
//! is `tokenUsage.totalCents` plus `cursorTokenFee`. Buckets are disjoint; events without tokens have no `tokenUsage`.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, CENTS};
use crate::sources::values::count::Count;

pub(crate) static EVENTS: Page = Page {
    id: "cursor-events",
    title: "Cursor Admin usage events (JSON)",
    about: "Export: pages of POST /teams/filtered-usage-events of the Admin API.\n\
            Counted: one record per event, in disjoint buckets; its amount is cents, the fee included: charged \
            events are billed, included ones only have a gross. requestsCosts is kept as requests, never as \
            dollars. `auto` names no model.\n\
            Lacks: sessions and repositories.",
    needs: &[&["usageEvents"], &["usageEvents", "totalUsageEventsCount", "tokenUsage", "userEmail"]],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for event in page.items("usageEvents") {
        row(event, sink);
    }
    page.has("usageEvents")
}

fn row(event: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = event.instant("timestamp") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Invoice, start);
    record.request_count = Count::Known(1);
    record.tokens = DraftTokens {
        input: event.count("tokenUsage/inputTokens"),
        cache_read: event.count("tokenUsage/cacheReadTokens"),
        cache_write_unspecified: event.count("tokenUsage/cacheWriteTokens"),
        output: event.count("tokenUsage/outputTokens"),
        ..DraftTokens::default()
    };
    let usage = event.amount("tokenUsage/totalCents", CENTS);
    let fee = event.amount("cursorTokenFee", CENTS);
    // A fee without an amount for the usage is not an amount.
    let amount = if usage.is_absent() { Amount::Absent } else { usage.plus(fee) };
    let kind = event.text("kind").unwrap_or("").to_lowercase();
    record.bill.coverage = coverage(&kind);
    record.gross_cost = amount;
    if matches!(record.bill.coverage, Coverage::OnDemand | Coverage::Overage) {
        record.billed_cost = amount;
    }
    record.quantity = event.quantity("requestsCosts");
    record.bill.unit = record.quantity.known().and_then(|_| sink.name(Some("requests")));
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(event.text("model"));
    record.user = sink.name(event.text("userEmail"));
    let keys = ["timestamp", "userEmail", "model", "kind"].map(|name| event.string(name).unwrap_or_default());
    sink.add(record, &keys.each_ref().map(|key| &**key));
}

/// Who pays for an event, by its kind.
pub(super) fn coverage(kind: &str) -> Coverage {
    match kind {
        kind if kind.contains("error") => Coverage::Errored,
        kind if kind.contains("free") => Coverage::Free,
        kind if kind.contains("include") => Coverage::Included,
        kind if kind.contains("key") => Coverage::OwnKey,
        kind if kind.contains("usage") || kind.contains("demand") => Coverage::OnDemand,
        _ => Coverage::Unknown,
    }
}
