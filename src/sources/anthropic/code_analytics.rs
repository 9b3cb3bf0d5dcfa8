//! Claude Code analytics: Admin `usage_report/claude_code`, and Enterprise `analytics/users` and `summaries`.
//!
//! A row is a person, a day and a terminal. Its models are usage; its lines, commits and pull requests are value facts, which a
//! row has once and not once per model. Estimated costs are whole cents, and on a subscription they are not spend.

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::CENTS;
use crate::sources::values::count::Count;

pub(crate) static CODE_ANALYTICS: Page = Page {
    id: "claude-code-analytics",
    title: "Claude Code analytics (JSON)",
    about: "Export: pages of GET /v1/organizations/usage_report/claude_code (one UTC day a call, Admin key), or of \
            the Enterprise analytics users and summaries.\n\
            Counted: one record per model of a person's day; estimated_cost is whole cents, kept as the reported \
            cost and never as spend. Sessions, lines, commits, pull requests and accepted edits go to the table of \
            value facts, once per row.\n\
            Lacks: spend, cache lifetimes, single requests, and use through Bedrock, Vertex or Foundry.",
    needs: &[&["core_metrics", "tool_actions"], &["summaries", "daily_active_user_count"]],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for row in page.items("data") {
        person_day(page, row, sink);
    }
    page.has("data") || page.has("summaries")
}

fn person_day(page: Json<'_>, row: Json<'_>, sink: &mut Sink<'_>) {
    let enterprise = row.get("claude_code_metrics");
    let mut times = [(row, "date"), (row, "starting_at"), (page, "date"), (page, "starting_at")].into_iter();
    let Some(start) = times.find_map(|(holder, key)| holder.instant(key)) else {
        if enterprise.is_none() {
            sink.reject(NO_TIME);
        }
        return;
    };
    let users =
        ["actor/email_address", "actor/api_key_name", "actor/email", "user/email_address", "user/email", "email"];
    let user = users.iter().find_map(|key| row.text(key));
    let remote = if row.is_true("is_remote") { "true" } else { "false" };
    let when = start.to_rfc3339();
    let terminal = row.text("terminal_type").unwrap_or("");
    let kind = row.text("customer_type").unwrap_or("");
    let key = [when.as_str(), user.unwrap_or(""), terminal, remote, kind, row.text("organization_id").unwrap_or("")];
    let root = enterprise.unwrap_or(row);
    let (core, actions) = (root.get("core_metrics"), root.get("tool_actions"));
    let metric = |names: &[&str]| core.map_or(Count::Absent, |core| core.first_count(names));
    let tools = |names: &[&str]| {
        let tools = ["edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool"];
        Count::sum(tools.iter().filter_map(|tool| Some(actions?.get(tool)?.first_count(names))))
    };
    let mut value = sink.fact(&key, start);
    value.user = sink.name(user);
    value.sessions = metric(&["num_sessions", "distinct_session_count"]);
    value.lines_added = metric(&["lines_of_code/added", "lines_of_code/added_count"]);
    value.lines_removed = metric(&["lines_of_code/removed", "lines_of_code/removed_count"]);
    value.ai_lines_agent = value.lines_added;
    value.commits = metric(&["commits_by_claude_code", "commit_count"]);
    value.pull_requests = metric(&["pull_requests_by_claude_code", "pull_request_count"]);
    value.accepts = tools(&["accepted", "accepted_count"]);
    value.rejects = tools(&["rejected", "rejected_count"]);
    sink.add_fact(value);
    for model in row.items("model_breakdown") {
        let mut record = sink.day(Authority::VendorUsage, start);
        record.tokens = DraftTokens {
            input: model.count("tokens/input"),
            cache_read: model.count("tokens/cache_read"),
            cache_write_unspecified: model.count("tokens/cache_creation"),
            output: model.count("tokens/output"),
            ..DraftTokens::default()
        };
        record.reported_cost = model.amount("estimated_cost/amount", CENTS);
        record.set_currency(model.text("estimated_cost/currency"), &mut sink.out.names);
        record.bill.coverage = if kind == "subscription" { Coverage::Included } else { Coverage::OnDemand };
        record.bill.revised_at = page.instant("data_refreshed_at");
        record.provider = sink.name(Some(super::PROVIDER));
        record.model = sink.name(model.text("model"));
        record.user = sink.name(user);
        record.project = sink.name(Some("claude_code"));
        let mut parts = key.to_vec();
        parts.push(model.text("model").unwrap_or(""));
        sink.add_row(record, &parts, row);
    }
}
