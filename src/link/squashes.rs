//! The branches of squashes that no reference and no message names, learned from sessions whose lines are in them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::claims::topic_branch;
use super::commits::topic_branches;
use super::overlap::Overlap;
use super::repository_index::RepositoryIndex;

/// A session with this percentage of a commit's lines says which branch it is of.
const SURELY: u64 = 50;
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

/// Learns the branches of commits that no reference and no message names; in order of the branches.
pub(super) fn learn<'a>(repo: &RepositoryIndex<'a>, overlaps: &[Overlap]) -> Vec<Squash<'a>> {
    let mut found: BTreeMap<(&str, u32), DateTime<Utc>> = BTreeMap::new();
    for overlap in overlaps.iter().filter(|one| one.lines >= MIN_LINES && one.wrote_of_commit(SURELY)) {
        let one = repo.commit(overlap.commit);
        let is_unnamed = topic_branches(repo.history, one).next().is_none();
        let session = &repo.sessions[overlap.session];
        for &(at, _) in overlap.written.iter().filter(|_| one.on_mainline && is_unnamed) {
            if let Some(branch) = topic_branch(repo, session, at) {
                let from = found.entry((branch, overlap.commit)).or_insert(at);
                *from = at.min(*from);
            }
        }
    }
    found.into_iter().map(|((branch, commit), from)| Squash { commit, branch, from }).collect()
}
