//! Which commit each line that a session wrote belongs to.
//!
//! - A line belongs to the first commit that adds it after it was written: to the same file if there is one, on the
//!   session's branch if there is one. Commits that repeat it later (moved files, copies, restored lines, the same change
//!   on another branch) own nothing again, unless the session wrote it again.
//! - A commit that was amended or rebased keeps its author's time, so its lines may be written until it was committed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::candidate::LINE;
use super::commits::{interval, topic_branches};
use super::repository_index::{AddedLine, CLOCK_SLACK, EDITED_WITHIN, LANDS_WITHIN, RepositoryIndex};
use super::session::{Edit, SessionFacts};
use crate::model::path::{self, Drives};
use crate::model::work::WorkCommit;

/// Writings of one line within this time are one act: no session is cut in between.
const SAME_ACT: TimeDelta = TimeDelta::minutes(30);

/// Commits with committers' times this near may have been rebased together.
const SERIES: TimeDelta = TimeDelta::hours(1);

/// A line of a session in the commit that owns it.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) session: usize,
    pub(super) commit: u32,
    pub(super) hash: u64,
    pub(super) weight: u64,
    /// The file that the session wrote it to, if the repository has it.
    pub(super) path: Option<u32>,
    /// Branch and checkout in which it was last written.
    pub(super) place: u32,
    /// When it was written, in order; never empty.
    pub(super) acts: Vec<DateTime<Utc>>,
}

impl Claim {
    /// When it was last written before the commit.
    pub(super) fn last(&self) -> DateTime<Utc> {
        self.acts.last().copied().unwrap_or_default()
    }
}

/// An edit of a session, as the repository knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlacedEdit {
    /// The file, if the repository has it.
    pub(super) path: Option<u32>,
    /// Branch and checkout.
    place: u32,
}

/// What the sessions of a repository wrote, and the commits that own it.
pub(super) struct Claims {
    /// By session, line and commit.
    pub(super) claims: Vec<Claim>,
    /// What each session wrote, by its index; nothing of those that worked elsewhere.
    pub(super) written: Vec<Written>,
}

/// What one session wrote.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// Its edits, in their order.
    pub(super) edits: Vec<PlacedEdit>,
    /// The weight of all its lines.
    pub(super) weight: u64,
    /// The weight of its lines that a commit repeats after their owners, by commit; of commits that its edits may go into.
    pub(super) repeated: BTreeMap<u32, u64>,
}

/// A line that a session wrote, and the edit that did.
type Writing = (u64, DateTime<Utc>, usize);

/// Finds the commit of every line of every session.
pub(super) fn find(repo: &RepositoryIndex<'_>) -> Claims {
    let mut found = Claims { claims: Vec::new(), written: vec![Written::default(); repo.sessions.len()] };
    let mut places = Places::default();
    for &at in &repo.here {
        let session = &repo.sessions[at];
        if session.edits.is_empty() {
            continue;
        }
        let edits: Vec<PlacedEdit> = session.edits.iter().map(|edit| places.of(repo, session, edit)).collect();
        let mut written: Vec<Writing> = Vec::new();
        for (index, edit) in session.edits.iter().enumerate() {
            written.extend(edit.added.iter().map(|&hash| (hash, edit.at, index)));
        }
        written.sort_unstable();
        let mut own = Written { edits, ..Written::default() };
        for writings in written.chunk_by(|a, b| a.0 == b.0) {
            let adding = repo.adding(writings[0].0);
            let weight = LINE / (adding.chunk_by(|a, b| a.commit == b.commit).count() as u64).max(1);
            own.weight += weight;
            let from = found.claims.len();
            for &(hash, time, index) in writings.iter().filter(|_| !adding.is_empty()) {
                let (path, place) = (own.edits[index].path, own.edits[index].place);
                let Some(commit) = owner(repo, adding, time, path, topic_branch(repo, session, time)) else { continue };
                match found.claims[from..].iter_mut().find(|claim| claim.commit == commit) {
                    Some(claim) => {
                        // Of writings that no cut can be between, the last counts.
                        if time - claim.last() <= SAME_ACT {
                            claim.acts.pop();
                        }
                        claim.acts.push(time);
                        (claim.path, claim.place) = (path, place);
                    }
                    None => {
                        found.claims.push(Claim { session: at, commit, hash, weight, path, place, acts: vec![time] })
                    }
                }
            }
            let owners = &found.claims[from..];
            let Some(first) = owners.iter().map(|claim| repo.commit(claim.commit).commit.commit_time).min() else {
                continue;
            };
            for commit in adding.chunk_by(|a, b| a.commit == b.commit).map(|lines| lines[0].commit) {
                let one = repo.commit(commit);
                let is_later = one.commit.commit_time >= first && is_soon(interval(one).0, session.last);
                if is_later && owners.iter().all(|claim| claim.commit != commit) {
                    *own.repeated.entry(commit).or_default() += weight;
                }
            }
        }
        found.written[at] = own;
    }
    found
}

