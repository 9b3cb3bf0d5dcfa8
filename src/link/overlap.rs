//! What a session and a commit have in common: lines, paths, and the time between them.
//!
//! Computed once per repository, for all kinds of evidence about edits. Pairs with nothing in common are left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::candidate::{Acts, LINE};
use super::claims::{self, Claim, PlacedEdit, Written, is_soon};
use super::commits::interval;
use super::repository_index::{CLOCK_SLACK, RepositoryIndex};
use super::rivals;

/// A commit with this percentage of lines that earlier ones have from a session moves or copies its work.
const COPY: u64 = 50;

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
    /// Whether the session wrote all of the common lines longer before the commit than is usual.
    pub(super) is_late: bool,
    /// Number of the commit's paths that the session edited before the commit; none of a commit that only repeats its work.
    pub(super) covered: usize,
    /// Number of all the commit's paths.
    pub(super) paths: usize,
    /// When the commit was made: by its author's clock, or when it was amended with what the session wrote later.
    pub(super) made: DateTime<Utc>,
    /// From the last such edit until then; negative if clocks differ.
    pub(super) since_edit: Option<TimeDelta>,
    /// Whether the session had a branch of the commit checked out when the commit was made.
    pub(super) same_branch: bool,
    /// When the session wrote the common lines, with their weights.
    pub(super) written: Acts,
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

/// Finds all overlaps of a repository, by session and commit, and where its sessions edited.
pub(super) fn find(repo: &RepositoryIndex<'_>) -> (Vec<Overlap>, Vec<Vec<PlacedEdit>>) {
    let weights = weights(repo);
    let changes = Changes::new(repo);
    let mut claims = claims::find(repo);
    rivals::settle(repo, &mut claims);
    let mut found = Vec::new();
    let mut rest = claims.claims.as_slice();
    for &at in &repo.here {
        let (own, others) = rest.split_at(rest.partition_point(|claim| claim.session <= at));
        rest = others;
        let session = SessionWork {
            repo,
            weights: &weights,
            at,
            written: &claims.written[at],
            by_path: by_path(repo, &claims.written[at], at),
        };
        let mut common: BTreeMap<u32, Common> = BTreeMap::new();
        for claim in own {
            common.entry(claim.commit).or_default().add(repo, claim);
        }
        for (&path, times) in &session.by_path {
            for index in changes.near(path, times) {
                common.entry(index).or_default().paths.insert(path);
            }
        }
        found.extend(common.into_iter().filter_map(|(index, common)| session.overlap(index, common)));
    }
    (found, claims.written.into_iter().map(|one| one.edits).collect())
}

/// The weight of all lines of each commit.
fn weights(repo: &RepositoryIndex<'_>) -> Vec<u64> {
    let mut weights = vec![0_u64; repo.work.commits.len()];
    for added in repo.lines() {
        let commits = || added.chunk_by(|a, b| a.commit == b.commit);
        let weight = LINE / commits().count() as u64;
        commits().for_each(|lines| weights[lines[0].commit as usize] += weight);
    }
    weights
}

/// Which commits change each path, in the order in which they were written.
struct Changes {
    by_path: HashMap<u32, Vec<(DateTime<Utc>, u32)>>,
}

impl Changes {
    fn new(repo: &RepositoryIndex<'_>) -> Self {
        let mut by_path: HashMap<u32, Vec<(DateTime<Utc>, u32)>> = HashMap::new();
        let mut commits: Vec<(DateTime<Utc>, u32)> = (0u32..)
            .zip(&repo.work.commits)
            .filter(|(index, _)| repo.counts(*index))
            .map(|(index, one)| (interval(one).0, index))
            .collect();
        commits.sort_unstable();
        for (written, index) in commits {
            for &path in &repo.commit(index).paths {
                by_path.entry(path).or_default().push((written, index));
            }
        }
        Self { by_path }
    }

    /// The commits of a path that may follow edits of it; the times are in order.
    fn near(&self, path: u32, times: &[DateTime<Utc>]) -> impl Iterator<Item = u32> {
        let commits = self.by_path.get(&path).map_or(&[][..], Vec::as_slice);
        let (first, last) = (times.first().copied().unwrap_or_default(), times.last().copied().unwrap_or_default());
        let from = commits.partition_point(|(written, _)| *written < first - CLOCK_SLACK);
        let until = commits.partition_point(|(written, _)| is_soon(*written, last));
        commits[from..until.max(from)].iter().map(|(_, index)| *index)
    }
}

