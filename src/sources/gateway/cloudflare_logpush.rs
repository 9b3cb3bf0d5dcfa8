//! Cloudflare's Logpush of AI Gateway: an event a line, without tokens; what a request cost is in its metrics.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

pub(crate) static CLOUDFLARE_LOGPUSH: Page = Page {
    id: "cloudflare-logpush",
    title: "Cloudflare AI Gateway events by Logpush (JSON lines)",
    about: "Export: a Logpush job of the dataset ai_gateway_events.\n\
            Counted: one record per event; Metrics.cost is the gateway's estimate in dollars, and counts as billed, because \
            tokens are only in the encrypted bodies. A cached answer is free; a failed or limited request was not \
            charged.\n\
            Lacks: tokens, the bill, people and sessions.",
    needs: &[&["Gateway", "Model", "Provider", "StatusCode", "Timestamp"]],
    lacks: &[],
    read,
};

fn read(event: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !event.has("Gateway") || !event.has("Provider") {
        return false;
    }
    let Some(start) = event.instant("Timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Gateway, start);
    record.request_count = Count::Known(1);
    record.reported_cost = event.amount("Metrics/cost", DOLLARS);
    let failed = event.is_true("RateLimited") || event.number("StatusCode").is_some_and(|status| status >= 400);
    if event.is_true("Cached") {
        record.bill.coverage = Coverage::Free;
        record.billed_cost = Amount::Known(Money::ZERO);
    } else if failed {
        record.bill.coverage = Coverage::Errored;
    } else {
        record.billed_cost = record.reported_cost;
        record.bill.coverage = Coverage::OnDemand;
    }
    record.provider = sink.name(event.text("Provider"));
    record.model = sink.name(event.text("Model").or(event.text("RequestedModel")));
    record.project = sink.name(event.text("Gateway"));
    record.tag = sink.name(event.tag(&["Metadata"]).as_deref());
    // An event has no id of its own; all that it holds sets it apart.
    sink.mark_payer(&mut record, &[(event, &["Metadata"])]);
    sink.add(record, &[&event.0.identity()]);
    true
}
