//! A change, as a pull request, a commit or a branch → its type of work, by what its author says and what it changes.
//!
//! The first of these that says a type decides, so a fix inside the pull request of a feature is a part of the feature:
//! labels of the pull request; a type in front of its title (`fix(parser): …`); its paths, if all are of one type; the words of
//! its title; the same of the commit that the work is tied to; the branch that it merged.

use std::collections::HashMap;

use crate::company::reviewed::Reviewed;
use crate::history::History;
use crate::link::Link;
use crate::model::prompt::{TypeBasis, WorkType};
use crate::model::work::{Work, WorkCommit};
use crate::sessions::title;

/// Labels of pull requests whose words say no type by themselves.
const LABELS: &[(&str, WorkType)] = &[
    ("enhancement", WorkType::Feature),
    ("defect", WorkType::Bugfix),
    ("regression", WorkType::Bugfix),
    ("performance", WorkType::Refactor),
    ("tech-debt", WorkType::Refactor),
    ("technical debt", WorkType::Refactor),
    ("maintenance", WorkType::Ops),
];

/// What is known of the changes that sessions are tied to.
#[derive(Debug)]
pub struct Changes<'a> {
    histories: &'a [History],
    works: &'a [Work],
    reviewed: &'a Reviewed,
    by_id: HashMap<(usize, &'a str), &'a WorkCommit>,
}

impl<'a> Changes<'a> {
    /// The changes of all repositories, each of which has its work at the same place.
    #[must_use]
    pub fn new(histories: &'a [History], works: &'a [Work], reviewed: &'a Reviewed) -> Self {
        let of =
            |(at, work): (usize, &'a Work)| work.commits.iter().map(move |one| ((at, one.commit.id.as_str()), one));
        let by_id = works.iter().enumerate().flat_map(of).collect();
        Self { histories, works, reviewed, by_id }
    }

    /// The type of the change that a link names, and what says it.
    pub(super) fn kind(&self, link: &Link) -> Option<(WorkType, TypeBasis)> {
        let landed = link.landing.and_then(|at| self.of_landing(link.repository, at));
        let commit = || link.commit.as_deref().and_then(|id| self.of_commit(link.repository, id));
        let merged = || {
            let landing = self.histories.get(link.repository)?.commits.get(link.landing?)?;
            title::branch(landing.merged_branch.as_deref()?)
        };
        let branch = || link.branch.as_deref().and_then(title::branch).or_else(merged);
        landed.or_else(commit).or_else(|| Some((branch()?, TypeBasis::Branch)))
    }

    fn of_landing(&self, repository: usize, at: usize) -> Option<(WorkType, TypeBasis)> {
        let landing = self.histories.get(repository)?.commits.get(at)?;
        let labels = self.reviewed.labels(repository, at).iter();
        if let Some(kind) = labels.filter_map(|label| of_label(label)).next() {
            return Some((kind, TypeBasis::Label));
        }
        let is_request = landing.pull_request.is_some() || landing.title.is_some();
        let basis = if is_request { TypeBasis::Title } else { TypeBasis::Commits };
        let headline = landing.headline();
        let paths = landing.changes.iter().map(|change| change.path.as_str());
        // The subject of a merge without a title is git's own.
        let is_named = landing.title.is_some() || landing.parents.len() < 2;
        let said = |kind: Option<WorkType>| kind.filter(|_| is_named).map(|kind| (kind, basis));
        said(title::prefix(headline))
            .or_else(|| Some((of_paths(paths)?, TypeBasis::Paths)))
            .or_else(|| said(title::words(headline)))
    }

    fn of_commit(&self, repository: usize, id: &str) -> Option<(WorkType, TypeBasis)> {
        let one = self.by_id.get(&(repository, id)).filter(|one| !one.is_merge())?;
        let subject = one.commit.headline();
        let paths =
            one.paths.iter().filter_map(|at| self.works[repository].paths.get(*at as usize)).map(String::as_str);
        let said = |kind: Option<WorkType>| kind.map(|kind| (kind, TypeBasis::Commits));
        said(title::prefix(subject))
            .or_else(|| Some((of_paths(paths)?, TypeBasis::Paths)))
            .or_else(|| said(title::words(subject)))
    }
}

/// `bug`, `type: bug`, `kind/feature`, `area: docs`.
fn of_label(label: &str) -> Option<WorkType> {
    let label = label.trim().to_lowercase();
    let last = label.rsplit([':', '/']).next().unwrap_or(&label).trim();
    let listed = LABELS.iter().find(|(known, _)| *known == last).map(|(_, kind)| *kind);
    listed.or_else(|| title::of_type(last))
}

/// The type that all paths share.
pub(super) fn of_paths<'p>(paths: impl Iterator<Item = &'p str>) -> Option<WorkType> {
    let mut found = None;
    for path in paths {
        let kind = of_path(path)?;
        if found.is_some_and(|other| other != kind) {
            return None;
        }
        found = Some(kind);
    }
    found
}

/// The type of work of a path, if the path shows it.
fn of_path(path: &str) -> Option<WorkType> {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let folder = |wanted: &[&str]| path.split('/').rev().skip(1).any(|part| wanted.contains(&part));
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[
        "_test.go",
        "_test.py",
        "_test.rs",
        "_test.exs",
        ".test.ts",
        ".test.js",
        ".test.tsx",
        ".test.jsx",
        ".spec.ts",
        ".spec.js",
        ".spec.tsx",
        "_spec.rb",
        "_test.rb",
        "test.java",
        "test.kt",
        "tests.cs",
    ]) || name.starts_with("test_")
        || folder(&["test", "tests", "__tests__", "spec", "specs", "testdata", "e2e", "fixtures"])
    {
        return Some(WorkType::Test);
    }
    if ends(&[".md", ".mdx", ".rst", ".adoc"]) || folder(&["docs", "doc"]) || name.starts_with("license") {
        return Some(WorkType::Docs);
    }
    let is_ops = folder(&[".github", ".circleci", ".buildkite", "terraform", "helm", "k8s", "deploy"])
        || ends(&[".lock", "-lock.json", "-lock.yaml", ".tf"])
        || name.starts_with("dockerfile")
        || [".goreleaser", ".golangci", "docker-compose", "renovate"].iter().any(|tool| name.starts_with(tool))
        || matches!(
            name,
            "makefile" | ".gitlab-ci.yml" | "go.mod" | "go.sum" | ".gitignore" | "codeowners" | "mise.toml"
        );
    is_ops.then_some(WorkType::Ops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_show_a_type_if_all_are_of_one() {
        for (paths, expected) in [
            (&["src/tests/a.rs", "shop/cart_test.go"][..], Some(WorkType::Test)),
            (&["/home/dana/shop/README.md"][..], Some(WorkType::Docs)),
            (&["go.mod", "go.sum", ".github/workflows/ci.yml"][..], Some(WorkType::Ops)),
            (&["README.md", "src/tests/a.rs"][..], None),
            (&["src/main.rs"][..], None),
            (&[][..], None),
        ] {
            assert_eq!(of_paths(paths.iter().copied()), expected, "{paths:?}");
        }
    }

    #[test]
    fn labels_are_known_with_and_without_a_heading() {
        for (label, expected) in [
            ("bug", Some(WorkType::Bugfix)),
            ("type: Bug", Some(WorkType::Bugfix)),
            ("kind/feature", Some(WorkType::Feature)),
            ("enhancement", Some(WorkType::Feature)),
            ("documentation", Some(WorkType::Docs)),
            ("area: checkout", None),
        ] {
            assert_eq!(of_label(label), expected, "{label}");
        }
    }
}
