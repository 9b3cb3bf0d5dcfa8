//! One repository with its sessions, indexed for the kinds of evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use chrono::TimeDelta;

use super::candidate::Target;
use super::session::SessionFacts;
use crate::history::History;
use crate::model::branch::Fate;
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::work::{Work, WorkCommit};

/// An edit is followed for this long until a commit that contains it.
pub(super) const EDITED_WITHIN: TimeDelta = TimeDelta::days(21);
/// How far the clocks of a machine and of its commits may differ.
pub(super) const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(15);

/// With fewer added lines, different commits often have the same patch.
const MIN_PATCH_LINES: usize = 3;

/// Paths and added lines: the same for a commit that was picked, rebased or amended without being edited.
type Patch<'a> = (&'a [u32], &'a [(u32, u64)]);

fn patch(one: &WorkCommit) -> Option<Patch<'_>> {
    (one.lines.len() >= MIN_PATCH_LINES).then_some((one.paths.as_slice(), one.lines.as_slice()))
}

/// One repository and the sessions that worked in it.
pub(super) struct RepositoryIndex<'a> {
    pub(super) names: &'a Names,
    pub(super) history: &'a History,
    pub(super) work: &'a Work,
    pub(super) sessions: &'a [SessionFacts],
    /// Indexes of the sessions that worked in this repository.
    pub(super) here: Vec<usize>,
    /// The canonical commit of each: itself, or the one in which its work landed.
    pub(super) canonical: Vec<u32>,
    /// Ids and indexes of commits, sorted.
    by_id: Vec<(&'a str, u32)>,
    /// Hashes of added lines and the canonical commits that add them, sorted, each pair once.
    by_line: Vec<(u64, u32)>,
    /// Commits by branch name, in order of time, canonical or not.
    pub(super) by_branch: BTreeMap<&'a str, Vec<u32>>,
    /// The landing of a pull request.
    pub(super) landing_of_pull: BTreeMap<u64, u32>,
    /// Names of branches with commits that did not land, sorted.
    pub(super) branch_names: Vec<&'a str>,
    /// Sessions by id.
    pub(super) by_session: HashMap<&'a str, usize>,
    /// Indexes of the paths of the repository …
    paths: HashMap<&'a str, u32>,
    /// … and by their lower case, once a log needs it; `None` for several of one lower case.
    lower_paths: OnceLock<HashMap<String, Option<u32>>>,
}

impl<'a> RepositoryIndex<'a> {
    pub(super) fn new(
        names: &'a Names,
        history: &'a History,
        work: &'a Work,
        sessions: &'a [SessionFacts],
        here: Vec<usize>,
    ) -> Self {
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut landing_of_pull = BTreeMap::new();
        for (index, commit) in history.commits.iter().enumerate() {
            if let Some(number) = commit.pull_request {
                landing_of_pull.entry(number).or_insert(at(index));
            }
        }
        let mut by_id: Vec<(&str, u32)> =
            work.commits.iter().enumerate().map(|(index, one)| (one.commit.id.as_str(), at(index))).collect();
        by_id.sort_unstable();
        let paths = work.paths.iter().enumerate().map(|(index, path)| (path.as_str(), at(index))).collect();
        let by_session = here.iter().map(|&index| (sessions[index].id.as_str(), index)).collect();
        let mut index = Self {
            names,
            history,
            work,
            sessions,
            here,
            canonical: Vec::new(),
            by_id,
            by_line: Vec::new(),
            by_branch: BTreeMap::new(),
            landing_of_pull,
            branch_names: Vec::new(),
            by_session,
            paths,
            lower_paths: OnceLock::new(),
        };
        index.canonical = index.find_canonical();
        index.add_commits();
        index
    }

    /// Finds the commit in which the work of each one reached the mainline.
    ///
    /// A commit of the mainline, or one that a merge brought, is its own. For the others look for a commit with the same
    /// added lines, for the squashed pull request, and for the commit that merged the branch.
    fn find_canonical(&self) -> Vec<u32> {
        let index_of_landing: HashMap<u32, u32> = (0u32..)
            .zip(&self.work.commits)
            .filter(|(_, one)| one.on_mainline)
            .filter_map(|(index, one)| Some((one.landing?, index)))
            .collect();
        let mut merged_tips: HashMap<&str, &str> = HashMap::new();
        for branch in self.history.branches.iter().flatten() {
            if let Fate::Merged { into, .. } = &branch.fate {
                for name in &branch.names {
                    merged_tips.insert(name.rsplit_once("heads/").map_or(name.as_str(), |(_, short)| short), into);
                }
            }
        }
        let mut by_patch: HashMap<Patch<'_>, u32> = HashMap::new();
        for (index, one) in (0u32..).zip(&self.work.commits).filter(|(_, one)| one.landing.is_some()) {
            if let Some(patch) = patch(one) {
                by_patch.entry(patch).or_insert(index);
            }
        }
        let squashed = |number: &u64| {
            let landing = *self.landing_of_pull.get(number)?;
            let lands_alone = self.history.commits[landing as usize].parents.len() == 1;
            index_of_landing.get(&landing).copied().filter(|_| lands_alone)
        };
        let of_branch = |name: &String| self.index_of(merged_tips.get(name.as_str())?);
        (0u32..)
            .zip(&self.work.commits)
            .map(|(index, one)| {
                if one.landing.is_some() {
                    return index;
                }
                let same = || by_patch.get(&patch(one)?).copied();
                let by_pull = || one.pull_requests.iter().find_map(squashed);
                let by_branch = || one.branches.iter().find_map(of_branch);
                same().or_else(by_pull).or_else(by_branch).unwrap_or(index)
            })
            .collect()
    }

