//! Cloudflare AI Gateway logs (REST list, one page; or one log a line).

use crate::model::bill::{Authority, Coverage};
use crate::model::money::Money;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

pub(crate) static CLOUDFLARE: Page = Page {
    id: "cloudflare-ai-gateway",
    title: "Cloudflare AI Gateway logs (JSON)",
    about: "Export: GET /accounts/{account}/ai-gateway/gateways/{id}/logs, page by page, or the same logs one a \
            line.\n\
            Counted: one record per log. cost is the gateway's estimate in dollars; a cached answer is free.\n\
            Lacks: the bill, cached tokens, people and sessions; Logpush's encrypted fields are not read.",
    needs: &[&["tokens_in", "tokens_out"], &["tokens_in", "tokens_out", "cached", "success"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !value.has("tokens_in") {
        let rows: Vec<Json<'_>> = value.items("result").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = value.instant("created_at") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Gateway, start);
    record.tokens =
        DraftTokens { input: value.count("tokens_in"), output: value.count("tokens_out"), ..DraftTokens::default() };
    record.request_count = Count::Known(1);
    record.reported_cost = value.amount("cost", DOLLARS);
    if value.is_true("cached") {
        record.bill.coverage = Coverage::Free;
        record.billed_cost = Amount::Known(Money::ZERO);
    } else if value.is_false("success") {
        record.bill.coverage = Coverage::Errored;
    }
    record.provider = sink.name(value.text("provider"));
    record.model = sink.name(value.text("model"));
    sink.mark_payer(&mut record, &[(value, &["metadata"])]);
    sink.add_named(record, &[value.text("id").unwrap_or("")]);
    true
}
