//! Maintenance branches: they are not meant to be merged, and releases are made from them.
//!
//! Each kind of evidence is enough. Names are the weakest, so they must have a form that feature branches do not have: a
//! version, or one of the usual words. Pull requests are never such branches.

use std::collections::BTreeMap;

use gix::ObjectId;

use crate::error::Result;
use crate::history::objects::Store;

/// Words in the names of maintenance branches, alone or before a version.
const WORDS: [&str; 10] =
    ["release", "releases", "rel", "stable", "maint", "maintenance", "support", "lts", "backport", "backports"];
/// Words that may follow a version.
const AFTER: [&str; 7] = ["x", "stable", "maint", "maintenance", "lts", "branch", "dev"];
/// A branch with at least this many commits that name a mainline commit as their original …
pub(super) const MIN_COPIES: usize = 3;
/// … over at least this many days follows the mainline.
pub(super) const MIN_COPIES_DAYS: i64 = 60;

/// Whether a branch's short name is that of a maintenance branch: `v1.x`, `release/2.0`, `stable-3.1`, `maint`.
pub(super) fn is_name(short: &str) -> bool {
    let lower = short.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['/', '-', '_']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [word] if matches!(*word, "stable" | "maint" | "maintenance" | "lts" | "release") => true,
        [version] => is_version(version),
        [word, version] if WORDS.contains(word) => is_version(version) || is_number(version),
        [word, version, after] if WORDS.contains(word) => is_version(version) && AFTER.contains(after),
        [version, after] => is_version(version) && AFTER.contains(after),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is numbers with dots in between, of which the last may be an `x`; a single number needs a `v`.
fn is_version(text: &str) -> bool {
    let numbers: Vec<&str> = text.strip_prefix('v').unwrap_or(text).split('.').collect();
    let (last, before) = numbers.split_last().unwrap_or((&"", &[]));
    let ends = is_number(last) && !last.starts_with('v') || *last == "x" && !before.is_empty();
    ends && before.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty())
        && (!before.is_empty() || text.starts_with('v'))
}

/// The commits that release tags name, each with its tag; a release tag has a version in its name.
///
/// # Errors
/// Fails when the references cannot be read.
pub(super) fn released(store: &Store) -> Result<BTreeMap<ObjectId, String>> {
    let repository = store.repository.to_thread_local();
    let unreadable = |cause: &dyn std::fmt::Display| store.unreadable("references", cause);
    let platform = repository.references().map_err(|cause| unreadable(&cause))?;
    let mut released = BTreeMap::new();
    for mut tag in platform.tags().map_err(|cause| unreadable(&cause))?.filter_map(std::result::Result::ok) {
        let name = tag.name().shorten().to_string();
        // The clone may lack what a tag names.
        if has_version(&name)
            && let Ok(id) = tag.peel_to_id()
        {
            let first = released.entry(id.detach()).or_insert_with(|| name.clone());
            if name < *first {
                *first = name;
            }
        }
    }
    Ok(released)
}

/// Whether a name has two numbers with a dot or an underscore in between, or a number after a `v`.
fn has_version(name: &str) -> bool {
    let bytes = name.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let starts = |at: usize| at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    (0..bytes.len()).any(|at| match bytes[at] {
        b'.' | b'_' => at > 0 && digit(at - 1) && digit(at + 1),
        b'v' | b'V' => starts(at) && digit(at + 1),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_branches_have_other_names_than_features() {
        for name in [
            "v1.x",
            "1.x",
            "1.2",
            "v2",
            "2.3.x",
            "0.12-maintenance",
            "release/1.0",
            "releases/v3",
            "release-2.40",
            "stable",
            "stable-3.1",
            "stable/2023.1",
            "maint",
            "maint-2.30",
            "maint/v1.x",
            "V4.0",
            "1.2-stable",
            "lts",
            "release/2024",
            "support/1.4.x",
            "rel_5.1",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "123",
            "fix-1.2",
            "release/fix-typo",
            "feature/v2-login",
            "release-notes",
            "stable-sort",
            "support",
            "support/login",
            "v2-redesign",
            "dependabot/npm/lodash-4.17",
            "x",
            "v",
            "1.",
            ".x",
            "main",
            "",
            "release/please/1.2",
            "vx",
            "2024-05-01",
            "backport",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_release_has_a_version_in_its_tag() {
        for tag in ["v1", "1.0", "flask-0.12.1", "rel_1_0", "pkg/v2", "@scope/pkg@1.2.3"] {
            assert!(has_version(tag), "{tag}");
        }
        for tag in ["archive/spike", "before-rewrite", "nightly", "backup-2024", "rev7"] {
            assert!(!has_version(tag), "{tag}");
        }
    }
}
