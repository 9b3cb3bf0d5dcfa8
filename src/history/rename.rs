//! Deleted and added paths of one commit → renames, as git's default detection pairs them.
//!
//! - First equal contents; then files with a name that no other file has, if they are at least three quarters similar;
//!   then the most similar of the rest, if at least half similar.
//! - Similarity: the share of the larger file's bytes that both have, by lines cut at 64 bytes.
//! - Source: git's `diffcore-rename.c` and `diffcore-delta.c` (2.47), `git log -M50% -l1000`. Copies are not looked for.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::tree::EntryKind;

use super::blob_diff::is_binary;
use super::objects::Objects;
use super::tree_diff::{Side, TreeChange};

/// A pair's score when both contents are the same.
const WHOLE: u64 = 60_000;
/// The lowest score of a rename: half.
const MIN_SCORE: u64 = 30_000;
/// The lowest score where only these two files have the name.
const MIN_SCORE_BY_NAME: u64 = 45_000;
/// Deletions times additions above this many squared are not compared (`diff.renameLimit`).
pub(super) const LIMIT: usize = 1_000;
/// How many of the most similar deletions to keep for each addition.
const CANDIDATES: usize = 4;
/// How many equal contents to search for one with the same name.
const ALTERNATIVES: usize = 100;

/// The changes of one commit with its renames joined.
pub(super) struct TreeChanges {
    pub(super) changes: Vec<TreeChange>,
    /// Whether there are too many deleted and added files to search for edited renames.
    pub(super) over_limit: bool,
}

/// Joins each deletion with the addition that it became.
pub(super) fn join(objects: &Objects, mut found: Vec<TreeChange>) -> TreeChanges {
    let mut sources: Vec<usize> = (0..found.len()).filter(|&at| found[at].new.is_none()).collect();
    let mut targets: Vec<usize> = (0..found.len()).filter(|&at| found[at].old.is_none()).collect();
    if sources.is_empty() || targets.is_empty() {
        return TreeChanges { changes: found, over_limit: false };
    }
    let mut pairs = pair_equal(&found, &sources, &targets);
    remove_paired(&pairs, &mut sources, &mut targets);
    let regular = |side: Option<Side>| side.is_some_and(|side| side.is_file());
    sources.retain(|&at| regular(found[at].old));
    targets.retain(|&at| regular(found[at].new));
    let mut over_limit = false;
    if !sources.is_empty() && !targets.is_empty() {
        let mut contents = Contents { objects, known: HashMap::new() };
        let by_name = pair_by_name(&mut contents, &found, &sources, &targets);
        remove_paired(&by_name, &mut sources, &mut targets);
        pairs.extend(by_name);
        over_limit = sources.len().saturating_mul(targets.len()) > LIMIT * LIMIT;
        if !over_limit {
            pairs.extend(pair_similar(&mut contents, &found, &sources, &targets));
        }
    }
    let mut dropped = vec![false; found.len()];
    for (source, target) in pairs {
        dropped[source] = true;
        found[target].old = found[source].old;
        found[target].renamed_from = Some(found[source].path.clone());
    }
    let mut dropped = dropped.into_iter();
    found.retain(|_| !dropped.next().unwrap_or(false));
    TreeChanges { changes: found, over_limit }
}

fn remove_paired(pairs: &[(usize, usize)], sources: &mut Vec<usize>, targets: &mut Vec<usize>) {
    let (old, new): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
    sources.retain(|at| !old.contains(at));
    targets.retain(|at| !new.contains(at));
}

/// Pairs equal contents: among several deletions, the one with the same name, else the first.
fn pair_equal(found: &[TreeChange], sources: &[usize], targets: &[usize]) -> Vec<(usize, usize)> {
    let mut gone: BTreeMap<(ObjectId, bool), Vec<usize>> = BTreeMap::new();
    for &at in sources {
        if let Some(key) = found[at].old.and_then(content_key) {
            gone.entry(key).or_default().push(at);
        }
    }
    let mut pairs = Vec::new();
    for &target in targets {
        let Some(same) = found[target].new.and_then(content_key).and_then(|key| gone.get_mut(&key)) else { continue };
        let name = file_name(&found[target].path);
        let named = same.iter().take(ALTERNATIVES).position(|&source| file_name(&found[source].path) == name);
        if let Some(pick) = named.or((!same.is_empty()).then_some(0)) {
            pairs.push((same.remove(pick), target));
        }
    }
    pairs
}

/// Links are paired only with links, and submodules never.
fn content_key(side: Side) -> Option<(ObjectId, bool)> {
    (side.kind != EntryKind::Commit).then_some((side.id, side.kind == EntryKind::Link))
}

/// Pairs files whose name is unique among the deletions and among the additions.
fn pair_by_name(
    contents: &mut Contents<'_>,
    found: &[TreeChange],
    sources: &[usize],
    targets: &[usize],
) -> Vec<(usize, usize)> {
    let only = |all: &[usize]| {
        let mut names: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
        for &at in all {
            let name = file_name(&found[at].path).to_vec();
            names.entry(name).and_modify(|only| *only = None).or_insert(Some(at));
        }
        names
    };
    let (old_names, new_names) = (only(sources), only(targets));
    let mut pairs = Vec::new();
    for &source in sources {
        let name = file_name(&found[source].path);
        let alone = |names: &HashMap<Vec<u8>, Option<usize>>| names.get(name).copied().flatten();
        if let (Some(_), Some(target)) = (alone(&old_names), alone(&new_names))
            && contents.score(&found[source], &found[target]) >= MIN_SCORE_BY_NAME
        {
            pairs.push((source, target));
        }
    }
    pairs
}

struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn rank(&self) -> (u64, bool) {
        (self.score, self.same_name)
    }
}

/// Pairs the most similar files.
fn pair_similar(
    contents: &mut Contents<'_>,
    found: &[TreeChange],
    sources: &[usize],
    targets: &[usize],
) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for &target in targets {
        let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES);
        for &source in sources {
            let score = contents.score(&found[source], &found[target]);
            let same_name = file_name(&found[source].path) == file_name(&found[target].path);
            let candidate = Candidate { score, same_name, source, target };
            if best.len() < CANDIDATES {
                best.push(candidate);
                continue;
            }
            // The first of the worst candidates gives way. Git keeps those that are too different for a rename in a place
            // until then, which decides the order of equally similar ones.
            let ranks = best.iter().enumerate();
            let worst = ranks.min_by_key(|(at, candidate)| (candidate.rank(), *at)).map_or(0, |(at, _)| at);
            if candidate.rank() > best[worst].rank() {
                best[worst] = candidate;
            }
        }
        all.extend(best);
    }
    all.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
    all.truncate(all.partition_point(|candidate| candidate.score >= MIN_SCORE));
    let (mut used_sources, mut used_targets) = (HashSet::new(), HashSet::new());
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for Candidate { source, target, .. } in all {
        if !used_sources.contains(&source) && !used_targets.contains(&target) {
            used_sources.insert(source);
            used_targets.insert(target);
            pairs.push((source, target));
        }
    }
    pairs
}

/// Contents of one commit's files, each read and cut into pieces once.
struct Contents<'a> {
    objects: &'a Objects,
    known: HashMap<ObjectId, Arc<Pieces>>,
}

impl Contents<'_> {
    /// A content that is missing is like no other.
    fn pieces(&mut self, id: ObjectId, path: &[u8]) -> Arc<Pieces> {
        let known = self.known.entry(id);
        let content = || self.objects.read_file(id, path).unwrap_or_default();
        Arc::clone(known.or_insert_with(|| Arc::new(Pieces::new(&content()))))
    }

    /// How similar a deleted and an added file are, out of [`WHOLE`].
    fn score(&mut self, source: &TreeChange, target: &TreeChange) -> u64 {
        let (Some(old), Some(new)) = (source.old, target.new) else { return 0 };
        let (old, new) = (self.pieces(old.id, &source.path), self.pieces(new.id, &target.path));
        let (small, large) = (old.bytes.min(new.bytes), old.bytes.max(new.bytes));
        if large == 0 || large * (WHOLE - MIN_SCORE) < (large - small) * WHOLE {
            return 0;
        }
        old.shared(&new) * WHOLE / large
    }
}

/// A content cut after each line end or 64 bytes: how many bytes are in pieces with each hash.
struct Pieces {
    bytes: u64,
    /// Sorted by hash.
    weights: Vec<(u32, u64)>,
}

impl Pieces {
    fn new(content: &[u8]) -> Self {
        /// Different pieces may have the same hash, as in git; another range would pair other files.
        const RANGE: u32 = 107_927;
        const LONGEST: u64 = 64;
        let text = !is_binary(content);
        let mut pieces = Vec::new();
        let (mut first, mut second, mut length) = (0_u32, 0_u32, 0_u64);
        for (at, &byte) in content.iter().enumerate() {
            if text && byte == b'\r' && content.get(at + 1) == Some(&b'\n') {
                continue;
            }
            let before = first;
            first = (first << 7) ^ (second >> 25);
            second = (second << 7) ^ (before >> 25);
            first = first.wrapping_add(u32::from(byte));
            length += 1;
            if length == LONGEST || byte == b'\n' {
                pieces.push((first.wrapping_add(second.wrapping_mul(0x61)) % RANGE, length));
                (first, second, length) = (0, 0, 0);
            }
        }
        if length > 0 {
            pieces.push((first.wrapping_add(second.wrapping_mul(0x61)) % RANGE, length));
        }
        pieces.sort_unstable();
        let mut weights: Vec<(u32, u64)> = Vec::new();
        for (hash, length) in pieces {
            match weights.last_mut() {
                Some(last) if last.0 == hash => last.1 += length,
                _ => weights.push((hash, length)),
            }
        }
        Self { bytes: content.len() as u64, weights }
    }

    fn shared(&self, other: &Self) -> u64 {
        let mut others = other.weights.iter().peekable();
        let mut sum = 0;
        for &(hash, weight) in &self.weights {
            while others.next_if(|(other, _)| *other < hash).is_some() {}
            if let Some((_, same)) = others.next_if(|(other, _)| *other == hash) {
                sum += weight.min(*same);
            }
        }
        sum
    }
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_the_share_of_bytes_in_common_lines() {
        let score = |old: &str, new: &str| {
            let (old, new) = (Pieces::new(old.as_bytes()), Pieces::new(new.as_bytes()));
            old.shared(&new) * 100 / old.bytes.max(new.bytes)
        };
        assert_eq!(score("one\ntwo\nsix\nten\n", "one\ntwo\nsix\nten\n"), 100);
        assert_eq!(score("one\ntwo\nsix\nten\n", "ten\none\nnew\nold\n"), 50);
        assert_eq!(score("one\r\ntwo\r\n", "one\ntwo\n"), 80);
        assert_eq!(score("no end", "no end"), 100);
        assert_eq!(score("one\n", "two\n"), 0);
    }
}
