//! Commit message → the pull request that it landed: number, title and branch, in the words of each forge.
//!
//! - Source: the default messages of GitHub, GitLab, Gitea and Forgejo, Azure DevOps, Bitbucket, Gitee, Gerrit, bors, homu
//!   and bors-ng, and of projects that land by script (CPython, Node.js, PyTorch, Apache Spark, Rocq).
//! - A number counts where a forge writes it: `Fixes #3` and `Talk (#3) of it` name no landing.

use super::text::{is_number, leading_number, strip};

/// What a message says about the pull request that it landed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Landed {
    pub(super) number: Option<u64>,
    /// The title, where the subject is a forge's own words.
    pub(super) title: Option<String>,
    /// The merged branch, without owner and remote.
    pub(super) branch: Option<String>,
}

/// Words between `Merge` and a number.
const REQUESTS: &[&str] = &["pull request ", "merge request ", "PR ", "MR ", ""];
/// Beginnings of `Key: address` lines whose address ends with the number, by the forge or by a landing script.
const ADDRESSES: &[&str] =
    &["see merge request ", "pull request resolved: ", "pr-url: ", "pull-request: ", "pull request: ", "reviewed-on: "];

/// Reads a message; `body` are the lines after the subject.
pub(super) fn parse(subject: &str, body: &[&str]) -> Landed {
    let found = auto_merge(subject, body)
        .or_else(|| batch_merge(subject, body))
        .or_else(|| gitea_merge(subject))
        .or_else(|| merge_of_request(subject, body))
        .or_else(|| titled(subject, body))
        .unwrap_or_default();
    let number = found.number.or_else(|| at_end(subject).map(|(_, number)| number)).or_else(|| in_body(body));
    let branch = found.branch.or_else(|| merged_branch(subject));
    // GitLab writes the title below a subject that is git's own.
    let is_gits = number.is_some() && subject.starts_with("Merge ") && branch.is_some();
    let title = if is_gits { found.title.or_else(|| first_line(body)) } else { found.title };
    Landed { number, title, branch }
}

/// bors and homu: `Auto merge of #103 - alice:three, r=bob`, older `auto merge of #103 : alice/repo/three, r=bob`.
fn auto_merge(subject: &str, body: &[&str]) -> Option<Landed> {
    let rest = strip(subject, "auto merge of #").or_else(|| strip(subject, "rollup merge of #"))?;
    let (number, rest) = leading_number(rest)?;
    let from = rest.trim_start_matches([' ', '-', ':', '–']).split([',', ' ']).next().unwrap_or_default();
    let branch = from.split_once(':').map(|(_, branch)| branch).or_else(|| from.splitn(3, '/').nth(2));
    Some(Landed { number: Some(number), title: first_line(body), branch: branch.map(str::to_owned) })
}

/// bors-ng: `Merge #104 #105`, each of which the body names as `104: Title r=bob a=alice`.
fn batch_merge(subject: &str, body: &[&str]) -> Option<Landed> {
    let (number, rest) = leading_number(strip(subject, "merge #")?)?;
    let only_numbers = rest.split_whitespace().all(|word| word.strip_prefix('#').is_some_and(is_number));
    if !only_numbers {
        return None;
    }
    let title = body.iter().find_map(|line| {
        let (own, title) = line.split_once(": ")?;
        let title = title.split(" r=").next().unwrap_or(title).trim();
        (own.parse() == Ok(number) && !title.is_empty()).then(|| title.to_owned())
    });
    Some(Landed { number: Some(number), title, branch: None })
}

/// Gitea and Forgejo: `Merge pull request 'T' (#105) from b into main`.
fn gitea_merge(subject: &str) -> Option<Landed> {
    let rest = strip(subject, "merge pull request '")?;
    let at = ["' (#", "' (!"].iter().filter_map(|mark| rest.rfind(mark)).max()?;
    let (number, after) = leading_number(&rest[at + 4..])?;
    let from = after.strip_prefix(") from ").map(|from| from.split(" into ").next().unwrap_or(from));
    let branch = from.map(|from| from.rsplit(':').next().unwrap_or(from).to_owned());
    Some(Landed { number: Some(number), title: Some(rest[..at].to_owned()), branch })
}

