//! What a session and a commit have in common: lines, paths, and the time between them.
//!
//! Computed once per repository, for all kinds of evidence about edits. Pairs with nothing in common are left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::claims::{self, Claim, Claims, LINE, PlacedEdit, interval};
use super::repository_index::{CLOCK_SLACK, EDITED_WITHIN, RepositoryIndex};
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
    /// Whether the session wrote all of the common lines longer before the commit than edits are usually followed.
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

/// Finds all overlaps of a repository, by session and commit, and where its sessions edited.
pub(super) fn find(repo: &RepositoryIndex<'_>) -> (Vec<Overlap>, HashMap<usize, Vec<PlacedEdit>>) {
    let mut weights = vec![0_u64; repo.work.commits.len()];
    for added in repo.lines() {
        let commits = || added.chunk_by(|a, b| a.commit == b.commit);
        let weight = LINE / commits().count() as u64;
        commits().for_each(|lines| weights[lines[0].commit as usize] += weight);
    }
    let mut by_path: HashMap<u32, Vec<u32>> = HashMap::new();
    for (index, one) in (0u32..).zip(&repo.work.commits) {
        if repo.counts(index) {
            for &path in &one.paths {
                by_path.entry(path).or_default().push(index);
            }
        }
    }
    let mut claims = claims::find(repo);
    rivals::settle(repo, &mut claims);
    let mut shares: BTreeMap<(usize, u32), CommonLines> = BTreeMap::new();
    for claim in &claims.claims {
        shares.entry((claim.session, claim.commit)).or_default().add(repo, claim);
    }
    #[expect(clippy::iter_over_hash_type, reason = "each only makes an entry of its own")]
    for (&session, edits) in &claims.edits {
        for index in edits.iter().filter_map(|edit| by_path.get(&edit.path?)).flatten() {
            shares.entry((session, *index)).or_default();
        }
    }
    let found = shares.into_iter();
    let found = found.filter_map(|((session, index), share)| overlap(repo, &claims, &weights, session, index, share));
    (found.collect(), claims.edits)
}

/// What a session's lines have in common with a commit.
#[derive(Default)]
struct CommonLines {
    matched: u64,
    matched_late: u64,
    lines: u64,
    written: Vec<(DateTime<Utc>, u64)>,
    /// The files that the session wrote them to, and when.
    places: Vec<(u32, DateTime<Utc>)>,
}

impl CommonLines {
    fn add(&mut self, repo: &RepositoryIndex<'_>, claim: &Claim) {
        let (first, _) = interval(repo.commit(claim.commit));
        let is_late = claim.last() < first - EDITED_WITHIN;
        *if is_late { &mut self.matched_late } else { &mut self.matched } += claim.weight;
        self.lines += 1;
        self.written.extend(claim.acts.iter().map(|at| (*at, claim.weight)));
        self.places.extend(claim.path.map(|path| (path, claim.last())));
    }
}

fn overlap(
    repo: &RepositoryIndex<'_>,
    claims: &Claims,
    weights: &[u64],
    session: usize,
    index: u32,
    mut share: CommonLines,
) -> Option<Overlap> {
    let one = repo.commit(index);
    share.places.sort_unstable();
    share.places.dedup();
    share.written.sort_unstable();
    let (by_author, committed) = interval(one);
    let last_written = share.places.iter().map(|(_, at)| *at).max();
    let is_amended = last_written.is_some_and(|at| at > by_author + CLOCK_SLACK);
    let made = if is_amended { committed } else { by_author };
    let facts = &repo.sessions[session];
    let placed = claims.edits.get(&session).map_or(&[][..], Vec::as_slice);
    let is_in_time = |at: DateTime<Utc>| at <= by_author + CLOCK_SLACK && at >= by_author - EDITED_WITHIN;
    let (mut paths, mut edited) = (BTreeSet::new(), Vec::new());
    for (edit, placed) in facts.edits.iter().zip(placed) {
        let Some(path) = placed.path.filter(|path| one.paths.contains(path)) else { continue };
        if is_in_time(edit.at) || share.places.binary_search(&(path, edit.at)).is_ok() {
            paths.insert(path);
            edited.push(edit.at);
        }
    }
    let repeated = claims.repeated.get(&(session, index)).copied().unwrap_or_default();
    let of_commit = weights[index as usize];
    // A commit that mostly repeats what earlier ones have from the session is not its work.
    let is_copy = share.lines == 0 && repeated > 0 && repeated.saturating_mul(100) >= of_commit.saturating_mul(COPY);
    let covered = if is_copy { 0 } else { paths.len() };
    if covered == 0 && share.lines == 0 {
        return None;
    }
    edited.sort_unstable();
    let branch = facts.branch_at(made).map(|branch| repo.names.text(branch));
    let is_late = share.matched == 0 && share.matched_late > 0;
    Some(Overlap {
        session,
        commit: index,
        matched: if is_late { share.matched_late } else { share.matched },
        lines: share.lines,
        of_commit,
        of_session: claims.of_session.get(&session).copied().unwrap_or_default(),
        is_late,
        covered,
        paths: one.paths.len(),
        made,
        since_edit: edited.last().map(|last| made - *last),
        same_branch: branch.is_some_and(|branch| one.branches.iter().any(|own| own == branch)),
        written: share.written,
        edited,
    })
}
