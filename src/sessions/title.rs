//! A title of a pull request, a commit's subject or the name of a branch → its type of work, by the words for it.

use crate::model::commit::conventional;
use crate::model::prompt::WorkType;

/// Types of work by words, in the form of an order: `add`, not `added`.
const WORDS: &[(WorkType, &str)] = &[
    (WorkType::Test, "assert benchmark cover coverage e2e exercise fixture flake flaky mock spec test testcase"),
    (
        WorkType::Docs,
        "adr changelog clarification clarify comment contributing doc docstring document documentation \
         explain faq guide howto mention note readme runbook tutorial typo",
    ),
    (
        WorkType::Ops,
        "build bump chore ci codeowners dep dependabot dependencies dependency deploy deployment docker \
         dockerfile gitignore goreleaser infra license lint linter makefile op packaging pin pipeline \
         prepare publish release renovate submodule toolchain trigger upgrade version workflow",
    ),
    (
        WorkType::Bugfix,
        "always assure avoid bound broken bug bugfix cap correct correctly crash disable don't enforce \
         ensure escape exclude feedback fix guard handle harden hotfix ignore isolate keep missing \
         mitigate normalize only preserve prevent properly recover regression repair resolve restore \
         return revert sanitize skip stop strip suppress tighten tolerate validate workaround wrong",
    ),
    (
        WorkType::Refactor,
        "adapt batch centralize clean cleanup consolidate consolidation convert decouple dedupe \
         deduplicate delete deprecate drop duplication eliminate extract format improve inline migrate \
         modernize move optimise optimization optimize perf polish reduce refactor refactoring reformat \
         remove rename reorganise reorganize replace restructure reuse rework rewrite simplify speed \
         split style switch tidy unify use",
    ),
    (
        WorkType::Feature,
        "accept add allow capture complete configure create detect display enable enhance expand export \
         expose extend feat feature fetch generate implement include init initial initialise integrate \
         integration introduce let make new offer option partial phase poc print prototype provide record \
         register save scaffold send set show store support surface track wire",
    ),
];
/// Types of work by what is written in front of titles, and by labels.
const TYPES: &[(WorkType, &str)] = &[
    (WorkType::Feature, "feat feature features add"),
    (WorkType::Bugfix, "fix fixes bugfix hotfix bug revert"),
    (WorkType::Refactor, "refactor refactoring perf style cleanup"),
    (WorkType::Test, "test tests testing"),
    (WorkType::Docs, "docs doc documentation"),
    (WorkType::Ops, "chore ci build ops release deps dependencies infra"),
];
/// Words that order something new, although in front of a colon they are types of their own.
const ORDERS: &[&str] = &["build", "builds", "style", "styles"];
/// Words after which a title says where or what for, no longer what.
const TURNS: &[&str] = &[
    "for", "to", "in", "of", "with", "from", "on", "when", "by", "into", "at", "if", "as", "that", "so", "and",
    "after", "before", "using", "without", "about", "between", "is", "are",
];
/// Words before the first that counts.
const BEFORE: &[&str] = &["wip", "draft", "please", "also", "we", "i"];

/// The type whose list has a word.
fn listed(lists: &[(WorkType, &str)], wanted: &str) -> Option<WorkType> {
    lists.iter().find(|(_, words)| words.split(' ').any(|word| word == wanted)).map(|(kind, _)| *kind)
}

/// The type that a word in front of a title, or a label, names.
pub(super) fn of_type(word: &str) -> Option<WorkType> {
    listed(TYPES, &word.to_lowercase())
}

/// The type of a word of a title, in any of the forms that English gives it.
fn of_word(word: &str) -> Option<WorkType> {
    let word = word.to_lowercase();
    let known = |form: &str| listed(WORDS, form);
    known(&word).or_else(|| {
        ["s", "es", "d", "ed", "ing"].iter().filter_map(|ending| word.strip_suffix(ending)).find_map(|stem| {
            let doubled = stem.char_indices().next_back().map(|(at, last)| (&stem[..at], last));
            let single = doubled.filter(|(rest, last)| rest.ends_with(*last)).map(|(rest, _)| rest);
            known(stem)
                .or_else(|| known(single?))
                .or_else(|| known(&format!("{stem}e")))
                .or_else(|| stem.strip_suffix('i').and_then(|stem| known(&format!("{stem}y"))))
        })
    })
}

/// The type that is written in front of a title: `fix(parser)!: …`, `[docs] …`.
pub(super) fn prefix(title: &str) -> Option<WorkType> {
    let bracketed = title.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(word, _)| word);
    conventional(title).or(bracketed).and_then(of_type)
}

