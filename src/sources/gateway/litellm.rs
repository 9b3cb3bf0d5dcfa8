//! LiteLLM spend logs and standard logging payloads. `metadata` may be JSON inside a text; times without a zone are UTC;
//! `prompt_tokens` includes cached tokens, whose counts are only in `metadata.usage_object`.

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::money::Money;
use crate::model::name::Names;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::NO_TIME;
use crate::sources::usage_object::{self, anthropic};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

pub(crate) static LITELLM: Page = Page {
    id: "litellm",
    title: "LiteLLM spend logs (JSON)",
    about: "Export: GET /spend/logs (an array) or /spend/logs/v2, rows of LiteLLM_SpendLogs, or standard logging \
            payloads, one a line or one a file.\n\
            Counted: one record per request_id. spend and response_cost are the gateway's estimate in dollars. \
            Cached input is taken from metadata.usage_object; a hit of the gateway's own cache is free, a failure \
            was not charged. Advisers and compactions are requests of their own. A request without tokens, such as a rank or an image, costs its spend. The table as CSV is litellm-csv.\n\
            Lacks: the bill and cache lifetimes.",
    needs: &[&["spend", "prompt_tokens", "startTime"], &["response_cost", "prompt_tokens", "startTime"]],
    lacks: &[],
    read,
};

/// Where the metadata of a request holds tags; the empty path is the metadata itself.
const TAGS: &[&str] = &["tags", "spend_logs_metadata", ""];

/// Where it says who pays.
const MARKS: &[&str] = &[
    "user_api_key_alias",
    "user_api_key_team_alias",
    "user_api_key_org_id",
    "cost_center",
    "tags",
    "spend_logs_metadata",
];

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("prompt_tokens") || !line.has("startTime") {
        let rows: Vec<Json<'_>> = line.items("data").collect();
        return rows.into_iter().filter(|row| read(*row, sink)).count() > 0;
    }
    let Some(start) = line.instant("startTime") else {
        sink.reject(NO_TIME);
        return true;
    };
    let inside = line.text("metadata").and_then(|text| sink.arena.read(text).ok());
    let metadata = inside.as_ref().map(Json).or(line.get("metadata"));
    let mut record = Draft::new(blank(sink.id, Authority::Gateway, sink.at, start));
    fill_from(line, metadata, &mut record, sink);
    count_spend(&mut record, line.amount("spend", DOLLARS).or_else(|| line.amount("response_cost", DOLLARS)));
    let id = line.text("request_id").or(line.text("id")).unwrap_or("");
    let when = if id.is_empty() { start.to_rfc3339() } else { String::new() };
    sink.add_named(record, &[id, &when]);
    let usage = metadata.and_then(|metadata| metadata.get("usage_object"));
    let others = usage.into_iter().flat_map(|usage| anthropic::beside_renamed(usage, line.text("model")));
    for ((own, tokens), number) in others.zip(0_u64..) {
        // What the gateway says of the cost is that of the whole request.
        let mut record = Draft::new(blank(sink.id, Authority::Gateway, sink.at, start));
        fill_from(line, metadata, &mut record, sink);
        record.tokens = tokens;
        record.model = sink.name(own).or(record.model);
        sink.add_named(record, &[id, &when, &number.to_string()]);
    }
    if let Some(inside) = &inside {
        sink.check_inside(Json(inside));
    }
    true
}

/// Fills the record of a request and says who pays for it.
fn fill_from(line: Json<'_>, metadata: Option<Json<'_>>, record: &mut Draft, sink: &mut Sink<'_>) {
    fill(record, line, metadata, &mut sink.out.names);
    let marks = [(line, ["request_tags"].as_slice()), (metadata.unwrap_or(Json(&Node::Null)), MARKS)];
    sink.mark_payer(record, &marks);
}

/// Keeps what the gateway says a record cost. Without any token it counts as billed: ranks, images and speech are priced by the
/// piece, and nothing else says what they cost.
pub(super) fn count_spend(record: &mut Draft, spend: Amount) {
    record.reported_cost = spend;
    let is_unpaid = matches!(record.bill.coverage, Coverage::Free | Coverage::Errored);
    if record.tokens.is_zero() && !is_unpaid && spend.known().is_some_and(|spend| spend != Money::ZERO) {
        record.billed_cost = spend;
        record.bill.coverage = Coverage::OnDemand;
    }
}

/// Fills the record of a request with everything but its time, what it cost and who pays for it.
pub(super) fn fill(record: &mut Draft, line: Json<'_>, metadata: Option<Json<'_>>, names: &mut Names) {
    let detailed = metadata.and_then(|metadata| metadata.get("usage_object"));
    let usage = detailed.and_then(usage_object::read_usage).or_else(|| usage_object::read_usage(line));
    record.tokens = usage.map_or(DraftTokens::INVALID, |usage| usage.tokens);
    record.request_count = Count::Known(1);
    if line.text("status") == Some("failure") {
        record.bill.coverage = Coverage::Errored;
    } else if line.string("cache_hit").is_some_and(|hit| ["true", "t"].contains(&&*hit.to_ascii_lowercase())) {
        record.bill.coverage = Coverage::Free;
        record.billed_cost = Amount::Known(Money::ZERO);
    }
    record.provider = names.intern_some(line.text("custom_llm_provider"));
    record.model = names.intern_some(line.text("model"));
    record.user = names.intern_some(line.text("user").or(line.text("end_user")).or(line.text("api_key")));
    record.team = names.intern_some(line.text("team_id"));
    record.project = names.intern_some(line.text("organization_id"));
    let tag = line.tag(&["request_tags"]).or(metadata.and_then(|all| all.tag(TAGS)));
    record.tag = names.intern_some(tag.as_deref());
    record.session = names.intern_some(line.text("session_id"));
    record.request = line.text("request_id").or(line.text("id")).map(hash_text);
}
