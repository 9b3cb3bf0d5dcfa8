//! Sessions → types of work, from commits, branches, paths and, last, the words of prompts.
//!
//! - The first of these with a type decides: the conventional types of the linked commits, weighted by their cost; the name
//!   of the branch, weighted by cost; the edited paths, if all are of one type; the prompts, weighted by cost.
//! - The session of a subagent has the type of the session that started it.
//! - Other sessions have no known type, and are reported as such.

use std::collections::{BTreeMap, HashMap};

use crate::ledger::Spent;
use crate::link::Links;
use crate::model::activity::What;
use crate::model::commit::conventional;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::period::Period;
use crate::model::prompt::WorkType;
use crate::model::work::Work;
use crate::sessions::turns::{SessionTurns, Turns};

/// What the type of a session is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeBasis {
    /// Conventional types of linked commits.
    Commits,
    /// The name of a branch.
    Branch,
    /// The edited paths.
    Paths,
    /// The words of prompts.
    Prompts,
    /// Nothing: the type is unknown.
    Nothing,
}

impl TypeBasis {
    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::Branch => "branch",
            Self::Paths => "paths",
            Self::Prompts => "prompts",
            Self::Nothing => "nothing",
        }
    }
}

/// The types of all sessions.
#[derive(Debug, Clone, Default)]
pub struct WorkTypes {
    of: HashMap<Name, (Option<WorkType>, TypeBasis)>,
}

/// Spend of one type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeSum {
    /// Cost of its sessions' requests.
    pub cost: Money,
    /// Their tokens.
    pub tokens: u64,
    /// Sessions.
    pub sessions: u64,
    /// Its cost by what the type is based on.
    pub by_basis: BTreeMap<TypeBasis, Money>,
}

/// Conventional types of commits and prefixes of branches.
const WORDS: &[(WorkType, &[&str])] = &[
    (WorkType::Feature, &["feat", "feature", "features", "add"]),
    (WorkType::Bugfix, &["fix", "bugfix", "hotfix", "bug", "revert"]),
    (WorkType::Refactor, &["refactor", "perf", "style", "cleanup"]),
    (WorkType::Test, &["test", "tests"]),
    (WorkType::Docs, &["docs", "doc"]),
    (WorkType::Ops, &["chore", "ci", "build", "ops", "release", "deps", "infra"]),
];

fn named(word: &str) -> Option<WorkType> {
    let same = |known: &&str| known.eq_ignore_ascii_case(word);
    WORDS.iter().find(|(_, words)| words.iter().any(same)).map(|(kind, _)| *kind)
}

/// `fix/login`, `dana/fix-login`.
fn of_branch(branch: &str) -> Option<WorkType> {
    let mut parts = branch.split('/');
    parts.find_map(|part| named(part).or_else(|| named(part.split(['-', '_']).next()?)))
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
        ".test.ts",
        ".test.js",
        ".test.tsx",
        ".spec.ts",
        ".spec.js",
        "_spec.rb",
        "test.java",
    ]) || name.starts_with("test_")
        || folder(&["test", "tests", "__tests__", "spec", "testdata"])
    {
        return Some(WorkType::Test);
    }
    if ends(&[".md", ".rst", ".adoc"]) || folder(&["docs", "doc"]) {
        return Some(WorkType::Docs);
    }
    let is_ops = folder(&[".github", ".circleci", "terraform", "helm", "k8s", "deploy"])
        || matches!(name, "dockerfile" | "makefile" | ".gitlab-ci.yml" | "docker-compose.yml");
    is_ops.then_some(WorkType::Ops)
}

