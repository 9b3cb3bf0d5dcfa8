//! Claude Code analytics: Admin `usage_report/claude_code`, and Enterprise `analytics/users` and `summaries`.
//!
//! A row is a person, a day and a terminal. Its models are usage; its lines, commits and pull requests are value facts, and
//! stand once per row, not once per model. Estimated costs are whole cents and no spend on a subscription.

use crate::model::bill::{Authority, Coverage};
use crate::model::usage::TokenCounts;
use crate::sources::export::amount::CENTS;
use crate::sources::export::{NO_TIME, day, fact};
use crate::sources::json::page::{Json, Page, Sink};

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
    page.get("data").is_some() || page.get("summaries").is_some()
}

fn person_day(page: Json<'_>, row: Json<'_>, sink: &mut Sink<'_>) {
    let enterprise = row.get("claude_code_metrics");
    let mut times = [(row, "date"), (row, "starting_at"), (page, "date"), (page, "starting_at")].into_iter();
    let Some(start) = times.find_map(|(told, key)| told.instant(key)) else {
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
    let metric = |names: &[&str]| core.and_then(|core| core.first(names));
    let tools = |words: &[&str]| {
        let tools = ["edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool"];
        let counts = tools.iter().filter_map(|tool| actions?.get(tool)?.first(words));
        counts.fold(None, |sum: Option<u64>, count| Some(sum.unwrap_or(0) + count))
    };
    let mut value = fact(sink.id, &key, sink.at, start);
    value.user = sink.name(user);
    value.sessions = metric(&["num_sessions", "distinct_session_count"]);
    value.lines_added = metric(&["lines_of_code/added", "lines_of_code/added_count"]);
    value.lines_removed = metric(&["lines_of_code/removed", "lines_of_code/removed_count"]);
    value.ai_lines_agent = value.lines_added;
    value.commits = metric(&["commits_by_claude_code", "commit_count"]);
    value.pull_requests = metric(&["pull_requests_by_claude_code", "pull_request_count"]);
    value.accepts = tools(&["accepted", "accepted_count"]);
    value.rejects = tools(&["rejected", "rejected_count"]);
    sink.out.values.add(value);
    for model in row.items("model_breakdown") {
        let mut record = day(sink.id, Authority::VendorUsage, sink.at, start);
        record.tokens = TokenCounts {
            input: model.count("tokens/input"),
            cache_read: model.count("tokens/cache_read"),
            cache_write_unspecified: model.count("tokens/cache_creation"),
            output: model.count("tokens/output"),
            ..TokenCounts::default()
        };
        record.reported_cost = model.money("estimated_cost/amount", CENTS);
        record.bill.coverage = if kind == "subscription" { Coverage::Included } else { Coverage::OnDemand };
        record.bill.revised_at = page.instant("data_refreshed_at");
        record.provider = sink.name(Some(super::PROVIDER));
        record.model = sink.name(model.text("model"));
        record.user = sink.name(user);
        record.project = sink.name(Some("claude_code"));
        let mut parts = key.to_vec();
        parts.push(model.text("model").unwrap_or(""));
        sink.add(record, &parts);
    }
}
