//! Portkey log exports: `cost` is **cents**; a hit of the gateway's cache costs nothing upstream.

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, CENTS};
use crate::sources::values::count::Count;

pub(crate) static PORTKEY: Page = Page {
    id: "portkey",
    title: "Portkey logs (JSON lines)",
    about: "Export: the log exports of Portkey, one request a line.\n\
            Counted: one record per request. cost is cents of cost_currency and the gateway's estimate; req_units are all fresh \
            input, because the cached part is not logged; a cache hit is free.\n\
            Lacks: the bill, cached tokens and sessions.",
    needs: &[&["req_units", "res_units"], &["req_units", "res_units", "ai_org", "ai_model"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("req_units") {
        return false;
    }
    let Some(start) = line.instant("created_at") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Gateway, start);
    let (input, output, total) = (line.count("req_units"), line.count("res_units"), line.count("total_units"));
    record.tokens = Written { input, output, total, ..Written::default() }.settle(INSIDE);
    record.request_count = Count::Known(1);
    record.reported_cost = line.amount("cost", CENTS);
    record.set_currency(line.text("cost_currency"), &mut sink.out.names);
    if line.text("cache_status").is_some_and(|status| status.ends_with("HIT")) {
        record.bill.coverage = Coverage::Free;
        record.billed_cost = Amount::Known(Money::ZERO);
    } else if line.number("response_status_code").is_some_and(|status| status >= 400) {
        record.bill.coverage = Coverage::Errored;
    }
    record.provider = sink.name(line.text("ai_org"));
    record.model = sink.name(line.text("ai_model"));
    record.user = sink.name(line.text("metadata/_user").or(line.text("virtual_key")));
    record.tag = sink.name(line.tag(&["metadata"]).as_deref());
    sink.mark_payer(&mut record, &[(line, &["metadata"])]);
    let when = start.to_rfc3339();
    match line.string("id") {
        Some(id) => sink.add_named(record, &[&id, &when]),
        // A trace may hold several requests.
        None => sink.add(record, &[&line.string("trace_id").unwrap_or_default(), &when]),
    }
    true
}
