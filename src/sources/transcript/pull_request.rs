//! Pull requests that a session opens or acts on: commands of forges, calls of their APIs, and tools of MCP servers.
//!
//! - In: a shell command, or a tool's name and arguments, and its output. Out: repositories and numbers.
//! - Refuses: what only looks at a pull request or reviews it (`view`, `diff`, `checkout`, `review`), and commands without a
//!   number, which act on whatever branch is checked out.

use serde::Deserialize;

use crate::model::activity::What;
use crate::model::name::Names;
use crate::sources::transcript::printed;

/// What `gh pr` and `glab mr` do to a pull request that is the session's own, or that it lands.
const VERBS: &[&str] = &["merge", "comment", "note", "edit", "update", "ready", "reopen"];
/// Options of those that have no value.
const FLAGS: &[&str] =
    &["--squash", "--merge", "--rebase", "--auto", "--admin", "--delete-branch", "-s", "-m", "-r", "-d", "--yes", "-y"];
/// Options that make `gh api` and `curl` write.
const WRITES: &[&str] = &["POST", "PUT", "PATCH", "-f ", "-F ", "--field", "--raw-field", "--data", "-d "];

/// A repository, as `owner/name` if it is known, and a number.
pub(crate) type Named<'a> = (Option<&'a str>, u64);

/// The event of a pull request.
pub(crate) fn event((repository, number): Named<'_>, opened: bool, names: &mut Names) -> What {
    What::PullRequest { number, repository: names.intern_some(repository), opened }
}

/// Whether a shell command opens a pull request.
pub(crate) fn opens(command: &str) -> bool {
    ["gh pr create", "glab mr create"].iter().any(|known| command.contains(known))
}

/// The pull request whose address a command that opens one printed alone on a line.
pub(crate) fn opened(output: &str) -> Option<Named<'_>> {
    output.lines().find_map(|line| address(printed(line)))
}

/// Whether a text may hold a command that acts on a pull request.
pub(crate) fn may_act(text: &str) -> bool {
    ["gh ", "glab ", "curl "].iter().any(|program| text.contains(program))
}

/// The pull requests that a shell command acts on.
pub(crate) fn acted_on(command: &str) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    if !may_act(command) {
        return found;
    }
    for part in command.split(['\n', ';', '|', '&']) {
        let mut words = part.split_whitespace().map(|word| word.trim_matches(['"', '\''])).peekable();
        while let Some(program) = words.next() {
            let kind = words.peek().copied().unwrap_or_default();
            match (program, kind) {
                ("gh", "pr") | ("glab", "mr") => {
                    words.next();
                    found.extend(
                        words.next().filter(|verb| VERBS.contains(verb)).and_then(|_| first_number(&mut words)),
                    );
                }
                ("gh" | "glab", "api") | ("curl", _) if WRITES.iter().any(|mark| part.contains(mark)) => {
                    found.extend(words.by_ref().find_map(api_path));
                }
                _ => {}
            }
        }
    }
    found
}

/// The number that comes first after a verb, apart from options; `-R owner/name` before it names the repository.
fn first_number<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Named<'a>> {
    let mut repository = None;
    while let Some(word) = words.next() {
        match word {
            "-R" | "--repo" => repository = words.next(),
            word if FLAGS.contains(&word) => {}
            word => {
                let number = || Some((repository, word.trim_start_matches(['#', '!']).parse().ok()?));
                return address(word).or_else(number);
            }
        }
    }
    None
}

/// The pull request in the address of its page.
fn address(word: &str) -> Option<Named<'_>> {
    let (_host, path) = word.strip_prefix("https://")?.split_once('/')?;
    let marks = ["/pull/", "/-/merge_requests/"];
    let (repository, number) = marks.iter().find_map(|mark| path.split_once(mark))?;
    Some((Some(repository), leading_number(number)?))
}

/// The pull request in a path of GitHub's or GitLab's API: `repos/acme/shop/pulls/7/merge`.
fn api_path(word: &str) -> Option<Named<'_>> {
    let marks = ["/pulls/", "/issues/", "/merge_requests/"];
    let (before, number) = marks.iter().find_map(|mark| word.split_once(mark))?;
    let repository = before.split_once("repos/").map(|(_, repository)| repository);
    Some((repository.filter(|text| !text.contains(['{', '$', ':'])), leading_number(number)?))
}

/// The number that a text begins with, if it ends there or at a separator.
fn leading_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let is_end = text[end..].chars().next().is_none_or(|c| "/?#.".contains(c));
    text[..end].parse().ok().filter(|_| is_end)
}