/// The type that the words of a title say: what is done, unless it is done to tests, documents or pipelines.
pub(super) fn words(title: &str) -> Option<WorkType> {
    let words = split(without_scope(title));
    let mut words = words
        .iter()
        .map(String::as_str)
        .skip_while(|word| BEFORE.contains(word) || word.chars().all(|char| char.is_ascii_digit()));
    let first = words.next()?;
    let rest: Vec<&str> = words.collect();
    if matches!((first, rest.first()), ("make", Some(&"sure")) | ("do", Some(&"not")) | ("no", Some(&"longer"))) {
        return Some(WorkType::Bugfix);
    }
    let done = if ORDERS.contains(&first) { Some(WorkType::Feature) } else { of_word(first) };
    // The last word before `for` or `to` is what it is done to: `add unit tests for the parser`.
    let thing = rest.iter().take_while(|word| !TURNS.contains(word)).last().and_then(|word| of_word(word));
    match (thing, done) {
        (Some(WorkType::Test | WorkType::Docs | WorkType::Ops), _) => thing,
        (_, Some(_)) => done,
        _ => rest.iter().find_map(|word| of_word(word)),
    }
}

/// The type that the name of a branch says: `fix/login`, `dana/ent-42-add-login`.
pub(super) fn branch(name: &str) -> Option<WorkType> {
    name.split('/').find_map(|part| {
        let parts: Vec<&str> = part.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
        // A key of a tracker: `ent-42`.
        let is_key = parts.get(1).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let from = if is_key { 2 } else { 0 };
        parts.iter().skip(from).find(|word| !BEFORE.contains(word)).and_then(|word| of_word(word))
    })
}

/// A title without what stands before it: a folder or a component, the key of an issue.
fn without_scope(title: &str) -> &str {
    let mut rest = title.trim();
    while let Some((before, after)) = rest.split_once([':', ']']) {
        let is_scope = before.starts_with('[') || !before.trim_end().contains(' ') && after.starts_with(' ');
        // A type before a colon was asked for already; what follows it is another way to say so.
        if !is_scope {
            break;
        }
        rest = after.trim_start();
    }
    let key = rest.split_once(' ').filter(|(first, _)| {
        first.split_once('-').is_some_and(|(letters, number)| {
            letters.bytes().all(|byte| byte.is_ascii_uppercase()) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    key.map_or(rest, |(_, after)| after)
}

fn split(title: &str) -> Vec<String> {
    let words = title.split(|char: char| !char.is_alphanumeric() && char != '\'' && char != '’');
    words.filter(|word| !word.is_empty()).map(|word| word.to_lowercase().replace('’', "'")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use WorkType::{Bugfix, Docs, Feature, Ops, Refactor, Test};

    #[test]
    fn a_title_says_what_is_done_or_what_it_is_done_to() {
        for (title, expected) in [
            ("Add a retry to the client", Some(Feature)),
            ("adds unit tests for the parser", Some(Test)),
            ("Added docs about hooks", Some(Docs)),
            ("[core] SHOP-12 Fixed a crash", Some(Bugfix)),
            ("cmd/shop: Stop asking twice", Some(Bugfix)),
            ("make sure we find the root", Some(Bugfix)),
            ("make the root configurable", Some(Feature)),
            ("Don’t print twice", Some(Bugfix)),
            ("dropped dead code", Some(Refactor)),
            ("simplified the loop", Some(Refactor)),
            ("moving things", Some(Refactor)),
            ("Update dependencies", Some(Ops)),
            ("updated README", Some(Docs)),
            ("Updated docs/shop.md with the new names", Some(Docs)),
            ("fix lint", Some(Ops)),
            ("Fix the build", Some(Ops)),
            ("Build the page of the cart", Some(Feature)),
            ("Update src/shop.rs", None),
            ("shop crashes", Some(Bugfix)),
            ("more bugfixes", Some(Bugfix)),
            ("Merge things", None),
            ("修复", None),
            ("", None),
        ] {
            assert_eq!(words(title), expected, "{title}");
        }
    }

    #[test]
    fn a_type_in_front_of_a_title_is_found_in_colons_and_brackets() {
        assert_eq!(prefix("fix(parser)!: x"), Some(Bugfix));
        assert_eq!(prefix("docs: x"), Some(Docs));
        assert_eq!(prefix("[Tests] x"), Some(Test));
        assert_eq!(prefix("shop: x"), None);
        // A component may be called by a word that says something else in a title.
        assert_eq!(prefix("export: Fix the header"), None);
        assert_eq!(prefix("Add x"), None);
    }

    #[test]
    fn the_first_word_of_a_branch_counts_after_names_and_keys() {
        for (name, expected) in [
            ("dana/fix-login", Some(Bugfix)),
            ("feature/checkout", Some(Feature)),
            ("dana/ent-42-add-login", Some(Feature)),
            ("refactor_cart", Some(Refactor)),
            ("main", None),
            ("dana/login-page", None),
        ] {
            assert_eq!(branch(name), expected, "{name}");
        }
    }
}
