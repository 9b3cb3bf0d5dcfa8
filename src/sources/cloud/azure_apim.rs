//! Azure API Management's log of language models (`ApiManagementGatewayLlmLog`), as queries of Log Analytics give it: flat rows,
//! or tables of columns and rows. Long messages are continued in further rows, which name no deployment and count nothing.

use crate::model::bill::Authority;
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::map::Map;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::count::Count;

pub(crate) static AZURE_APIM: Page = Page {
    id: "azure-apim",
    title: "Azure API Management LLM log (JSON)",
    about: "The table ApiManagementGatewayLlmLog of a Log Analytics workspace, a request a row.\n\
            Export: `az monitor log-analytics query -w WORKSPACE --analytics-query 'ApiManagementGatewayLlmLog | join \
            kind=leftouter (ApiManagementGatewayLogs | project CorrelationId, ApimSubscriptionId) on CorrelationId' -o json`, or \
            the answer of the query API. Leave RequestMessages and ResponseMessages out of it with project-away.\n\
            Counted: one record per CorrelationId; prompt tokens are all fresh input, because the cached part is not logged, so the \
            list cost is an upper bound; the user is the subscription of the API.\n\
            Lacks: money, cached tokens, people, sessions; counts of streamed answers are estimates. Its names are known from \
            documentation, not from a customer's file.",
    needs: &[&["TimeGenerated", "PromptTokens", "CompletionTokens"], &["tables", "columns", "rows"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("PromptTokens") {
        row(value, sink);
        return true;
    }
    let mut any = false;
    for table in value.items("tables") {
        let names: Vec<&str> = table.items("columns").map(|column| column.text("name").unwrap_or("")).collect();
        if !names.contains(&"PromptTokens") {
            continue;
        }
        any = true;
        for Json(cells) in table.items("rows") {
            let Node::List(cells) = cells else { continue };
            let named: Vec<(&str, Node<'_>)> = names.iter().copied().zip(cells.iter().copied()).collect();
            let named = Map::new(&named);
            let named = Node::Map(&named);
            sink.read_part(Json(&named), |sink| row(Json(&named), sink));
        }
    }
    any
}

fn row(row: Json<'_>, sink: &mut Sink<'_>) {
    if row.0.get("DeploymentName").is_some() && row.text("DeploymentName").is_none() {
        return;
    }
    let Some(start) = row.instant("TimeGenerated") else { return sink.reject(NO_TIME) };
    let mut record = sink.draft(Authority::Gateway, start);
    let (input, output, total) = (row.count("PromptTokens"), row.count("CompletionTokens"), row.count("TotalTokens"));
    record.tokens = Written { input, output, total, ..Written::default() }.settle(INSIDE);
    record.request_count = Count::Known(1);
    record.provider = sink.name(Some("azure"));
    record.model = sink.name(row.text("ModelName"));
    record.user = sink.name(row.text("ApimSubscriptionId"));
    record.project = sink.name(row.text("DeploymentName"));
    let id = row.text("CorrelationId").unwrap_or("");
    record.request = (!id.is_empty()).then(|| hash_text(id));
    let when = if id.is_empty() { start.to_rfc3339() } else { String::new() };
    sink.add(record, &[id, &when]);
}
