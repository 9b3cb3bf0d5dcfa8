//! What a sender tags a request with: the commit, pull request or issue that it was made for.
//!
//! Gateways store such tags as texts (`pr:12`), properties (`{"pull_request": "12"}`) and columns. Records have one, in one
//! form: `commit:<hex>`, `pr:<number>`, `pr:<owner/name>#<number>`, `issue:<key>`.

/// A parsed tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag<'a> {
    /// Hex digits of a commit's id, seven or more.
    Commit(&'a str),
    /// A pull request.
    PullRequest {
        /// Its number.
        number: u64,
        /// `owner/name`, if the tag has it.
        repository: Option<&'a str>,
    },
    /// The key of an issue, such as `SHOP-12` or `12`.
    Issue(&'a str),
}

/// Names of tags, compared without case, and with blanks, dashes and points as underscores; `vcs` ones are OpenTelemetry's.
const KEYS: [(&str, &[&str]); 3] = [
    ("commit", &["commit", "commit_sha", "commit_id", "git_commit", "git_sha", "sha", "vcs_ref_head_revision"]),
    ("pr", &["pr", "pull_request", "pr_number", "pull_request_number", "merge_request", "mr", "vcs_change_id"]),
    ("issue", &["issue", "issue_key", "issue_id", "ticket", "jira", "jira_key", "linear", "linear_issue"]),
];

/// How precisely a tag names work: less is more precise.
#[must_use]
pub fn rank(tag: &str) -> usize {
    KEYS.iter().position(|(kind, _)| tag.split(':').next() == Some(kind)).unwrap_or(KEYS.len())
}

/// The tag of a key and a value in its standard form; `None` if it names no work.
#[must_use]
pub fn spelled(key: &str, value: &str) -> Option<String> {
    let key = key.trim();
    let (kind, _) = KEYS.iter().find(|(_, keys)| keys.iter().any(|known| is(key, known)))?;
    let value = value.trim();
    let value = match *kind {
        "commit" => value.to_ascii_lowercase(),
        "pr" => pull_request(value)?,
        _ => value.rsplit('/').next().unwrap_or(value).trim_start_matches('#').to_owned(),
    };
    let text = format!("{kind}:{value}");
    parse(&text).is_some().then_some(text)
}

/// Whether a key is a known one in any form. This runs for every attribute of a request, so nothing is copied.
fn is(key: &str, known: &str) -> bool {
    let plain = |byte: u8| if matches!(byte, b' ' | b'-' | b'.') { b'_' } else { byte.to_ascii_lowercase() };
    key.len() == known.len() && key.bytes().map(plain).eq(known.bytes())
}

/// A tag written as one text, `pr:12` or `pr=12`.
#[must_use]
pub fn spelled_in_one(text: &str) -> Option<String> {
    let (key, value) = text.split_once([':', '='])?;
    spelled(key, value)
}

/// `12`, `#12`, `!12`, `owner/name#12`, or the URL of the pull request.
fn pull_request(value: &str) -> Option<String> {
    for middle in ["/pull/", "/-/merge_requests/"] {
        if let Some((repository, rest)) = value.split_once(middle) {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let path = repository.split_once("://").map_or(repository, |(_, path)| path);
            let path = path.split_once('/').map_or(path, |(_, path)| path);
            return Some(format!("{path}#{number}"));
        }
    }
    Some(value.trim_start_matches(['#', '!']).to_owned())
}

/// Parses a tag in its standard form.
#[must_use]
pub fn parse(text: &str) -> Option<Tag<'_>> {
    let (kind, value) = text.split_once(':')?;
    match kind {
        "commit" => {
            let is_id = (7..=64).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_id.then_some(Tag::Commit(value))
        }
        "pr" => {
            let (repository, number) =
                value.rsplit_once('#').map_or((None, value), |(name, number)| (Some(name), number));
            number.parse().ok().map(|number| Tag::PullRequest { number, repository })
        }
        "issue" => (!value.is_empty()).then_some(Tag::Issue(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_standard_form() {
        assert_eq!(spelled("PR Number", "#12").as_deref(), Some("pr:12"));
        assert_eq!(
            spelled("vcs.change.id", "https://github.com/acme/shop/pull/12").as_deref(),
            Some("pr:acme/shop#12")
        );
        assert_eq!(spelled("git-commit", "0A1B2C3").as_deref(), Some("commit:0a1b2c3"));
        assert_eq!(spelled("ticket", "https://acme.example/browse/SHOP-3").as_deref(), Some("issue:SHOP-3"));
        assert_eq!(spelled_in_one("mr=7").as_deref(), Some("pr:7"));
        for (key, value) in [("commit", "main"), ("commit", "abc"), ("pr", "draft"), ("team", "7"), ("issue", "#")] {
            assert_eq!(spelled(key, value), None, "{key}={value}");
        }
        assert_eq!(spelled_in_one("production"), None);
    }

    #[test]
    fn a_tag_is_parsed_into_its_parts() {
        assert_eq!(parse("pr:acme/shop#12"), Some(Tag::PullRequest { number: 12, repository: Some("acme/shop") }));
        assert_eq!(parse("pr:12"), Some(Tag::PullRequest { number: 12, repository: None }));
        assert_eq!(parse("commit:0a1b2c3"), Some(Tag::Commit("0a1b2c3")));
        assert!(rank("commit:0a1b2c3") < rank("pr:1") && rank("pr:1") < rank("issue:1"));
    }
}