    /// Indexes the commits by branch and by added line.
    fn add_commits(&mut self) {
        for (index, one) in (0u32..).zip(&self.work.commits) {
            for name in &one.branches {
                self.by_branch.entry(name).or_default().push(index);
            }
            if !self.counts(index) {
                continue;
            }
            self.by_line.extend(one.lines.iter().map(|(_, hash)| (*hash, index)));
        }
        self.by_line.sort_unstable();
        self.by_line.dedup();
        for commits in self.by_branch.values_mut() {
            commits.sort_by_key(|&index| self.work.commits[index as usize].commit.author_time);
        }
        self.branch_names = branch_names(self.history, self.work);
    }

    /// The commits that add a line with this hash.
    pub(super) fn commits_adding(&self, hash: u64) -> &[(u64, u32)] {
        let from = self.by_line.partition_point(|(known, _)| *known < hash);
        let length = self.by_line[from..].iter().take_while(|(known, _)| *known == hash).count();
        &self.by_line[from..from + length]
    }

    /// The commits that add each line, grouped by line.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.by_line.chunk_by(|a, b| a.0 == b.0)
    }

    /// Whether a commit is its own canonical one and not a bot's.
    pub(super) fn counts(&self, index: u32) -> bool {
        self.canonical[index as usize] == index && !self.commit(index).commit.bot
    }

    /// The commit at an index.
    pub(super) fn commit(&self, index: u32) -> &'a WorkCommit {
        &self.work.commits[index as usize]
    }

    /// The index of a full id.
    pub(super) fn index_of(&self, id: &str) -> Option<u32> {
        self.by_id.binary_search_by(|(known, _)| (*known).cmp(id)).ok().map(|at| self.by_id[at].1)
    }

    /// The index of the only commit whose id begins with this prefix.
    pub(super) fn find_abbreviated(&self, prefix: &str) -> Option<u32> {
        let from = self.by_id.partition_point(|(known, _)| *known < prefix);
        let mut found = self.by_id[from..].iter().take_while(|(known, _)| known.starts_with(prefix));
        let first = found.next()?;
        found.next().is_none().then_some(first.1)
    }

    /// The target of a commit: its canonical one.
    pub(super) fn target(&self, index: u32) -> Target {
        Target::Commit(self.canonical[index as usize])
    }

    /// The repository's path for a path in a log: its longest suffix that the repository has.
    ///
    /// A file name alone is too common. It counts only if the log's path is that name, or a working directory and that
    /// name. Where the log's system ignores case, a path that differs in its case alone is the same, if it is the only one.
    pub(super) fn find_path(&self, path: &str, folders: &HashSet<Name>) -> Option<u32> {
        let path = path.trim_start_matches("./");
        if let Some(&known) = self.paths.get(path) {
            return Some(known);
        }
        let clean = path::clean(path, Drives::ALL);
        let clean = clean.trim_start_matches("./");
        let texts = || folders.iter().map(|folder| path::clean(self.names.text(*folder), Drives::ALL));
        let is_loose = may_ignore_case(clean) || !path::is_absolute(clean) && texts().any(|one| may_ignore_case(&one));
        let mut rest = clean;
        loop {
            let exact = self.paths.get(rest).copied();
            if let Some(known) = exact.or_else(|| if is_loose { self.find_in_any_case(rest) } else { None }) {
                let before = path::comparable(clean[..clean.len() - rest.len()].trim_end_matches('/'));
                let is_folder = || texts().any(|folder| path::comparable(&folder) == before);
                return (rest.contains('/') || rest.len() == clean.len() || is_folder()).then_some(known);
            }
            rest = &rest[rest.find('/')? + 1..];
        }
    }

    /// The only path of the repository that is this one in lower case.
    fn find_in_any_case(&self, path: &str) -> Option<u32> {
        let lower = self.lower_paths.get_or_init(|| {
            let mut lower: HashMap<String, Option<u32>> = HashMap::new();
            for (index, path) in (0_u32..).zip(&self.work.paths) {
                lower.entry(path.to_lowercase()).and_modify(|known| *known = None).or_insert(Some(index));
            }
            lower
        });
        lower.get(&path.to_lowercase()).copied().flatten()
    }
}

/// Whether the system of a clean path may ignore case: that of a drive or a share does, and macOS usually.
pub(super) fn may_ignore_case(path: &str) -> bool {
    path::ignores_case(path) || path.starts_with("/Users/")
}

/// Names of branches with commits that are not on the mainline, sorted.
pub(super) fn branch_names<'a>(history: &History, work: &'a Work) -> Vec<&'a str> {
    let open = work.commits.iter().filter(|one| one.landing.is_none());
    let names: BTreeSet<&str> = open.flat_map(|one| &one.branches).map(String::as_str).collect();
    names.into_iter().filter(|name| history.branch.as_deref() != Some(name)).collect()
}
