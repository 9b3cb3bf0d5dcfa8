//! What a session and a commit have in common: lines, paths, and the time between them.
//!
//! Computed once per repository, for all kinds of evidence about edits. Pairs with nothing in common are left out.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN, RepositoryIndex};
use super::session::SessionFacts;

/// Weight of a line that only one commit adds; a line that n commits add has an n-th of it.
pub(super) const LINE: u64 = 1_000_000;

/// A session and a commit with common lines or paths.
#[derive(Debug, Clone)]
pub(super) struct Overlap {
    pub(super) session: usize,
    /// Index of the commit; always a canonical one.
    pub(super) commit: u32,
    /// Weight of the common lines.
    pub(super) matched: u64,
    /// Number of the common lines.
    pub(super) lines: u64,
    /// Weight of all the commit's lines.
    pub(super) of_commit: u64,
    /// Weight of all the session's lines.
    pub(super) of_session: u64,
    /// Number of the commit's paths that the session edited before the commit.
    pub(super) covered: usize,
    /// Number of all the commit's paths.
    pub(super) paths: usize,
    /// From the last such edit to the commit; negative if clocks differ.
    pub(super) since_edit: Option<TimeDelta>,
    /// Whether the session had a branch of the commit checked out when the commit was made.
    pub(super) same_branch: bool,
    /// When the session wrote the common lines, with their weights.
    pub(super) written: Vec<(DateTime<Utc>, u64)>,
    /// When it edited the common paths.
    pub(super) edited: Vec<DateTime<Utc>>,
}

impl Overlap {
    /// Whether the session wrote at least `percent` of the commit's lines, by weight.
    pub(super) fn wrote_of_commit(&self, percent: u64) -> bool {
        self.of_commit > 0 && self.matched.saturating_mul(100) >= self.of_commit.saturating_mul(percent)
    }

    /// Whether at least `percent` of the session's lines are in the commit, by weight.
    pub(super) fn of_session_in_commit(&self, percent: u64) -> bool {
        self.of_session > 0 && self.matched.saturating_mul(100) >= self.of_session.saturating_mul(percent)
    }

    /// Whether the session edited at least half of the commit's files before it.
    pub(super) fn covers_half(&self) -> bool {
        self.covered > 0 && self.covered * 2 >= self.paths
    }
}

/// Finds all overlaps of a repository, by session and commit.
pub(super) fn find(repo: &RepositoryIndex<'_>) -> Vec<Overlap> {
    let mut weights = vec![0_u64; repo.work.commits.len()];
    for commits in repo.lines() {
        let weight = LINE / commits.len() as u64;
        commits.iter().for_each(|(_, index)| weights[*index as usize] += weight);
    }
    let mut by_path: HashMap<u32, Vec<u32>> = HashMap::new();
    for (index, one) in (0u32..).zip(&repo.work.commits) {
        if repo.counts(index) {
            for &path in &one.paths {
                by_path.entry(path).or_default().push(index);
            }
        }
    }
    let mut found = Vec::new();
    for &at in &repo.here {
        let session = &repo.sessions[at];
        if session.edits.is_empty() {
            continue;
        }
        let mut shares = lines(repo, at);
        let edits = edits(repo, session);
        for index in edits.keys().filter_map(|path| by_path.get(path)).flatten() {
            shares.entry(*index).or_default();
        }
        let of_session = shares.values().next().map_or(0, |share| share.of_session);
        for (index, share) in shares {
            let one = repo.commit(index);
            let made = one.commit.author_time;
            let mut edited = Vec::new();
            let mut covered = 0;
            for path in &one.paths {
                let before = edited.len();
                let times = edits.get(path).into_iter().flatten();
                edited.extend(times.filter(|at| **at <= made + CLOCK_SLACK && **at >= made - EDITED_WITHIN));
                covered += usize::from(edited.len() > before);
            }
            if covered == 0 && share.lines == 0 {
                continue;
            }
            let branch = session.branch_at(made).map(|branch| repo.names.text(branch));
            edited.sort_unstable();
            found.push(Overlap {
                session: at,
                commit: index,
                matched: share.matched,
                lines: share.lines,
                of_commit: weights[index as usize],
                of_session: of_session.max(share.of_session),
                covered,
                paths: one.paths.len(),
                since_edit: edited.last().map(|last| made - *last),
                same_branch: branch.is_some_and(|branch| one.branches.iter().any(|own| own == branch)),
                written: share.written,
                edited,
            });
        }
    }
    found
}

/// When a session edited each path of the repository.
fn edits(repo: &RepositoryIndex<'_>, session: &SessionFacts) -> BTreeMap<u32, Vec<DateTime<Utc>>> {
    let mut edits: BTreeMap<u32, Vec<DateTime<Utc>>> = BTreeMap::new();
    for edit in &session.edits {
        if let Some(path) = repo.find_path(repo.names.text(edit.path), &session.folders) {
            edits.entry(path).or_default().push(edit.at);
        }
    }
    edits
}

#[derive(Default)]
struct CommonLines {
    matched: u64,
    lines: u64,
    of_session: u64,
    written: Vec<(DateTime<Utc>, u64)>,
}

/// What a session's lines have in common with each commit that adds some of them.
fn lines(repo: &RepositoryIndex<'_>, session: usize) -> BTreeMap<u32, CommonLines> {
    let edits = &repo.sessions[session].edits;
    let mut written: Vec<(u64, DateTime<Utc>)> =
        edits.iter().flat_map(|edit| edit.added.iter().map(|hash| (*hash, edit.at))).collect();
    written.sort_unstable();
    let mut found: BTreeMap<u32, CommonLines> = BTreeMap::new();
    let mut of_session = 0;
    for times in written.chunk_by(|a, b| a.0 == b.0) {
        let commits = repo.commits_adding(times[0].0);
        let weight = LINE / (commits.len() as u64).max(1);
        of_session += weight;
        for &(_, index) in commits {
            let commit = &repo.commit(index).commit;
            let from = commit.author_time.min(commit.commit_time) - EDITED_WITHIN;
            let until = commit.commit_time + CLOCK_SLACK;
            // The line got its committed form the last time it was written before the commit.
            if let Some((_, at)) = times.iter().rev().find(|(_, at)| *at <= until && *at >= from) {
                let share = found.entry(index).or_default();
                share.matched += weight;
                share.lines += 1;
                share.written.push((*at, weight));
            }
        }
    }
    found.values_mut().for_each(|share| {
        share.of_session = of_session;
        share.written.sort_unstable();
    });
    found
}