/// `Merge pull request #12 from a/b`, `Merge pull request 102 from b into main`, `Merge PR #7: T`,
/// `Merge pull request #106 in PROJ/repo from b to master`, `Merge pull request !77 from a/b`.
fn merge_of_request(subject: &str, body: &[&str]) -> Option<Landed> {
    let rest = strip(subject, "merge ")?;
    let (has_word, rest) = REQUESTS.iter().find_map(|word| Some((!word.is_empty(), strip(rest, word)?)))?;
    let marked = rest.strip_prefix(['#', '!']);
    if marked.is_none() && !has_word {
        return None;
    }
    let (number, rest) = leading_number(marked.unwrap_or(rest))?;
    let title = rest.strip_prefix(": ").map(|title| title.trim().to_owned());
    let from = rest.split_once(" from ").map(|(_, from)| from);
    let branch = from.and_then(|from| {
        let branch = from.split_whitespace().next()?;
        // Only a fork's branch has an owner before it; Azure DevOps and Bitbucket name the target behind it.
        let has_target = from.contains(" into ") || from.contains(" to ");
        if has_target { Some(branch) } else { branch.split_once('/').map(|(_, branch)| branch) }
    });
    let title = title.filter(|title| !title.is_empty()).or_else(|| first_line(body));
    let title = title.map(|title| titled(&title, &[]).and_then(|own| own.title).unwrap_or(title));
    Some(Landed { number: Some(number), title, branch: branch.map(str::to_owned) })
}

/// The number before the title: `Merged PR 101: T`, `Pull request #106: T`, `!77 T`; Bitbucket's `Merged in b (pull
/// request #9)` has the title below.
fn titled(subject: &str, body: &[&str]) -> Option<Landed> {
    if let Some(rest) = strip(subject, "merged in ") {
        let at = rest.rfind(" (pull request #")?;
        let (number, _) = leading_number(&rest[at + " (pull request #".len()..])?;
        return Some(Landed { number: Some(number), title: first_line(body), branch: Some(rest[..at].to_owned()) });
    }
    let named = ["merged pr ", "merge pr ", "pull request #", "merged pull request #"];
    let rest = named.iter().find_map(|opening| strip(subject, opening));
    if let Some((number, after)) = rest.and_then(leading_number)
        && let Some(title) = after.strip_prefix(": ")
    {
        let merge = body.iter().find_map(|line| line.strip_prefix("Merge in ")?.split_once(" from "));
        let branch = merge.map(|(_, from)| from.split(" to ").next().unwrap_or(from).to_owned());
        return Some(Landed { number: Some(number), title: Some(title.trim().to_owned()), branch });
    }
    // Gitee repeats the number in the body.
    let (number, after) = leading_number(subject.strip_prefix('!')?)?;
    let repeats = format!("merge pull request !{number}");
    let (line, title) = (body.iter().find(|line| strip(line, &repeats).is_some())?, after.strip_prefix(' ')?);
    let branch = line.split_once(" from ").and_then(|(_, from)| from.split_once('/')).map(|(_, branch)| branch);
    Some(Landed { number: Some(number), title: Some(title.to_owned()), branch: branch.map(str::to_owned) })
}

