//! `POST /teams/filtered-usage-events`: times are texts of epoch milliseconds, amounts are float cents; the dashboard's total
//! is `tokenUsage.totalCents` plus `cursorTokenFee`. Buckets are disjoint; events without tokens have no `tokenUsage`.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::{CENTS, scaled};
use crate::sources::export::{NO_TIME, blank};
use crate::sources::json::page::{Json, Page, Sink};

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
    page.get("usageEvents").is_some()
}

fn row(event: Json<'_>, sink: &mut Sink<'_>) {
    let Some(start) = event.instant("timestamp") else { return sink.reject(NO_TIME) };
    let mut record = blank(sink.id, Authority::Invoice, sink.at, start);
    record.request_count = Some(1);
    record.tokens = TokenCounts {
        input: event.count("tokenUsage/inputTokens"),
        cache_read: event.count("tokenUsage/cacheReadTokens"),
        cache_write_unspecified: event.count("tokenUsage/cacheWriteTokens"),
        output: event.count("tokenUsage/outputTokens"),
        ..TokenCounts::default()
    };
    let usage = event.money("tokenUsage/totalCents", CENTS);
    let amount = usage.map(|usage| usage + event.money("cursorTokenFee", CENTS).unwrap_or_default());
    let kind = event.text("kind").unwrap_or("").to_lowercase();
    record.bill.coverage = coverage(&kind);
    record.bill.gross_cost = amount;
    if matches!(record.bill.coverage, Coverage::OnDemand | Coverage::Overage) {
        record.billed_cost = amount;
    }
    let requests = event.string("requestsCosts");
    record.bill.quantity_micros = requests.and_then(|text| i64::try_from(scaled(&text, 6, false)?).ok());
    record.bill.unit = record.bill.quantity_micros.and_then(|_| sink.name(Some("requests")));
    record.provider = sink.name(Some(super::PROVIDER));
    record.model = sink.name(event.text("model"));
    record.user = sink.name(event.text("userEmail"));
    let keys = ["timestamp", "userEmail", "model", "kind"].map(|name| event.string(name).unwrap_or_default());
    sink.add(record, &keys.each_ref().map(|key| &**key));
}

/// Who bears an event, from its kind.
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
