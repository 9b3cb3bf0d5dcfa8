//! The branches of squashes that no reference and no message names, learned from sessions whose lines are in them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::claims::topic_branch;
use super::commits::topic_branches;
use super::overlap::Overlap;
use super::repository_index::RepositoryIndex;

/// Sessions on a branch that together have this percentage of a commit's lines say which branch it is of …
const SURELY: u64 = 10;
/// … if all other branches together have less than half as much.
const MOSTLY: u64 = 2;
/// Fewer lines say nothing.
const MIN_LINES: u64 = 5;

/// A commit of the mainline and the branch that it squashed.
#[derive(Debug)]
pub(super) struct Squash<'a> {
    pub(super) commit: u32,
    pub(super) branch: &'a str,
    /// When the session on the branch began to write its lines.
    pub(super) from: DateTime<Utc>,
}

/// What the sessions on one branch wrote of a commit.
#[derive(Default)]
struct Share {
    weight: u64,
    from: Option<DateTime<Utc>>,
}

/// Learns the branches of commits that no reference and no message names; in order of the branches.
pub(super) fn learn<'a>(repo: &RepositoryIndex<'a>, overlaps: &[Overlap]) -> Vec<Squash<'a>> {
    let mut shares: BTreeMap<u32, BTreeMap<&str, Share>> = BTreeMap::new();
    let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
    let is_squash = |index: u32| {
        let one = repo.commit(index);
        one.on_mainline && topic_branches(repo.history, one).next().is_none()
    };
    for overlap in overlaps.iter().filter(|one| one.lines > 0 && is_squash(one.commit)) {
        *lines.entry(overlap.commit).or_default() += overlap.lines;
        let session = &repo.sessions[overlap.session];
        let of_commit = shares.entry(overlap.commit).or_default();
        for &(at, weight) in &overlap.written {
            if let Some(branch) = topic_branch(repo, session, at) {
                let share = of_commit.entry(branch).or_default();
                share.weight += weight;
                share.from = Some(share.from.map_or(at, |from| from.min(at)));
            }
        }
    }
    let weights: BTreeMap<u32, u64> = overlaps.iter().map(|one| (one.commit, one.of_commit)).collect();
    let mut found: Vec<Squash<'a>> = Vec::new();
    for (commit, shares) in shares {
        let all: u64 = shares.values().map(|share| share.weight).sum();
        let Some((branch, share)) = shares.into_iter().max_by_key(|(branch, share)| (share.weight, Reverse(*branch)))
        else {
            continue;
        };
        let is_most = share.weight > (all - share.weight) * MOSTLY;
        let is_enough = lines[&commit] >= MIN_LINES && share.weight * 100 >= weights[&commit] * SURELY;
        if let Some(from) = share.from.filter(|_| is_most && is_enough) {
            found.push(Squash { commit, branch, from });
        }
    }
    found.sort_by_key(|squash| (squash.branch, squash.commit));
    found
}
