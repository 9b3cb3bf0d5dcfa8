//! `GET /analytics/ai-code/commits.csv`: as the JSON, in snake case.

use crate::sources::record::FactDraft;
use crate::sources::table::sheet::Sheet;
use crate::sources::values::count::Count;

pub(crate) static CODE_COMMITS: Sheet = Sheet {
    id: "cursor-code-commits",
    title: "Cursor AI code tracking (CSV)",
    about: "Export: GET /analytics/ai-code/commits.csv (Enterprise).\n\
            Counted: lines of each commit by tab, composer and person, in the table of value facts.\n\
            Lacks: spend.",
    needs: &[
        "commit_hash",
        "user_email",
        "repo_name",
        "total_lines_added",
        "total_lines_deleted",
        "tab_lines_added",
        "composer_lines_added",
        "non_ai_lines_added",
        "commit_ts",
        "created_at",
    ],
    lacks: &[],
    together: &[],
    key: &["commit_hash", "repo_name"],
    read: |row, at, out| {
        let when = if row.text("commit_ts").is_some() { row.instant("commit_ts")? } else { row.instant("created_at")? };
        let key = [row.text("commit_hash").unwrap_or(""), row.text("repo_name").unwrap_or("")];
        let mut value = FactDraft::new("cursor-code", &key, at, when.at);
        value.source = "cursor-code-commits";
        value.user = row.name("user_email", &mut out.names);
        value.repository = row.name("repo_name", &mut out.names);
        value.commit = row.name("commit_hash", &mut out.names);
        value.lines_added = Count::known_or_absent(row.count("total_lines_added")?);
        value.lines_removed = Count::known_or_absent(row.count("total_lines_deleted")?);
        value.ai_lines_tab = Count::known_or_absent(row.count("tab_lines_added")?);
        value.ai_lines_agent = Count::known_or_absent(row.count("composer_lines_added")?);
        value.non_ai_lines = Count::known_or_absent(row.count("non_ai_lines_added")?);
        value.commits = Count::Known(1);
        out.values.add(value.finish()?);
        Ok(None)
    },
};
