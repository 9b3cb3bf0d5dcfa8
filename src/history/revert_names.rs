//! Commit message → what it says that it takes back, in the words of git, the forges and large companies' tools.
//!
//! - Source: git-revert(1), GitHub's and GitLab's Revert buttons, Conventional Commits, Mercurial's backout, Phabricator,
//!   Copybara.
//! - Prose about reverts is none: a name counts after the words that say so, or in a subject that begins with them.

use xxhash_rust::xxh3::xxh3_64;

use super::text::{leading_number, strip};

/// The hash by which subjects are compared.
pub(super) fn subject_hash(subject: &str) -> u64 {
    xxh3_64(subject.trim().as_bytes())
}

/// What a message takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RevertName {
    pub(super) target: Target,
    /// Whether the message says that only a part of it goes.
    pub(super) partly: bool,
}

/// How a message names what it takes back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// An object id in lower-case hex, or its beginning.
    Id(String),
    /// The number of a pull request.
    PullRequest(u64),
    /// A subject or title.
    Subject(String),
}

/// What comes before the names, in lower case, anywhere in a body.
const ANYWHERE: &[&str] = &["this reverts", "this commit reverts", "this fully reverts", "this backs out"];
/// What comes before them at the beginning of a line.
const AT_START: &[&str] = &[
    "reverts",
    "revert of",
    "back out",
    "backs out",
    "backed out",
    "automated rollback of",
    "automated revert of",
    "rollback of",
    "rolls back",
    "original commit changeset:",
];
/// The same for parts.
const PARTS: &[&str] = &["this partially reverts", "this partly reverts", "partially reverts", "partial revert of"];
/// Words between these and the names.
const NOUNS: &[&str] = &[
    "a",
    "and",
    "by",
    "change",
    "changes",
    "changeset",
    "changesets",
    "commit",
    "commits",
    "merge",
    "mr",
    "of",
    "patch",
    "pr",
    "pull",
    "request",
    "the",
];
/// Words by which a subject takes back the subject that it quotes.
const QUOTING: &[&str] =
    &["revert", "reverts", "reverted", "back out", "backout", "backed out", "rollback", "roll back", "undo"];
/// The shortest id that counts.
const MIN_ID: usize = 7;

/// Everything that a message takes back; `body` are its lines after the subject.
pub(super) fn parse(message: &str, subject: &str, body: &[&str]) -> Vec<RevertName> {
    let mut found: Vec<RevertName> = Vec::new();
    let mut add = |targets: Vec<Target>, partly: bool| {
        for target in targets {
            if found.iter().all(|known| known.target != target) {
                found.push(RevertName { target, partly });
            }
        }
    };
    let quoted = quoted_subject(subject);
    if may_revert(message) {
        for (at, line) in body.iter().enumerate() {
            if let Some((from, partly)) = opening(line) {
                add(names(std::iter::once(&line[from..]).chain(body[at + 1..].iter().copied())), partly);
            }
        }
    }
    if quoted.is_some() {
        let refs = body.iter().filter_map(|line| strip(line.trim_start(), "refs:"));
        refs.for_each(|refs| {
            add(names(std::iter::once(refs)).into_iter().filter(|name| matches!(name, Target::Id(_))).collect(), false)
        });
    }
    let (targets, partly) = in_subject(subject);
    add(targets, partly);
    add(quoted.into_iter().map(Target::Subject).collect(), false);
    found
}

/// A cheap test that is true of every message with an [`opening`].
fn may_revert(message: &str) -> bool {
    let has = |words: &str| memchr::memmem::find(message.as_bytes(), words.as_bytes()).is_some();
    ["evert", "olls back", "ollback", "hangeset", "ack out", "acks out", "acked out"].into_iter().any(has)
}

