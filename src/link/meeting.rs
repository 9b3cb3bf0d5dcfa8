//! Where a session and a commit touch: shared lines, shared paths, and the times between them.
//!
//! Computed once per repository; the kinds of evidence about edits read it. A pair that shares nothing is not here.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::case::{CLOCK_SLACK, Case, EDITED_WITHIN, Session};

/// Weight of a line that only one commit adds; a line that n commits add weighs an n-th of it.
pub(super) const LINE: u64 = 1_000_000;

/// A session and a commit that share lines or paths.
#[derive(Debug, Clone)]
pub(super) struct Meeting {
    pub(super) session: usize,
    /// Index of the commit; always a canonical one.
    pub(super) commit: u32,
    /// Weight of the lines that both have.
    pub(super) matched: u64,
    /// How many these are.
    pub(super) lines: u64,
    /// Weight of all lines of the commit.
    pub(super) of_commit: u64,
    /// Weight of all lines of the session.
    pub(super) of_session: u64,
    /// The commit's paths that the session edited before it was made.
    pub(super) covered: usize,
    /// All of the commit's paths.
    pub(super) paths: usize,
    /// From the last such edit to the commit; negative where clocks differ.
    pub(super) since_edit: Option<TimeDelta>,
    /// Whether the session stood on a branch of the commit when it was made.
    pub(super) same_branch: bool,
    /// When the session wrote the shared lines, with their weights.
    pub(super) written: Vec<(DateTime<Utc>, u64)>,
    /// When it edited the shared paths.
    pub(super) edited: Vec<DateTime<Utc>>,
}

impl Meeting {
    /// Whether the session wrote so many percent of the commit's lines, by weight.
    pub(super) fn wrote_of_commit(&self, percent: u64) -> bool {
        self.of_commit > 0 && self.matched.saturating_mul(100) >= self.of_commit.saturating_mul(percent)
    }

    /// Whether so many percent of the session's lines are in the commit, by weight.
    pub(super) fn of_session_in_commit(&self, percent: u64) -> bool {
        self.of_session > 0 && self.matched.saturating_mul(100) >= self.of_session.saturating_mul(percent)
    }

    /// Whether the session edited at least half of the commit's files before it.
    pub(super) fn covers_half(&self) -> bool {
        self.covered > 0 && self.covered * 2 >= self.paths
    }
}

/// Every meeting of a repository, by session and commit.
pub(super) fn all(case: &Case<'_>) -> Vec<Meeting> {
    let mut weights = vec![0_u64; case.work.commits.len()];
    for commits in case.lines() {
        let weight = LINE / commits.len() as u64;
        commits.iter().for_each(|(_, index)| weights[*index as usize] += weight);
    }
    let mut by_path: HashMap<u32, Vec<u32>> = HashMap::new();
    for (index, one) in (0u32..).zip(&case.work.commits) {
        if case.counts(index) {
            for &path in &one.paths {
                by_path.entry(path).or_default().push(index);
            }
        }
    }
    let mut found = Vec::new();
    for &at in &case.here {
        let session = &case.sessions[at];
        if session.edits.is_empty() {
            continue;
        }
        let mut met = lines(case, at);
        let edits = edits(case, session);
        for index in edits.keys().filter_map(|path| by_path.get(path)).flatten() {
            met.entry(*index).or_default();
        }
        let of_session = met.values().next().map_or(0, |share| share.of_session);
        for (index, share) in met {
            let one = case.commit(index);
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
            let branch = session.branch_at(made).map(|branch| case.names.text(branch));
            edited.sort_unstable();
            found.push(Meeting {
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
fn edits(case: &Case<'_>, session: &Session) -> BTreeMap<u32, Vec<DateTime<Utc>>> {
    let mut edits: BTreeMap<u32, Vec<DateTime<Utc>>> = BTreeMap::new();
    for edit in &session.edits {
        if let Some(path) = case.path(case.names.text(edit.path), &session.folders) {
            edits.entry(path).or_default().push(edit.at);
        }
    }
    edits
}

#[derive(Default)]
struct Share {
    matched: u64,
    lines: u64,
    of_session: u64,
    written: Vec<(DateTime<Utc>, u64)>,
}

/// What a session's lines share with each commit that holds some of them.
fn lines(case: &Case<'_>, session: usize) -> BTreeMap<u32, Share> {
    let edits = &case.sessions[session].edits;
    let mut written: Vec<(u64, DateTime<Utc>)> =
        edits.iter().flat_map(|edit| edit.added.iter().map(|hash| (*hash, edit.at))).collect();
    written.sort_unstable();
    let mut found: BTreeMap<u32, Share> = BTreeMap::new();
    let mut of_session = 0;
    for times in written.chunk_by(|a, b| a.0 == b.0) {
        let commits = case.adding(times[0].0);
        let weight = LINE / (commits.len() as u64).max(1);
        of_session += weight;
        for &(_, index) in commits {
            let commit = &case.commit(index).commit;
            let from = commit.author_time.min(commit.commit_time) - EDITED_WITHIN;
            let until = commit.commit_time + CLOCK_SLACK;
            // The last time before the commit is when the line got the form that was committed.
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
