//! Copilot usage metrics (2026: `day_totals`, `user_totals`, one person-day a line) and the metrics API before them.
//! Agent edits are in `loc_added_sum` and not in `loc_suggested_*`, so more may be accepted than suggested.

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::count::Count;

pub(crate) static METRICS: Page = Page {
    id: "copilot-metrics",
    title: "GitHub Copilot usage metrics (JSON, NDJSON)",
    about: "Export: the files behind the download links of the Copilot usage metrics API, of an organization or of \
            people, one day or 28; answers of the older metrics API. The list of links itself holds nothing.\n\
            Counted: lines, accepted suggestions and merged pull requests, in the table of value facts. Agents' \
            edits are in the lines added and not in the suggested ones.\n\
            Lacks: spend; in the older API, people.",
    needs: &[
        &["loc_added_sum"],
        &["loc_added_sum", "loc_deleted_sum", "code_generation_activity_count"],
        &["day_totals"],
        &["day_totals", "report_start_day", "report_end_day"],
        &["total_engaged_users", "copilot_ide_chat"],
        &["total_engaged_users", "copilot_ide_code_completions"],
        &["download_links"],
    ],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has("download_links") {
        return true;
    }
    let mut any = false;
    for key in ["day_totals", "user_totals"] {
        for row in value.items(key) {
            day(value, row, sink);
        }
        any |= value.has(key);
    }
    if !any && (value.has("day") || value.has("date")) {
        day(value, value, sink);
        any = true;
    }
    any
}

fn day(page: Json<'_>, row: Json<'_>, sink: &mut Sink<'_>) {
    let days = [row.instant("day"), row.instant("date"), page.instant("report_day"), page.instant("report_start_day")];
    let Some(at) = days.into_iter().flatten().next() else { return sink.reject(NO_TIME) };
    let user = row.text("user_login").or(row.text("login"));
    let scope = ["organization_id", "enterprise_id"].iter().find_map(|key| row.string(key).or(page.string(key)));
    let when = at.to_rfc3339();
    let mut value = sink.fact(&[&when, user.unwrap_or(""), scope.as_deref().unwrap_or("")], at);
    value.user = sink.name(user);
    // An organization's day has lines only per editor and per feature; every line is in one feature.
    let features = |key: &str| Count::sum(row.items("totals_by_feature").map(|feature| feature.count(key)));
    let sum = |key: &str| row.count(key).or_else(|| features(key));
    value.lines_added = sum("loc_added_sum");
    value.lines_removed = sum("loc_deleted_sum");
    let of_feature = |tab: bool| {
        let features = row.items("totals_by_feature");
        let wanted = features.filter(|part| (part.text("feature") == Some("code_completion")) == tab);
        Count::sum(wanted.map(|part| part.count("loc_added_sum")))
    };
    value.ai_lines_tab = of_feature(true);
    value.ai_lines_agent = of_feature(false);
    value.sessions = row.count("totals_by_cli/session_count");
    value.pull_requests = row.count("pull_requests/total_merged");
    value.accepts = row.count("code_acceptance_activity_count").or_else(|| old_total(row, "total_code_acceptances"));
    value.ai_lines_tab = value.ai_lines_tab.or_else(|| old_total(row, "total_code_lines_accepted"));
    sink.add_fact(value);
}

/// The sum over editors, models and languages of the older API.
fn old_total(row: Json<'_>, key: &str) -> Count {
    let editors = row.items("copilot_ide_code_completions/editors");
    let languages = editors.flat_map(|editor| editor.items("models")).flat_map(|model| model.items("languages"));
    Count::sum(languages.map(|language| language.count(key)))
}
