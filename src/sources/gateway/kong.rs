//! Kong AI plugins: `ai.<plugin>.usage`, one key per plugin. The plugins of one request repeat its usage, so they are not added:
//! the plugin with the largest total counts, and of equal ones the one that names the model.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

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
    let counted = plugins.iter().map(|(_, plugin)| Json(plugin)).filter(|plugin| plugin.has("usage"));
    let total = |plugin: Json<'_>| plugin.count("usage/total_tokens");
    let largest = counted.clone().max_by_key(|plugin| (total(*plugin).known(), plugin.has("meta")));
    let Some(plugin) = largest else { return true };
    let written = line.instant("started_at").or_else(|| line.instant("timestamp"));
    let Some(start) = written.or_else(|| sink.undated()) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Gateway, start);
    let (input, output) = (plugin.count("usage/prompt_tokens"), plugin.count("usage/completion_tokens"));
    record.tokens = Written { input, output, total: total(plugin), ..Written::default() }.settle(INSIDE);
    counted.for_each(|plugin| record.depends_on(total(plugin)));
    record.request_count = Count::Known(1);
    record.reported_cost = plugin.amount("usage/cost", DOLLARS);
    record.provider = sink.name(plugin.text("meta/provider_name"));
    record.model = sink.name(plugin.text("meta/response_model").or(plugin.text("meta/request_model")));
    record.user = sink.name(line.text("consumer/username"));
    let when = start.to_rfc3339();
    sink.add_named(record, &[line.text("request/id").unwrap_or(""), &when]);
    true
}