/// When a session edited each path of the repository.
fn by_path(repo: &RepositoryIndex<'_>, written: &Written, session: usize) -> BTreeMap<u32, Vec<DateTime<Utc>>> {
    let mut by_path: BTreeMap<u32, Vec<DateTime<Utc>>> = BTreeMap::new();
    for (edit, placed) in repo.sessions[session].edits.iter().zip(&written.edits) {
        if let Some(path) = placed.path {
            by_path.entry(path).or_default().push(edit.at);
        }
    }
    by_path
}

/// What a session has in common with a commit.
#[derive(Default)]
struct Common {
    matched: u64,
    matched_late: u64,
    lines: u64,
    written: Acts,
    /// The files that the session wrote them to, and when.
    places: Vec<(u32, DateTime<Utc>)>,
    /// The files that both change.
    paths: BTreeSet<u32>,
}

impl Common {
    fn add(&mut self, repo: &RepositoryIndex<'_>, claim: &Claim) {
        let one = repo.commit(claim.commit);
        let (first, _) = interval(one);
        *if is_soon(first, claim.last()) { &mut self.matched } else { &mut self.matched_late } += claim.weight;
        self.lines += 1;
        self.written.extend(claim.acts.iter().map(|at| (*at, claim.weight)));
        self.places.extend(claim.path.map(|path| (path, claim.last())));
    }
}

/// What is looked up while the overlaps of one session are made.
struct SessionWork<'a> {
    repo: &'a RepositoryIndex<'a>,
    weights: &'a [u64],
    at: usize,
    written: &'a Written,
    by_path: BTreeMap<u32, Vec<DateTime<Utc>>>,
}

impl SessionWork<'_> {
    fn overlap(&self, index: u32, mut common: Common) -> Option<Overlap> {
        let one = self.repo.commit(index);
        common.places.sort_unstable();
        common.places.dedup();
        common.written.sort_unstable();
        let (by_author, committed) = interval(one);
        let last_written = common.places.iter().map(|(_, at)| *at).max();
        let is_amended = last_written.is_some_and(|at| at > by_author + CLOCK_SLACK);
        let made = if is_amended { committed } else { by_author };
        let written_to = common.places.chunk_by(|a, b| a.0 == b.0).map(|places| places[0].0);
        common.paths.extend(written_to.filter(|path| one.paths.contains(path)));
        let is_in_time = |at: DateTime<Utc>| at <= by_author + CLOCK_SLACK && is_soon(by_author, at);
        let (mut covered, mut edited) = (0, Vec::new());
        for &path in &common.paths {
            let counts = |at: &DateTime<Utc>| is_in_time(*at) || common.places.binary_search(&(path, *at)).is_ok();
            let before = edited.len();
            edited.extend(self.by_path.get(&path).into_iter().flatten().copied().filter(counts));
            covered += usize::from(edited.len() > before);
        }
        let repeated = self.written.repeated.get(&index).copied().unwrap_or_default();
        let of_commit = self.weights[index as usize];
        // A commit that mostly repeats what earlier ones have from the session is not its work.
        let is_copy =
            common.lines == 0 && repeated > 0 && repeated.saturating_mul(100) >= of_commit.saturating_mul(COPY);
        let covered = if is_copy { 0 } else { covered };
        if covered == 0 && common.lines == 0 {
            return None;
        }
        edited.sort_unstable();
        let branch = self.repo.sessions[self.at].branch_at(made).map(|branch| self.repo.names.text(branch));
        let is_late = common.matched == 0 && common.matched_late > 0;
        Some(Overlap {
            session: self.at,
            commit: index,
            matched: if is_late { common.matched_late } else { common.matched },
            lines: common.lines,
            of_commit,
            of_session: self.written.weight,
            is_late,
            covered,
            paths: one.paths.len(),
            made,
            since_edit: edited.last().map(|last| made - *last),
            same_branch: branch.is_some_and(|branch| one.branches.iter().any(|own| own == branch)),
            written: common.written,
            edited,
        })
    }
}