/// What a tool of an MCP server does to a pull request: whether it opens it; `None` for other tools.
pub(crate) fn tool_opens(name: &str) -> Option<bool> {
    let name = name.rsplit("__").next().and_then(|name| name.rsplit('.').next()).unwrap_or(name);
    let is_it = name.contains("pull_request") || name.contains("merge_request") || name.contains("issue_comment");
    let opens = ["create_pull_request", "create_merge_request"].contains(&name);
    let verbs = ["merge_pull", "update_pull", "accept_merge", "update_merge", "comment", "create_merge_request_note"];
    let acts = verbs.iter().any(|verb| name.contains(verb));
    let reads = name.starts_with("get_") || name.starts_with("list_");
    (is_it && (opens || acts) && !reads).then_some(opens)
}

/// The pull request that the arguments of such a tool name.
pub(crate) fn of_arguments(arguments: &str) -> Option<(Option<String>, u64)> {
    #[derive(Deserialize)]
    struct Arguments {
        owner: Option<String>,
        repo: Option<String>,
        #[serde(
            alias = "pullNumber",
            alias = "pull_request_number",
            alias = "issue_number",
            alias = "merge_request_iid",
            alias = "number"
        )]
        pull_number: Option<serde_json::Value>,
    }
    let read: Arguments = serde_json::from_str(arguments).ok()?;
    let number = read.pull_number?;
    let number = number.as_u64().or_else(|| number.as_str()?.parse().ok())?;
    Some((read.owner.zip(read.repo).map(|(owner, name)| format!("{owner}/{name}")), number))
}

/// The pull request whose address the output of a tool that opens one has.
pub(crate) fn in_output(output: &str) -> Option<Named<'_>> {
    let words = output.split(|c: char| c.is_whitespace() || "\"',()<>\\".contains(c));
    words.filter(|word| word.starts_with("https://")).find_map(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_opens_a_pull_request_prints_its_address() {
        assert!(opens("git push && gh pr create --fill") && !opens("gh pr view 4"));
        let output = "Creating pull request for a into main in acme/shop\n\nhttps://github.com/acme/shop/pull/12\n";
        assert_eq!(opened(output), Some((Some("acme/shop"), 12)));
        let merge_request = "https://gitlab.acme.org/tools/shop/-/merge_requests/7";
        assert_eq!(opened(merge_request), Some((Some("tools/shop"), 7)));
        assert_eq!(opened("see https://github.com/acme/shop/pull/12"), None);
    }

    #[test]
    fn commands_of_forges_act_on_the_number_that_they_name() {
        for (command, expected) in [
            ("gh pr merge 12 --squash", Some((None, 12))),
            ("cd x && gh pr merge --squash --auto 12", Some((None, 12))),
            ("gh pr comment '#12' --body \"see 4\"", Some((None, 12))),
            ("gh pr edit -R acme/shop 12 --title x", Some((Some("acme/shop"), 12))),
            ("gh pr comment https://github.com/acme/shop/pull/12#issue-1 -b x", Some((Some("acme/shop"), 12))),
            ("glab mr merge !12 --yes", Some((None, 12))),
            ("gh api -X PUT repos/acme/shop/pulls/12/merge", Some((Some("acme/shop"), 12))),
            ("gh api repos/{owner}/{repo}/issues/12/comments -f body=x", Some((None, 12))),
            (
                "curl -X POST \"https://api.github.com/repos/acme/shop/pulls/12/comments\" -d x",
                Some((Some("acme/shop"), 12)),
            ),
            ("gh pr merge --squash", None),
            ("gh pr comment --body 12", None),
            ("gh pr view 12", None),
            ("gh pr review 12 --approve", None),
            ("gh api repos/acme/shop/pulls/12", None),
            ("git merge 12", None),
        ] {
            assert_eq!(acted_on(command), expected.into_iter().collect::<Vec<_>>(), "{command}");
        }
    }

    #[test]
    fn tools_of_servers_open_and_act_on_pull_requests() {
        assert_eq!(tool_opens("mcp__github__create_pull_request"), Some(true));
        assert_eq!(tool_opens("mcp__github__merge_pull_request"), Some(false));
        assert_eq!(tool_opens("github.add_issue_comment"), Some(false));
        assert_eq!(tool_opens("mcp__gitlab__create_merge_request_note"), Some(false));
        for name in ["mcp__github__get_pull_request", "mcp__github__create_pull_request_review", "Bash"] {
            assert_eq!(tool_opens(name), None, "{name}");
        }
        let arguments = r#"{"owner":"acme","repo":"shop","pullNumber":12,"merge_method":"squash"}"#;
        assert_eq!(of_arguments(arguments), Some((Some("acme/shop".to_owned()), 12)));
        assert_eq!(of_arguments(r#"{"merge_request_iid":"12"}"#), Some((None, 12)));
        assert_eq!(of_arguments(r#"{"owner":"acme"}"#), None);
        let output = r#"{"number":12,"html_url":"https://github.com/acme/shop/pull/12","title":"x"}"#;
        assert_eq!(in_output(output), Some((Some("acme/shop"), 12)));
    }
}
