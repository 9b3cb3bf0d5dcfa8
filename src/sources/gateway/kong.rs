//! Kong AI plugins: `ai.<plugin>.usage`, one key per plugin. The plugins of one request repeat its usage, so the largest of
//! them, and of equal ones one that names the model, is the request and they are not added.

use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::{NO_TIME, blank};
use crate::sources::json::node::Node;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static KONG: Page = Page {
    id: "kong-ai",
    title: "Kong AI proxy logs (JSON)",
    about: "Export: the logs of Kong's http-log or file-log with the AI plugins, one request a line or a file.\n\
            Counted: one record per request: plugins of one request repeat its usage and are not added. cost is \
            the gateway's estimate in dollars. A log without started_at or timestamp is dated at the date of the \
            run.\n\
            Lacks: the bill, cached tokens and sessions.",
    needs: &[&["ai", "time_per_token", "llm_latency"], &["ai", "provider_name", "request_model"]],
    lacks: &[],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(Json(Node::Map(plugins))) = line.get("ai") else { return false };
    let counted = plugins.iter().map(|(_, plugin)| Json(plugin)).filter(|plugin| plugin.get("usage").is_some());
    let Some(plugin) = counted.max_by_key(|plugin| (plugin.count("usage/total_tokens"), plugin.get("meta").is_some()))
    else {
        return true;
    };
    let number = sink.at.line;
    let told = line.instant("started_at").or_else(|| line.instant("timestamp"));
    let Some(start) = told.or_else(|| sink.out.undated(number).map(|undated| undated.at)) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = blank(sink.id, Authority::Gateway, sink.at, start);
    record.tokens = TokenCounts {
        input: plugin.count("usage/prompt_tokens"),
        output: plugin.count("usage/completion_tokens"),
        ..TokenCounts::default()
    };
    record.request_count = Some(1);
    record.reported_cost = plugin.money("usage/cost", DOLLARS);
    record.provider = sink.name(plugin.text("meta/provider_name"));
    record.model = sink.name(plugin.text("meta/response_model").or(plugin.text("meta/request_model")));
    record.user = sink.name(line.text("consumer/username"));
    let when = start.to_rfc3339();
    sink.add_named(record, &[line.text("request/id").unwrap_or(""), &when]);
    true
}