/// Where the names begin in a line that says that it takes something back, and whether only a part goes.
fn opening(line: &str) -> Option<(usize, bool)> {
    let start = line.len() - line.trim_start().len();
    let trimmed = &line[start..];
    let at_start = |words: &[&str]| {
        let word = words
            .iter()
            .find(|word| strip(trimmed, word).is_some_and(|rest| rest.starts_with([' ', '\t']) || rest.is_empty()));
        word.map(|word| start + word.len())
    };
    if let Some(from) = at_start(PARTS) {
        return Some((from, true));
    }
    if let Some(from) = at_start(AT_START) {
        return Some((from, false));
    }
    let lower = line.to_ascii_lowercase();
    let anywhere = |words: &[&str]| words.iter().find_map(|word| lower.find(word).map(|at| at + word.len()));
    anywhere(PARTS).map(|from| (from, true)).or_else(|| anywhere(ANYWHERE).map(|from| (from, false)))
}

/// The names at the beginning of some lines, until another word comes or the sentence ends.
///
/// People and tools wrap long lines: the next one counts if the list goes on there, or has not begun.
fn names<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Target> {
    let mut found = Vec::new();
    let mut goes_on = true;
    for (at, line) in lines.enumerate() {
        let first = line.split_whitespace().next();
        if at > 0 && first.is_none_or(|first| !goes_on && !first.eq_ignore_ascii_case("and")) {
            break;
        }
        for word in line.split_whitespace().flat_map(|word| word.split_inclusive(',')) {
            let plain = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '!');
            if let Some(name) = name(plain) {
                found.push(name);
                goes_on = word.ends_with(',');
            } else if word == "," || NOUNS.iter().any(|noun| plain.eq_ignore_ascii_case(noun)) || is_small_number(plain)
            {
                goes_on = true;
            } else {
                return found;
            }
            if word.trim_end_matches([')', ']', '"', '\'', '`', '*']).ends_with(['.', '!', '?']) {
                return found;
            }
        }
    }
    found
}

/// `Backed out 3 changesets`.
fn is_small_number(word: &str) -> bool {
    word.len() < MIN_ID && word.parse::<u32>().is_ok()
}

/// The id or the number that one word is.
fn name(word: &str) -> Option<Target> {
    if let Some((before, number)) = word.rsplit_once(['#', '!']) {
        let is_repository = before.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
        return number.parse().ok().filter(|_| is_repository).map(Target::PullRequest);
    }
    if let Some(number) = strip(word, "gh-") {
        return number.parse().ok().map(Target::PullRequest);
    }
    if word.starts_with("https://") {
        let (before, last) = word.rsplit_once('/')?;
        let is_request = ["/pull", "/pulls", "/merge_requests", "/pull-requests", "/pullrequest"];
        if is_request.iter().any(|kind| before.ends_with(kind)) {
            return last.parse().ok().map(Target::PullRequest);
        }
        return is_id(last).then(|| Target::Id(last.to_ascii_lowercase()));
    }
    is_id(word).then(|| Target::Id(word.to_ascii_lowercase()))
}

