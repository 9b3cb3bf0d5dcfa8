//! Helicone requests, as its export tool writes them. With Anthropic `prompt_tokens` excludes everything cached, with the
//! other vendors it includes what was read: the provider's own meaning passes through.

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{Convention, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static HELICONE: Page = Page {
    id: "helicone",
    title: "Helicone requests (JSON, JSON lines)",
    about: "Export: `npx @helicone/export --format jsonl`, or the answers of POST /v1/request/query-clickhouse. \
            Its CSV is helicone-csv.\n\
            Counted: one record per request. costUSD (or cost) is the gateway's estimate in dollars; a failed \
            request was not charged. prompt_tokens keeps the vendor's meaning: beside the cached ones with \
            Anthropic, with the read ones in it elsewhere.\n\
            Lacks: the bill, cache lifetimes and sessions. Its names are known from documentation, not from a \
            customer's file.",
    needs: &[&["request_created_at", "prompt_tokens", "request_model"], &["request_created_at", "completion_tokens"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("request_created_at") {
        let rows: Vec<Json<'_>> = line.items("data").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = line.instant("request_created_at") else {
        sink.reject(NO_TIME);
        return true;
    };
    let provider = line.text("provider").unwrap_or("").to_lowercase();
    let (read, written) = (line.count("prompt_cache_read_tokens"), line.count("prompt_cache_write_tokens"));
    let counts = Written {
        input: line.count("prompt_tokens"),
        cache_read: read,
        cache_write: written,
        output: line.count("completion_tokens"),
        reasoning: line.count("reasoning_tokens"),
        total: line.count("total_tokens"),
    };
    let mut record = sink.draft(Authority::Gateway, start);
    record.tokens = counts.settle(convention(&provider, counts));
    record.request_count = Count::Known(1);
    record.reported_cost = line.amount("costUSD", DOLLARS).or_else(|| line.amount("cost", DOLLARS));
    if line.number("response_status").is_some_and(|status| status >= 400) {
        record.bill.coverage = Coverage::Errored;
    }
    record.provider = sink.name(Some(provider.as_str()));
    let models = ["response_model", "model_override", "request_model", "model"];
    record.model = sink.name(models.iter().find_map(|key| line.text(key)));
    record.user = sink.name(line.text("helicone_user").or(line.text("request_user_id")));
    record.tag = sink.name(line.tag(&["properties", "request_properties"]).as_deref());
    let id = line.text("request_id").unwrap_or("");
    record.request = (!id.is_empty()).then(|| hash_text(id));
    sink.mark_payer(&mut record, &[(line, &["properties", "request_properties"])]);
    sink.add_named(record, &[id]);
    true
}

/// What includes what: in older rows as the vendor writes it. Newer rows hold disjoint counts, which shows where the total has the
/// reasoning beside the completion.
fn convention(provider: &str, counts: Written) -> Convention {
    let all = [counts.input, counts.output, counts.reasoning, counts.total];
    let is_disjoint = Count::all_or_zero(all)
        .is_some_and(|[input, output, reasoning, total]| reasoning > 0 && total == input + output + reasoning);
    // Anthropic does not include cached tokens in the prompt.
    let cached_inside = provider != "anthropic" && !is_disjoint;
    Convention { cached_inside, reasoning_inside: !is_disjoint, spills: true }
}
