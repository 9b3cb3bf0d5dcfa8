//! Several sessions wrote the same line of a commit: which of them it came from.
//!
//! - In one checkout the later session, if it threw away what the earlier one had written. If it kept nearly all of it, it
//!   only wrote the file again, and both worked on the commit.
//! - Of parallel attempts, in other worktrees or on other branches, the one that has most of the commit's lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::claims::{Claim, Claims};
use super::repository_index::RepositoryIndex;

/// A later text with this percentage of what an earlier session left in the file goes on from there.
const KEPT: usize = 75;

/// Removes the claims of sessions whose text did not become the commit's.
pub(super) fn settle(repo: &RepositoryIndex<'_>, found: &mut Claims) {
    let claims = &found.claims;
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_unstable_by_key(|&at| (claims[at].commit, claims[at].hash, claims[at].session));
    let mut lost = vec![false; claims.len()];
    let mut texts = Texts { repo, found, lines: HashMap::new(), goes_on: HashMap::new() };
    for of_commit in order.chunk_by(|a, b| claims[*a].commit == claims[*b].commit) {
        let of_line = || of_commit.chunk_by(|a, b| claims[*a].hash == claims[*b].hash);
        let mut by_place: BTreeMap<u32, u64> = BTreeMap::new();
        for rivals in of_line() {
            // Sessions of one checkout that wrote the same line did not write more of the commit.
            for (before, &at) in rivals.iter().enumerate() {
                if rivals[..before].iter().all(|&other| claims[other].place != claims[at].place) {
                    *by_place.entry(claims[at].place).or_default() += claims[at].weight;
                }
            }
        }
        for rivals in of_line().filter(|rivals| rivals.len() > 1) {
            for &at in rivals {
                let own = &claims[at];
                lost[at] = rivals.iter().map(|&other| &claims[other]).any(|other| {
                    let is_later = other.last() > own.last();
                    let is_better = by_place[&other.place] > by_place[&own.place];
                    let beats = if other.place == own.place { is_later } else { is_better };
                    // Attempts at the same time do not go on from each other, however alike they are.
                    let may_know = other.place == own.place || repo.sessions[other.session].first > own.last();
                    beats && !(is_later && may_know && texts.goes_on(own, other))
                });
            }
        }
    }
    let mut lost = lost.into_iter();
    found.claims.retain(|_| !lost.next().unwrap_or_default());
}

/// What sessions wrote to files, looked up when it is asked for.
struct Texts<'a, 'r> {
    repo: &'a RepositoryIndex<'r>,
    found: &'a Claims,
    lines: HashMap<(usize, Option<u32>), HashSet<u64>>,
    goes_on: HashMap<(usize, usize, Option<u32>), bool>,
}

impl Texts<'_, '_> {
    /// Whether a later session kept nearly all that an earlier one had left in a file.
    fn goes_on(&mut self, earlier: &Claim, later: &Claim) -> bool {
        let key = (earlier.session, later.session, earlier.path);
        if let Some(&known) = self.goes_on.get(&key) {
            return known;
        }
        let left = self.left(earlier.session, earlier.path);
        self.read(later.session, later.path);
        let kept = self.lines.get(&(later.session, later.path));
        let kept = left.iter().filter(|line| kept.is_some_and(|kept| kept.contains(line))).count();
        let goes_on = kept * 100 >= left.len() * KEPT;
        self.goes_on.insert(key, goes_on);
        goes_on
    }

    /// The lines of the largest edit that a session made to a file, and of those after it.
    fn left(&self, session: usize, path: Option<u32>) -> HashSet<u64> {
        let edits: Vec<&[u64]> = self.edits(session, path).collect();
        let largest = (0..edits.len()).max_by_key(|&at| edits[at].len()).unwrap_or_default();
        edits.into_iter().skip(largest).flatten().copied().collect()
    }

    fn read(&mut self, session: usize, path: Option<u32>) {
        if !self.lines.contains_key(&(session, path)) {
            let lines = self.edits(session, path).flatten().copied().collect();
            self.lines.insert((session, path), lines);
        }
    }

    fn edits(&self, session: usize, path: Option<u32>) -> impl Iterator<Item = &[u64]> {
        let both = self.repo.sessions[session].edits.iter().zip(&self.found.written[session].edits);
        both.filter(move |(_, placed)| placed.path == path).map(|(edit, _)| edit.added.as_slice())
    }
}