fn is_id(word: &str) -> bool {
    (MIN_ID..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a subject names without a quote: `Revert 0123abc`, `Revert acme/shop#3`, `Backed out changeset 0123abc (bug 5)`.
///
/// Other numbers in a subject that begins with `Revert` name something of which the rest of the subject is a part.
fn in_subject(subject: &str) -> (Vec<Target>, bool) {
    let is_part = PARTS.iter().find_map(|words| strip(subject, words));
    let words =
        || QUOTING.iter().chain(AT_START).filter_map(|words| strip(subject, words)).min_by_key(|rest| rest.len());
    let Some(rest) = is_part.or_else(words).and_then(|rest| rest.strip_prefix([' ', ':'])) else {
        return (Vec::new(), false);
    };
    let mut named = names(std::iter::once(rest));
    if rest.trim_start().starts_with('"') {
        // A quoted subject may begin with the number of an issue.
        named.retain(|name| matches!(name, Target::Id(_)));
        return (named, false);
    }
    if !named.is_empty() {
        return (named, is_part.is_some());
    }
    // The number in parentheses at the end is the commit's own.
    let rest = rest.trim_end();
    let rest = if rest.ends_with(')') { rest.rfind('(').map_or(rest, |at| &rest[..at]) } else { rest };
    let rest = rest.split_once(". ").map_or(rest, |(sentence, _)| sentence);
    let numbers = rest.match_indices('#').filter_map(|(at, _)| leading_number(&rest[at + 1..]));
    let numbers = numbers.map(|(number, _)| Target::PullRequest(number)).collect();
    (numbers, is_part.is_some() || !rest.contains("(#"))
}

/// The subject that a `Revert "…"` subject quotes, without the number of a pull request after it.
///
/// `Reapply "X"` takes back `Revert "X"`; Conventional Commits write `revert: X`.
pub(super) fn quoted_subject(subject: &str) -> Option<String> {
    if let Some(again) = strip(subject, "reapply \"").and_then(|rest| Some(&rest[..rest.rfind('"')?])) {
        return Some(format!("Revert \"{again}\""));
    }
    let rest = QUOTING.iter().find_map(|word| {
        let rest = strip(subject, word)?;
        // Conventional Commits put the part of the program in parentheses.
        let scope = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
        let scope = scope.strip_prefix('!').unwrap_or(scope);
        scope.strip_prefix(": ").or_else(|| rest.strip_prefix(' ').filter(|rest| rest.starts_with('"')))
    })?;
    let inside = rest.strip_prefix('"').map_or(Some(rest), |rest| rest.rfind('"').map(|end| &rest[..end]))?.trim();
    (!inside.is_empty()).then(|| inside.to_owned())
}

/// What the name of a merged branch says that it takes back: GitHub's Revert button names it `revert-6-the-branch`.
pub(super) fn of_branch(branch: &str) -> Option<Target> {
    // The merged branch's own name may have slashes, and so may what a person puts before.
    let parts = branch.match_indices('/').map(|(at, _)| at + 1);
    let rest =
        std::iter::once(0).chain(parts).find_map(|at| strip(&branch[at..], "revert"))?.strip_prefix(['-', '_'])?;
    let rest = strip(rest, "pr-").unwrap_or(rest);
    let word = rest.split(['-', '_']).next()?;
    word.parse().ok().map(Target::PullRequest).or_else(|| is_id(word).then(|| Target::Id(word.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    /// The targets of a message, each as text; those of which only a part goes after `part of`.
    fn of(message: &str) -> Vec<String> {
        let lines: Vec<&str> = message.lines().collect();
        let text = |name: RevertName| {
            let target = match name.target {
                Target::Id(id) => id,
                Target::PullRequest(number) => format!("#{number}"),
                Target::Subject(subject) => subject,
            };
            if name.partly { format!("part of {target}") } else { target }
        };
        parse(message, lines[0], &lines[1..]).into_iter().map(text).collect()
    }

    #[test]
    fn each_way_of_naming_what_goes_is_read() {
        for (message, expected) in [
            (format!("Mend\n\nThis reverts commit {ID}.\nThis reverts commit\n{ID}, reversing\nchanges made to 7654321.\n"), vec![ID]),
            ("Mend\n\nThis reverts commits 0123abc, 1234bcd and 2345cde.".to_owned(), vec!["0123abc", "1234bcd", "2345cde"]),
            ("Revert \"Add x (#1)\" (#2)\n\nReverts acme/shop#1".to_owned(), vec!["#1", "Add x (#1)"]),
            ("Mend\n\nThis reverts merge request g/p!7".to_owned(), vec!["#7"]),
            ("Mend\n\nReverts https://github.com/acme/shop/pull/7.".to_owned(), vec!["#7"]),
            ("Reapply \"Add x\"".to_owned(), vec!["Revert \"Add x\""]),
            ("revert: add x\n\nRefs: 676104e, a215868".to_owned(), vec!["676104e", "a215868", "add x"]),
            ("revert(till)!: add x".to_owned(), vec!["add x"]),
            ("Reverted: Add x".to_owned(), vec!["Add x"]),
            ("Back out \"Add x\"\n\nOriginal commit changeset: 0123456789ab".to_owned(), vec!["0123456789ab", "Add x"]),
            ("Backed out changeset 0123456789ab (bug 5) for failures".to_owned(), vec!["0123456789ab"]),
            ("Mend\n\nThis backs out commit 0123456789ab.".to_owned(), vec!["0123456789ab"]),
            ("Backed out 2 changesets (bug 5)\n\nBacked out changeset 0123456789ab (bug 5)\nBacked out changeset 123456789abc (bug 5)".to_owned(), vec!["0123456789ab", "123456789abc"]),
            (format!("Automated rollback of commit {ID}."), vec![ID]),
            ("Revert 0123abc".to_owned(), vec!["0123abc"]),
            ("Revert acme/shop#3".to_owned(), vec!["#3"]),
            ("Revert late routes (#3) as they are slow".to_owned(), vec!["#3"]),
            ("Revert late routes (#3) (#4)".to_owned(), vec!["#3"]),
            ("Partial revert of #3".to_owned(), vec!["part of #3"]),
            ("Revert the words in #3 (#4)".to_owned(), vec!["part of #3"]),
            ("Mend\n\nThis partially reverts commit 0123abc.".to_owned(), vec!["part of 0123abc"]),
            ("Mend\n\nThis reverts commits 0123abc,\n1234bcd,\n2345cde and\n3456def.".to_owned(), vec!["0123abc", "1234bcd", "2345cde", "3456def"]),
            ("Mend\n\nThis reverts commit 0123abc\nand commit 1234bcd.".to_owned(), vec!["0123abc", "1234bcd"]),
        ] {
            assert_eq!(of(&message), expected, "{message}");
        }
    }

    #[test]
    fn prose_about_reverts_takes_nothing_back() {
        for message in [
            "Reverts x",
            "Revert to the old way (#4)",
            "Mend what reverts break\n\nReverts in SQL are slow, see 0123abc.",
            "Add a revert button\n\nRefs: 0123abc",
            "Make migrations revertible (#4)",
            "Undo stack: keep 20 steps",
        ] {
            assert_eq!(of(message), Vec::<String>::new(), "{message}");
        }
    }

    #[test]
    fn names_after_the_sentence_that_says_what_goes_are_prose() {
        for message in [
            "Mend\n\nThis reverts commit 0123abc. PR #55 broke it",
            "Mend\n\nThis reverts commit 0123abc (again!). #55 broke it",
            "Mend\n\nThis reverts commit 0123abc.\nPR #55 broke it",
            "Mend\n\nThis reverts commit 0123abc\nPR #55 broke it",
            "Mend\n\nReverts 0123abc\n\n#55 broke it",
            "Revert 0123abc. PR #55 broke it",
            "Mend\n\nThis reverts commit 0123abc,\n\n#55 broke it",
        ] {
            assert_eq!(of(message), ["0123abc"], "{message}");
        }
        assert_eq!(of("Revert the words in #3. PR #55 broke them"), ["part of #3"]);
        assert_eq!(of("Mend\n\nThis reverts commit\n\n0123abc"), Vec::<String>::new());
    }

    #[test]
    fn the_branch_of_a_revert_button_names_the_number() {
        assert_eq!(of_branch("revert-6-ann/six"), Some(Target::PullRequest(6)));
        assert_eq!(of_branch("revert-6-six"), Some(Target::PullRequest(6)));
        assert_eq!(of_branch("revert_6"), Some(Target::PullRequest(6)));
        assert_eq!(of_branch("ann/revert-0123abcd"), Some(Target::Id("0123abcd".to_owned())));
        assert_eq!(of_branch("revert-the-six"), None);
        assert_eq!(of_branch("irrevertible-6"), None);
    }
}
