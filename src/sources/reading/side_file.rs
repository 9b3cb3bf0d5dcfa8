//! Exports that belong beside logs and are passed with a flag of their own: seats, pull requests, outcomes, budgets.
//!
//! - In: the first bytes of a file that no format accepts. Out: what it probably is, and how it is passed.
//! - Refuses: nothing; it is a guess by names of columns and keys, and nothing of the file is read.

use crate::sources::reading::detect::Head;

/// A kind of export, and the flag or section that takes it.
struct Kind {
    name: &'static str,
    /// Each set has to be there by one of its names.
    needs: &'static [&'static [&'static str]],
}

const PEOPLE: &[&str] = &["user", "email", "login", "username", "assignee", "member", "user_email"];
const KEYS: &[&str] = &["issue_key", "key", "identifier", "issue", "ticket", "count", "number"];
const CLOSED: &[&str] = &["resolved", "closed_at", "closed", "closedat", "completed", "completed_at", "done"];

static TABLES: &[Kind] = &[
    Kind {
        name: "seats, for --seats",
        needs: &[
            PEOPLE,
            &[
                "assigned_at",
                "monthly_usd",
                "price_usd",
                "last_activity_at",
                "last_active_at",
                "last_active",
                "last_used",
            ],
        ],
    },
    Kind { name: "outcomes, for --outcomes", needs: &[KEYS, CLOSED] },
    Kind { name: "budgets, for [budget] of tokaudit.toml", needs: &[&["budget", "budget_usd", "monthly_budget"]] },
    Kind { name: "prices, for --prices", needs: &[&["model"], &["input_usd_per_mtok", "input_per_million"]] },
];

static OBJECTS: &[Kind] = &[
    Kind {
        name: "pull requests, for --pull-requests",
        needs: &[
            &["number", "iid"],
            &["headRefName", "mergedAt", "merged_at", "merge_commit_sha", "mergeCommit", "source_branch"],
        ],
    },
    Kind { name: "seats, for --seats", needs: &[&["seats", "assignee"], &["last_activity_at"]] },
];

/// What a file that is not usage probably is.
pub(super) fn kind_of(head: &Head<'_>) -> Option<&'static str> {
    let of = |kinds: &'static [Kind], has: &dyn Fn(&str) -> bool| {
        let fits = |kind: &&Kind| kind.needs.iter().all(|names| names.iter().any(|name| has(name)));
        kinds.iter().find(fits).map(|kind| kind.name)
    };
    if head.is_json() {
        return of(OBJECTS, &|key| head.has_key(key));
    }
    let line = head.first_line().to_lowercase();
    let columns: Vec<String> = line
        .split([',', ';', '\t', '|'])
        .map(|name| name.trim_matches(|letter: char| letter.is_whitespace() || letter == '"').replace([' ', '-'], "_"))
        .collect();
    if columns.len() < 2 { None } else { of(TABLES, &|name| columns.iter().any(|column| column == name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_belong_beside_logs_are_known_by_their_columns() {
        let kind = |text: &str| kind_of(&Head::new(text.as_bytes()));
        assert_eq!(kind("user,assigned_at,Monthly USD\n"), Some("seats, for --seats"));
        assert_eq!(kind("key;type;closed_at\n"), Some("outcomes, for --outcomes"));
        assert_eq!(kind("team,budget_usd\n"), Some("budgets, for [budget] of tokaudit.toml"));
        let pulls = r#"[{"number": 1, "headRefName": "a", "mergedAt": null}]"#;
        assert_eq!(kind(pulls), Some("pull requests, for --pull-requests"));
        assert_eq!(kind("name,version\n"), None);
        assert_eq!(kind("{\"name\": \"shop\", \"number\": 1}"), None);
    }
}
