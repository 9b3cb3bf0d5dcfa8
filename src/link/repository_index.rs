//! One repository with its sessions, indexed for the kinds of evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use chrono::TimeDelta;

use super::candidate::Target;
use super::canonical;
use super::commits::{Ids, only_with_prefix, topic_branches};
use super::session::SessionFacts;
use crate::history::History;
use crate::model::name::{Name, Names};
use crate::model::path::{self, Drives};
use crate::model::work::{Work, WorkCommit};

/// An edit is followed for this long until a commit that contains it.
pub(super) const EDITED_WITHIN: TimeDelta = TimeDelta::days(21);
/// And for this long until one that has most of what the session wrote: a squash after a long review.
pub(super) const LANDS_WITHIN: TimeDelta = TimeDelta::days(90);
/// How far the clocks of a machine and of its commits may differ.
pub(super) const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(15);

/// A line that a canonical commit adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AddedLine {
    pub(super) hash: u64,
    /// Index of the commit.
    pub(super) commit: u32,
    /// Index of the path.
    pub(super) path: u32,
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
    ids: Ids<'a>,
    /// What the canonical commits add, sorted, each once.
    by_line: Vec<AddedLine>,
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
        let paths = work.paths.iter().enumerate().map(|(index, path)| (path.as_str(), at(index))).collect();
        let by_session = here.iter().map(|&index| (sessions[index].id.as_str(), index)).collect();
        let mut index = Self {
            names,
            history,
            work,
            sessions,
            here,
            canonical: Vec::new(),
            ids: Ids::new(work),
            by_line: Vec::new(),
            by_branch: BTreeMap::new(),
            landing_of_pull,
            branch_names: Vec::new(),
            by_session,
            paths,
            lower_paths: OnceLock::new(),
        };
        let (landing_of_pull, ids) = (&index.landing_of_pull, &index.ids);
        index.canonical = canonical::find(&canonical::Repository { history, work, landing_of_pull, ids });
        index.add_commits();
        index
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
            let added = one.lines.iter().map(|&(path, hash)| AddedLine { hash, commit: index, path });
            self.by_line.extend(added);
        }
        self.by_line.sort_unstable();
        self.by_line.dedup();
        for commits in self.by_branch.values_mut() {
            commits.sort_by_key(|&index| self.work.commits[index as usize].commit.author_time);
        }
        self.branch_names = branch_names(self.history, self.work);
    }

    /// Where a line with this hash is added, by commit and path.
    pub(super) fn adding(&self, hash: u64) -> &[AddedLine] {
        let from = self.by_line.partition_point(|known| known.hash < hash);
        let length = self.by_line[from..].iter().take_while(|known| known.hash == hash).count();
        &self.by_line[from..from + length]
    }

    /// Where each line is added, grouped by line.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[AddedLine]> {
        self.by_line.chunk_by(|a, b| a.hash == b.hash)
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
        self.ids.index_of(id)
    }

    /// The index of the only commit whose id begins with this prefix.
    pub(super) fn find_abbreviated(&self, prefix: &str) -> Option<u32> {
        self.ids.find_abbreviated(prefix)
    }

    /// The index of a path.
    pub(super) fn path_of(&self, path: &str) -> Option<u32> {
        self.paths.get(path).copied()
    }

    /// What the only commit whose id begins with a prefix became: its canonical one, or for a commit that only an export of
    /// pull requests knows, what was merged.
    pub(super) fn target_of_id(&self, prefix: &str) -> Option<Target> {
        if let Some(index) = self.find_abbreviated(prefix) {
            return Some(self.target(index));
        }
        only_with_prefix(&self.work.merged_ids, prefix).map(|landing| self.target_of_landing(landing))
    }

    /// What a landing is: its commit, or a whole merge.
    pub(super) fn target_of_landing(&self, landing: u32) -> Target {
        let id = self.history.commits.get(landing as usize).map(|commit| commit.id.as_str());
        match id.and_then(|id| self.index_of(id)) {
            Some(index) if !self.commit(index).is_merge() => Target::Commit(index),
            _ => Target::Landing(landing),
        }
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
    let names: BTreeSet<&str> = open.flat_map(|one| topic_branches(history, one)).collect();
    names.into_iter().collect()
}