/// The number at the end of a subject: `(#34)`, `(!34)`, `(GH-34)`, `(PR #34)`, `(pull request #34)`, before tags such as
/// `[skip ci]`; and what comes before the parentheses.
pub(super) fn at_end(subject: &str) -> Option<(&str, u64)> {
    let mut rest = subject.trim_end();
    while let Some(open) = rest.strip_suffix(']').and_then(|inner| inner.rfind('[')) {
        rest = rest[..open].trim_end();
    }
    let rest = rest.strip_suffix('.').unwrap_or(rest).strip_suffix(')')?;
    let (title, inside) = rest.rsplit_once('(')?;
    let before = ["pull request ", "merge request ", "pr ", "mr "].iter().find_map(|word| strip(inside, word));
    let number = before.unwrap_or(inside);
    let marked = number.strip_prefix(['#', '!']).or_else(|| strip(number, "gh-")).or_else(|| strip(inside, "pr-"));
    let number = marked.or(before).filter(|number| is_number(number))?.parse().ok()?;
    Some((title.trim_end(), number))
}

/// The number that a forge or a script writes below the subject.
fn in_body(body: &[&str]) -> Option<u64> {
    // Most lines are prose, and this is asked of every line of every message without a number.
    let may_name =
        |line: &&&str| matches!(line.as_bytes().first(), Some(b'S' | b's' | b'P' | b'p' | b'R' | b'r' | b'C' | b'c'));
    body.iter().filter(may_name).find_map(|line| {
        if let Some(address) = ADDRESSES.iter().find_map(|opening| strip(line, opening)) {
            return ending_number(address);
        }
        // Apache's script: `Closes #53000 from alice/branch.`
        let (number, rest) = leading_number(strip(line, "closes #")?)?;
        rest.strip_prefix(" from ").map(|_| number)
    })
}

/// The number that a reference or an address ends with: `g/p!77`, `…/pull/5`, `…/c/project/+/77`.
fn ending_number(address: &str) -> Option<u64> {
    let address = address.trim().trim_end_matches(['/', '.']);
    let (at, mark) = address.char_indices().rfind(|(_, c)| !c.is_ascii_digit())?;
    if !matches!(mark, '/' | '!' | '#') {
        return None;
    }
    address[at + 1..].parse().ok()
}

/// The merged branch that git's and GitLab's subjects name, without remote.
fn merged_branch(subject: &str) -> Option<String> {
    if let Some(rest) = subject.strip_prefix("Merge branch '") {
        return rest.split_once('\'').map(|(branch, _)| branch.strip_prefix("origin/").unwrap_or(branch).to_owned());
    }
    let rest = subject.strip_prefix("Merge remote-tracking branch '")?;
    rest.split_once('\'')?.0.split_once('/').map(|(_, branch)| branch.to_owned())
}

