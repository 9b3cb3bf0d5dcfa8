//! A title of a pull request, a commit's subject or the name of a branch → its type of work, by the words for it.

use crate::model::commit::conventional;
use crate::model::prompt::WorkType;

/// Types of work by words, in the form of an order: `add`, not `added`.
const WORDS: &[(WorkType, &[&str])] = &[
    (WorkType::Test, &["test", "e2e", "coverage", "fixture", "flaky", "flake", "spec", "benchmark"]),
    (
        WorkType::Docs,
        &[
            "doc",
            "document",
            "documentation",
            "readme",
            "changelog",
            "comment",
            "docstring",
            "typo",
            "guide",
            "tutorial",
            "clarify",
            "contributing",
            "adr",
        ],
    ),
    (
        WorkType::Ops,
        &[
            "chore",
            "ci",
            "build",
            "op",
            "release",
            "dep",
            "dependency",
            "dependencies",
            "infra",
            "bump",
            "upgrade",
            "pin",
            "deploy",
            "deployment",
            "publish",
            "workflow",
            "lint",
            "linter",
            "docker",
            "dockerfile",
            "makefile",
            "license",
            "gitignore",
            "codeowners",
            "goreleaser",
            "dependabot",
            "renovate",
            "pipeline",
        ],
    ),
    (
        WorkType::Bugfix,
        &[
            "fix",
            "bugfix",
            "hotfix",
            "bug",
            "revert",
            "correct",
            "repair",
            "resolve",
            "prevent",
            "avoid",
            "guard",
            "ensure",
            "handle",
            "restore",
            "workaround",
            "mitigate",
            "sanitize",
            "tolerate",
            "recover",
            "stop",
            "don't",
            "harden",
            "crash",
            "regression",
        ],
    ),
    (
        WorkType::Refactor,
        &[
            "refactor",
            "refactoring",
            "perf",
            "style",
            "cleanup",
            "clean",
            "rename",
            "move",
            "extract",
            "simplify",
            "remove",
            "delete",
            "drop",
            "split",
            "consolidate",
            "unify",
            "inline",
            "reorganize",
            "reorganise",
            "restructure",
            "rewrite",
            "rework",
            "replace",
            "convert",
            "migrate",
            "switch",
            "dedupe",
            "deduplicate",
            "optimize",
            "optimise",
            "speed",
            "reduce",
            "tidy",
            "format",
            "reformat",
            "modernize",
            "deprecate",
            "decouple",
            "centralize",
            "improve",
            "polish",
            "reuse",
            "use",
            "address",
        ],
    ),
    (
        WorkType::Feature,
        &[
            "feat",
            "feature",
            "add",
            "implement",
            "introduce",
            "support",
            "allow",
            "enable",
            "create",
            "provide",
            "expose",
            "extend",
            "show",
            "display",
            "print",
            "initial",
            "init",
            "new",
            "integrate",
            "integration",
            "make",
            "let",
            "generate",
            "detect",
            "track",
            "store",
            "capture",
            "record",
            "include",
            "wire",
            "enhance",
            "scaffold",
            "prototype",
            "poc",
            "send",
            "fetch",
            "save",
            "offer",
            "set",
        ],
    ),
];
/// Words that begin a title and leave it to what is changed which type it is.
const VAGUE: &[&str] =
    &["update", "change", "adjust", "tweak", "modify", "edit", "minor", "small", "more", "some", "the"];
/// Words after which a title says where or what for, no longer what.
const TURNS: &[&str] = &[
    "for", "to", "in", "of", "with", "from", "on", "when", "by", "into", "at", "if", "as", "that", "so", "and",
    "after", "before", "using", "without", "about", "between", "is", "are",
];
/// Words before the first that counts.
const BEFORE: &[&str] = &["wip", "draft", "please", "also", "we", "i"];

/// The type whose list has a word, in any of the forms that English gives it.
pub(super) fn of_word(word: &str) -> Option<WorkType> {
    let word = word.to_lowercase();
    let known = |form: &str| WORDS.iter().find(|(_, words)| words.contains(&form)).map(|(kind, _)| *kind);
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
    conventional(title).or(bracketed).and_then(of_word)
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
    let done = of_word(first);
    let is_vague = VAGUE.contains(&first)
        || VAGUE.iter().any(|word| first.strip_prefix(word).is_some_and(|end| matches!(end, "s" | "d" | "ed")));
    if done.is_none() && !is_vague {
        return rest.iter().find_map(|word| of_word(word));
    }
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