impl WorkTypes {
    /// Finds the type of every session.
    #[must_use]
    pub fn find(turns: &Turns<'_>, records: &[Spent], links: Option<&Links>, works: &[Work], names: &Names) -> Self {
        let subjects: HashMap<(usize, &str), &str> = works
            .iter()
            .enumerate()
            .flat_map(|(at, work)| work.commits.iter().map(move |one| ((at, one.commit.id.as_str()), one)))
            .map(|(key, one)| (key, one.commit.headline()))
            .collect();
        let mut by_commits: HashMap<&str, BTreeMap<WorkType, i128>> = HashMap::new();
        for link in links.iter().flat_map(|links| &links.links).filter(|link| link.tier <= Tier::Strong) {
            let subject = link.commit.as_deref().and_then(|id| subjects.get(&(link.repository, id)));
            if let Some(kind) = subject.and_then(|subject| conventional(subject)).and_then(named) {
                // A link without cost counts, too.
                *by_commits.entry(&link.session).or_default().entry(kind).or_default() += link.cost.nanos().max(1);
            }
        }
        let mut found = Self::default();
        for session in &turns.sessions {
            let commits = by_commits.get(session.id).and_then(heaviest).map(|kind| (kind, TypeBasis::Commits));
            let known = commits.or_else(|| by_facts(session, records, names));
            found
                .of
                .insert(session.name, known.map_or((None, TypeBasis::Nothing), |(kind, basis)| (Some(kind), basis)));
        }
        // A chain of parents is short; two rounds reach a subagent of a subagent.
        for _ in 0..2 {
            for record in records {
                let (Some(own), Some(parent)) = (record.session, record.parent_session) else { continue };
                if let Some(&known) = found.of.get(&parent).filter(|(kind, _)| kind.is_some()) {
                    found.of.insert(own, known);
                }
            }
        }
        found
    }

    /// The type of a session.
    #[must_use]
    pub fn session(&self, name: Name) -> Option<WorkType> {
        self.of.get(&name).and_then(|(kind, _)| *kind)
    }

    /// The spend of a period by type; `None` is spend of an unknown type.
    #[must_use]
    pub fn within(&self, records: &[Spent], period: &Period) -> BTreeMap<Option<WorkType>, TypeSum> {
        let mut sums: BTreeMap<Option<WorkType>, TypeSum> = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        for record in records.iter().filter(|record| period.contains(record.at)) {
            let known = record.session.and_then(|name| self.of.get(&name)).copied();
            let (kind, basis) = known.unwrap_or((None, TypeBasis::Nothing));
            let sum = sums.entry(kind).or_default();
            let cost = record.cost.unwrap_or_default();
            sum.cost += cost;
            sum.tokens += record.tokens;
            sum.sessions += u64::from(record.session.is_some_and(|name| seen.insert(name)));
            *sum.by_basis.entry(basis).or_default() += cost;
        }
        sums
    }
}

fn heaviest(weights: &BTreeMap<WorkType, i128>) -> Option<WorkType> {
    weights.iter().max_by_key(|(kind, weight)| (**weight, std::cmp::Reverse(**kind))).map(|(kind, _)| *kind)
}

fn by_facts(session: &SessionTurns<'_>, records: &[Spent], names: &Names) -> Option<(WorkType, TypeBasis)> {
    let mut branches: BTreeMap<WorkType, i128> = BTreeMap::new();
    let mut prompts: BTreeMap<WorkType, i128> = BTreeMap::new();
    let mut paths: BTreeMap<Option<WorkType>, usize> = BTreeMap::new();
    for turn in &session.turns {
        for &at in &turn.records {
            if let Some(kind) = names.text_of(records[at].branch).and_then(of_branch) {
                *branches.entry(kind).or_default() += records[at].cost.unwrap_or_default().nanos().max(1);
            }
        }
        for event in &turn.events {
            if let What::Edit { path, .. } = event.what {
                *paths.entry(of_path(names.text(path))).or_default() += 1;
            }
        }
        // A prompt that only continues has no type of its own.
        if let Some(prompt) = turn.prompt.filter(|prompt| prompt.work != WorkType::Continuation) {
            *prompts.entry(prompt.work).or_default() += turn.cost(records).nanos().max(1);
        }
    }
    let of_paths = || match paths.iter().next() {
        Some((Some(kind), _)) if paths.len() == 1 => Some(*kind),
        _ => None,
    };
    let branch = heaviest(&branches).map(|kind| (kind, TypeBasis::Branch));
    let path = || of_paths().map(|kind| (kind, TypeBasis::Paths));
    branch.or_else(path).or_else(|| {
        let edits = !paths.is_empty();
        // A session with edits is not a question.
        prompts.retain(|kind, _| !edits || *kind != WorkType::Question);
        heaviest(&prompts).map(|kind| (kind, TypeBasis::Prompts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_paths_show_types() {
        assert_eq!(of_branch("dana/fix-login"), Some(WorkType::Bugfix));
        assert_eq!(of_branch("feature/checkout"), Some(WorkType::Feature));
        assert_eq!(of_branch("main"), None);
        assert_eq!(of_path("src/tests/a.rs"), Some(WorkType::Test));
        assert_eq!(of_path("/home/dana/shop/README.md"), Some(WorkType::Docs));
        assert_eq!(of_path("src/main.rs"), None);
    }
}