/// The first line of a body, where forges put the title; not a trailer, a list or a note about conflicts.
fn first_line(body: &[&str]) -> Option<String> {
    let line = body.iter().map(|line| line.trim()).find(|line| !line.is_empty())?;
    let is_trailer = line
        .split_once(": ")
        .is_some_and(|(key, _)| key.contains('-') && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let is_other = line.starts_with(['#', '*', '<']) || line.starts_with("Conflicts:") || is_address(line);
    (!is_trailer && !is_other).then(|| line.to_owned())
}

fn is_address(line: &str) -> bool {
    line.starts_with("https://") || ADDRESSES.iter().any(|opening| strip(line, opening).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> Landed {
        let lines: Vec<&str> = message.lines().collect();
        parse(lines[0], &lines[1..])
    }

    fn number(message: &str) -> Option<u64> {
        of(message).number
    }

    /// A message with the number, the title and the branch that it names.
    type Row = (&'static str, u64, Option<&'static str>, Option<&'static str>);

    const MERGES: &[Row] = &[
        ("Merge pull request #12 from ann/fix/login\n\nMend the login", 12, Some("Mend the login"), Some("fix/login")),
        ("Merge pull request #12 from ann/b\n\nCo-authored-by: Bo <bo@x>", 12, None, Some("b")),
        ("Merge pull request #12 from ann/b", 12, None, Some("b")),
        ("Merge branch 'b' into 'main'\n\nA title\n\nSee merge request g/p!77", 77, Some("A title"), Some("b")),
        (
            "Merge branch 'b'\n\nA title\n\nSee merge request https://gitlab.example/g/p/-/merge_requests/8",
            8,
            Some("A title"),
            Some("b"),
        ),
        ("Merged PR 301: Add a cart", 301, Some("Add a cart"), None),
        ("Merge pull request 302 from feat/two into main", 302, None, Some("feat/two")),
        ("Merge pull request 302 from two into main\n\nMerged PR 302: Two", 302, Some("Two"), Some("two")),
        ("Auto merge of #303 - ann:three, r=bo\n\nAdd three\n\nLong text", 303, Some("Add three"), Some("three")),
        ("auto merge of #303 : ann/shop/three, r=bo", 303, None, Some("three")),
        ("Merge #304 #305\n\n304: Add four r=bo a=ann\n\nText\n\n305: Five r=bo a=cy", 304, Some("Add four"), None),
        ("Merge pull request 'Add (five)' (#305) from feat/5 into main", 305, Some("Add (five)"), Some("feat/5")),
        ("Merge pull request 'Six' (!306) from ann/shop:six into main", 306, Some("Six"), Some("six")),
        ("Pull request #307: Seven\n\nMerge in SHOP/till from feat/7 to master", 307, Some("Seven"), Some("feat/7")),
        ("Merge pull request #308 in SHOP/till from feat/8 to master", 308, None, Some("feat/8")),
        ("Merged in feat/9 (pull request #309)\n\nNine\n\nApproved-by: Bo", 309, Some("Nine"), Some("feat/9")),
        ("!310 Ten\nMerge pull request !310 from ann/ten", 310, Some("Ten"), Some("ten")),
        ("Merge PR #311: Eleven", 311, Some("Eleven"), None),
    ];

    #[test]
    fn each_forge_names_number_title_and_branch_of_a_merge() {
        for (message, number, title, branch) in MERGES {
            let expected = (Some(*number), title.map(str::to_owned), branch.map(str::to_owned));
            let found = of(message);
            assert_eq!((found.number, found.title, found.branch), expected, "{message}");
        }
    }

    #[test]
    fn squashes_and_scripts_name_the_number_beside_the_title() {
        for (message, expected) in [
            ("Add x (#34)", 34),
            ("Add x (#34) [skip ci]", 34),
            ("Add x (#34) [ci skip] [docs]", 34),
            ("Add x (!34)", 34),
            ("gh-12: Add x (GH-34)", 34),
            ("Add x (gh-34)", 34),
            ("Add x (PR #34)", 34),
            ("Revert \"Add x (#33)\" (#34)", 34),
            ("Add x (#33) (#34)", 34),
            ("Add x\n\nPR-URL: https://github.com/acme/shop/pull/34\nReviewed-By: Bo", 34),
            ("Add x\n\nPull Request resolved: https://github.com/acme/shop/pull/34", 34),
            ("Add x\n\nCloses #34 from ann/x.", 34),
            ("Add x\n\nReviewed-on: https://review.example/c/shop/+/34", 34),
            ("Add x\n\nReviewed-on: https://forge.example/acme/shop/pulls/34", 34),
        ] {
            assert_eq!(number(message), Some(expected), "{message}");
            assert_eq!(of(message).title, None, "{message}");
        }
    }

    #[test]
    fn issues_and_quoted_numbers_are_no_landings() {
        for message in [
            "Fixes #3",
            "Talk (#3) of it",
            "Revert \"Add x (#34)\"",
            "Revert \"Add x (#34)\" [skip ci]",
            "Add x\n\nCloses #34",
            "Merge branch 'main' into topic",
            "Merge commit '1234567'",
            "Merge 3 files",
            "Merge pull requests",
            "!important rule",
            "Support (2026)",
            "Merged notes: all",
            "Add x\n\nPull request: 修复",
            "Add x\n\nReviewed-on: https://review.example/c/shop/à",
            "Add x\n\nSee merge request 修34",
        ] {
            assert_eq!(number(message), None, "{message}");
        }
    }
}
