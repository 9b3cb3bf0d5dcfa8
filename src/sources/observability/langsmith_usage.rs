//! LangSmith's granular billable usage: traces by day and workspace, project, user or key.
//!
//! Source: docs.langchain.com/langsmith/granular-usage, `GET /api/v1/orgs/current/billing/granular-usage`.

use chrono::TimeDelta;

use crate::model::bill::{Authority, Coverage};
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::set_period;
use crate::sources::rejection::NO_TIME;

pub(crate) static LANGSMITH_USAGE: Page = Page {
    id: "langsmith-usage",
    title: "LangSmith granular usage (JSON)",
    about: "Export: GET /api/v1/orgs/current/billing/granular-usage of LangSmith, for traces.\n\
            Counted: one record per day (or longer stride) and group; traces are a quantity, and what one costs is in the plan.\n\
            Lacks: dollars, tokens, models and sessions: LangSmith bills for traces, whatever they cost elsewhere.",
    needs: &[&["stride", "time_bucket", "dimensions"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let days = value.number("stride/days").unwrap_or(1).clamp(1, 366);
    value.at("stride").note_numbers();
    let mut any = false;
    for item in value.items("usage").filter(|item| item.has("time_bucket") && item.has("traces")) {
        any = true;
        let Some(start) = item.instant("time_bucket") else {
            sink.reject(NO_TIME);
            continue;
        };
        let mut record = sink.draft(Authority::VendorUsage, start);
        set_period(&mut record, start.checked_add_signed(TimeDelta::days(days.cast_signed())));
        record.quantity = item.quantity("traces");
        record.bill.unit = sink.name(Some("traces"));
        record.bill.coverage = Coverage::OnDemand;
        record.provider = sink.name(Some("langsmith"));
        record.project = sink.name(item.text("dimensions/project_name").or(item.text("dimensions/workspace_name")));
        record.user = sink.name(item.text("dimensions/user_email").or(item.text("dimensions/user_name")));
        sink.add_row(record, &[item.text("time_bucket").unwrap_or_default()], item);
    }
    any
}
