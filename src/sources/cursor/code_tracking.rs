//! `GET /analytics/ai-code/{commits,changes}`: per commit, whose lines they are; total = tab + composer + other.

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::FactDraft;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::count::Count;

pub(crate) static CODE_TRACKING: Page = Page {
    id: "cursor-code-tracking",
    title: "Cursor AI code tracking (JSON)",
    about: "Export: pages of GET /analytics/ai-code/commits and /analytics/ai-code/changes (Enterprise).\n\
            Counted: lines of each commit by tab, composer and person, or of each accepted change, in the table of \
            value facts; commit hashes join git until a squash makes new ones.\n\
            Lacks: spend.",
    needs: &[&["items", "commitHash"], &["items", "changeId"]],
    lacks: &[],
    read,
};

fn read(page: Json<'_>, sink: &mut Sink<'_>) -> bool {
    for item in page.items("items") {
        let Some(at) = item.instant("commitTs").or_else(|| item.instant("createdAt")) else {
            sink.reject(NO_TIME);
            continue;
        };
        let id = item.text("commitHash").or(item.text("changeId")).unwrap_or("");
        let mut value = FactDraft::new("cursor-code", &[id, item.text("repoName").unwrap_or("")], sink.at, at);
        value.source = sink.id;
        value.user = sink.name(item.text("userEmail"));
        value.repository = sink.name(item.text("repoName"));
        value.commit = sink.name(item.text("commitHash"));
        value.lines_added = item.count("totalLinesAdded");
        value.lines_removed = item.count("totalLinesDeleted");
        value.ai_lines_tab = item.count("tabLinesAdded");
        value.ai_lines_agent = item.count("composerLinesAdded");
        value.non_ai_lines = item.count("nonAiLinesAdded");
        match item.text("source") {
            Some("TAB") => value.ai_lines_tab = value.lines_added,
            Some("COMPOSER") => value.ai_lines_agent = value.lines_added,
            _ => value.commits = Count::Known(1),
        }
        sink.add_fact(value);
    }
    page.has("items")
}