/// Whether a commit was written as soon after an edit as one usually is, or before it; otherwise it is late.
pub(super) fn is_soon(written: DateTime<Utc>, edited: DateTime<Utc>) -> bool {
    written <= edited + EDITED_WITHIN
}

/// The branch that a session had checked out, unless it is the mainline.
pub(super) fn topic_branch<'a>(
    repo: &RepositoryIndex<'a>,
    session: &SessionFacts,
    at: DateTime<Utc>,
) -> Option<&'a str> {
    let branch = repo.names.text(session.branch_at(at)?);
    (repo.history.branch.as_deref() != Some(branch) && branch != "HEAD").then_some(branch)
}

/// The commit that owns a line written at an instant.
fn owner(
    repo: &RepositoryIndex<'_>,
    adding: &[AddedLine],
    at: DateTime<Utc>,
    path: Option<u32>,
    branch: Option<&str>,
) -> Option<u32> {
    let in_path = |commits: &[AddedLine]| commits.iter().any(|line| Some(line.path) == path);
    let commits = || adding.chunk_by(|a, b| a.commit == b.commit);
    let may_hold = |one: &WorkCommit| {
        let (first, last) = interval(one);
        last + CLOCK_SLACK >= at && first - LANDS_WITHIN <= at
    };
    let fit = |lines: &[AddedLine]| (!in_path(lines), branch_rank(repo, repo.commit(lines[0].commit), branch));
    let eligible = || commits().filter(|lines| may_hold(repo.commit(lines[0].commit)));
    let best = eligible().map(fit).min()?;
    let index = first_after(repo, eligible().filter(|lines| fit(lines) == best).map(|lines| lines[0].commit), at)?;
    // A line that its file had already was only written along with others; what moves it later is not the session's.
    let had_it =
        |lines: &[AddedLine]| in_path(lines) && repo.commit(lines[0].commit).commit.commit_time < at - CLOCK_SLACK;
    let is_elsewhere = best.0;
    (!is_elsewhere || !commits().any(had_it)).then_some(index)
}

/// The first of some commits that were made after an instant.
fn first_after(
    repo: &RepositoryIndex<'_>,
    commits: impl Iterator<Item = u32> + Clone,
    at: DateTime<Utc>,
) -> Option<u32> {
    let committed = |index: &u32| (repo.commit(*index).commit.commit_time, *index);
    let first = commits.clone().min_by_key(committed)?;
    // A rebase commits a series at once; then only the authors' times say in which of them a line was written first.
    let series = commits.filter(|index| committed(index).0 - committed(&first).0 <= SERIES);
    let written = |index: &u32| interval(repo.commit(*index)).0;
    let in_time = series.filter(|index| written(index) + CLOCK_SLACK >= at);
    Some(in_time.min_by_key(|index| (written(index), committed(index))).unwrap_or(first))
}

/// How well a commit fits the branch that was checked out: it is on it, may be on it, or is on others.
fn branch_rank(repo: &RepositoryIndex<'_>, one: &WorkCommit, branch: Option<&str>) -> u8 {
    let Some(branch) = branch else { return 1 };
    if one.branches.iter().any(|name| name == branch) {
        return 0;
    }
    if topic_branches(repo.history, one).next().is_some() { 2 } else { 1 }
}

/// Numbers of the branches and checkouts in which sessions wrote.
#[derive(Default)]
struct Places {
    known: HashMap<(Option<u32>, String), u32>,
}

impl Places {
    fn of(&mut self, repo: &RepositoryIndex<'_>, session: &SessionFacts, edit: &Edit) -> PlacedEdit {
        let text = repo.names.text(edit.path);
        let path = repo.find_path(text, &session.folders);
        let clean = path::clean(text, Drives::ALL);
        let inside = path.map_or("", |path| repo.work.paths[path as usize].as_str());
        let root = clean.len().checked_sub(inside.len()).and_then(|end| clean.get(..end)).unwrap_or_default();
        let branch = session.branch_at(edit.at).map(|name| name.code());
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let place = *self.known.entry((branch, root.to_owned())).or_insert(next);
        PlacedEdit { path, place }
    }
}
