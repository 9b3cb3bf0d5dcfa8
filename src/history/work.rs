//! Every commit that a session may have made, with the lines that it added.
//!
//! - In: a repository whose mainline was read, and the period in which sessions worked.
//! - Out: [`Work`]: the commits of the mainline, of merges, and of branches and pull requests that never landed; each with
//!   its changed paths and a hash per added line.
//! - A line counts as added if the commit's version of a file has it more often than its parent's, ignoring white space. A
//!   merge adds nothing of its own.
//! - If a side branch lacks objects, its commits have no paths; this is not an error.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use gix::ObjectId;
use rayon::prelude::*;

use super::attributes::Attributes;
use super::blob_diff;
use super::commit_object::CommitObject;
use super::common_ends::without_common_ends;
use super::effective::{is_effective, lines};
use super::objects::{Objects, Store};
use super::people::People;
use super::repository_history::History;
use super::tree_diff::{self, Side};
use super::{abandoned, exclude, kept, mainline};
use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::model::activity::{HashCounts, line_hash_of_bytes};
use crate::model::commit::Commit;
use crate::model::work::{Work, WorkCommit};

/// Commits that one task compares.
const COMMITS_PER_TASK: usize = 64;
/// Files that one task compares.
const FILES_PER_TASK: usize = 128;

/// A commit before its comparison.
struct FoundCommit {
    commit: Commit,
    tree: ObjectId,
    parent_tree: Option<ObjectId>,
    landing: Option<u32>,
    on_mainline: bool,
    branches: BTreeSet<String>,
    pull_requests: BTreeSet<u64>,
}

/// Reads the commits made between two instants, by their committers' clocks.
///
/// # Errors
/// Fails when the repository or its mainline cannot be read.
pub(super) fn work(store: &Store, history: &History, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Work> {
    let objects = store.objects();
    // The reading of the history already gave all notices about the commits.
    let mut ignored_notices = Diagnostics::default();
    let head = ObjectId::from_hex(history.head.as_bytes()).map_err(|cause| store.unreadable(&history.head, &cause))?;
    let mut people = People::new(&objects.repository);
    let steps = mainline::walk(&objects, head, &mut people, &mut ignored_notices)?;
    let mut collector = CommitCollector {
        objects: &objects,
        people,
        trees: HashMap::new(),
        found: BTreeMap::new(),
        ignored_notices,
        from,
        until,
    };
    let mut seen: HashSet<ObjectId> = steps.iter().map(|step| step.id).collect();
    collector.trees.extend(steps.iter().map(|step| (step.id, step.tree)));
    let tips = tips(store, history.branch.as_deref())?;
    for (at, step) in steps.iter().enumerate() {
        let commit = &step.commit;
        if commit.commit_time < from {
            continue;
        }
        for parent in step.parents.iter().skip(1) {
            let mut names = tips.get(parent).cloned().unwrap_or_default();
            names.0.extend(commit.merged_branch.clone());
            names.1.extend(commit.pull_request);
            collector.walk(*parent, Some(at), &names, &mut seen);
        }
        if commit.commit_time <= until {
            let parent_tree = step.parents.first().filter(|_| !step.cut).and_then(|parent| collector.trees.get(parent));
            let found = FoundCommit {
                // What a merge is follows from all that it merged, which the reading of the history found.
                commit: Commit { bot: history.commits.get(at).map_or(commit.bot, |known| known.bot), ..commit.clone() },
                tree: step.tree,
                parent_tree: parent_tree.copied(),
                landing: u32::try_from(at).ok(),
                on_mainline: true,
                branches: history.branch.iter().cloned().collect(),
                pull_requests: commit.pull_request.into_iter().collect(),
            };
            collector.found.insert(step.id, found);
        }
    }
    for (tip, names) in &tips {
        collector.walk(*tip, None, names, &mut seen);
    }
    let mut found: Vec<FoundCommit> = collector.found.into_values().collect();
    // Newest first, as packs store versions: the next one is then a short delta away.
    found.sort_by_key(|found| std::cmp::Reverse(found.commit.commit_time));
    let newest = steps.last().map(|step| step.tree);
    let mut work = compare(store, found, newest)?;
    work.commits.sort_by(|a, b| {
        let key = |one: &WorkCommit| (one.landing.is_none(), one.landing, one.commit.commit_time);
        key(a).cmp(&key(b)).then_with(|| a.commit.id.cmp(&b.commit.id))
    });
    work.notes = kept::notes(&objects);
    work.checkpoints = kept::checkpoints(&objects);
    Ok(work)
}

/// The names of a tip: branches and pull requests.
type Names = (BTreeSet<String>, BTreeSet<u64>);
type Tips = BTreeMap<ObjectId, Names>;

fn tips(store: &Store, mainline: Option<&str>) -> Result<Tips> {
    let mut tips = Tips::new();
    for (tip, names) in abandoned::tips(store, mainline)? {
        let (branches, pulls) = tips.entry(tip).or_default();
        for name in names {
            match abandoned::request_number(&name) {
                Some(number) => pulls.insert(number),
                None => branches.insert(abandoned::short(&name, &[]).unwrap_or(&name).to_owned()),
            };
        }
    }
    Ok(tips)
}

/// Collects commits by walking from tips.
struct CommitCollector<'a> {
    objects: &'a Objects,
    people: People,
    trees: HashMap<ObjectId, ObjectId>,
    found: BTreeMap<ObjectId, FoundCommit>,
    ignored_notices: Diagnostics,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl CommitCollector<'_> {
    /// Collects the commits that a tip reaches and no earlier tip did, back to the beginning of the period.
    ///
    /// A commit that several tips reach has the names of all of them.
    fn walk(&mut self, tip: ObjectId, landing: Option<usize>, names: &Names, seen: &mut HashSet<ObjectId>) {
        let mut stack = vec![tip];
        let mut visited = HashSet::new();
        while let Some(id) = stack.pop() {
            if !visited.insert(id) {
                continue;
            }
            if seen.contains(&id) {
                // One branch started from another: commits that are not on the mainline have both names.
                if let Some(found) = self.found.get_mut(&id).filter(|found| !found.on_mainline && landing.is_none())
                    && found.landing.is_none()
                {
                    found.branches.extend(names.0.iter().cloned());
                    found.pull_requests.extend(&names.1);
                }
                continue;
            }
            let Ok(object) = self.objects.read(id) else { continue };
            let Some(parsed) = CommitObject::parse(&object.data) else { continue };
            let time = parsed.commit_time().unwrap_or_default();
            seen.insert(id);
            self.trees.insert(id, parsed.tree);
            if time < self.from {
                continue;
            }
            stack.extend(&parsed.parents);
            if time > self.until {
                continue;
            }
            let parent_tree = parsed.parents.first().and_then(|parent| self.tree_of(*parent));
            let found = FoundCommit {
                commit: mainline::describe(id, &parsed, &mut self.people, &mut self.ignored_notices).0,
                tree: parsed.tree,
                parent_tree,
                landing: landing.and_then(|at| u32::try_from(at).ok()),
                on_mainline: false,
                branches: names.0.clone(),
                pull_requests: names.1.clone(),
            };
            self.found.insert(id, found);
        }
    }

    fn tree_of(&mut self, id: ObjectId) -> Option<ObjectId> {
        if let Some(&known) = self.trees.get(&id) {
            return Some(known);
        }
        let object = self.objects.read(id).ok()?;
        let tree = CommitObject::parse(&object.data)?.tree;
        self.trees.insert(id, tree);
        Some(tree)
    }
}

/// A changed file: commit and path by index, and its versions; `None` is no ordinary file.
struct ChangedVersion {
    commit: usize,
    path: u32,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

fn compare(store: &Store, found: Vec<FoundCommit>, newest: Option<ObjectId>) -> Result<Work> {
    let trees: Vec<Vec<tree_diff::TreeChange>> = found
        .par_chunks(COMMITS_PER_TASK)
        .flat_map_iter(|chunk| {
            let objects = store.objects();
            chunk.iter().map(move |found| tree_changes(&objects, found))
        })
        .collect();
    let attributes = newest.map(|tree| Attributes::of_tree(&store.objects(), tree)).transpose()?;
    let mut work = Work::default();
    let mut indexes: HashMap<Vec<u8>, Option<u32>> = HashMap::new();
    let mut changed: Vec<ChangedVersion> = Vec::new();
    for (commit, changes) in trees.into_iter().enumerate() {
        for change in changes {
            let index = *indexes.entry(change.path).or_insert_with_key(|path| {
                let text = String::from_utf8_lossy(path).into_owned();
                let facts = attributes.as_ref().map(|all| all.of_path(path)).unwrap_or_default();
                exclude::by_path(&text, facts).is_none().then(|| {
                    work.paths.push(text);
                    u32::try_from(work.paths.len() - 1).unwrap_or(u32::MAX)
                })
            });
            if let Some(path) = index {
                let id = |side: Option<Side>| side.filter(Side::is_file).map(|side| side.id);
                changed.push(ChangedVersion { commit, path, old: id(change.old), new: id(change.new) });
            }
        }
    }
    // By path and still newest first: the older version of one comparison is the newer version of the next.
    changed.sort_by_key(|one| one.path);
    let added: Vec<Vec<u64>> = changed
        .par_chunks(FILES_PER_TASK)
        .flat_map_iter(|chunk| {
            let objects = store.objects();
            let mut last = (None, Arc::default());
            chunk.iter().map(move |one| {
                let new = text(&objects, one.new, &last);
                let old = text(&objects, one.old, &last);
                let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
                let added = added_lines(&old, &new);
                last = (one.old, old);
                added
            })
        })
        .collect();
    work.commits = found
        .into_iter()
        .map(|found| WorkCommit {
            commit: found.commit,
            landing: found.landing,
            on_mainline: found.on_mainline,
            branches: found.branches.into_iter().collect(),
            pull_requests: found.pull_requests.into_iter().collect(),
            paths: Vec::new(),
            lines: Vec::new(),
        })
        .collect();
    for (one, added) in changed.into_iter().zip(added) {
        let commit = &mut work.commits[one.commit];
        commit.paths.push(one.path);
        commit.lines.extend(added.into_iter().map(|hash| (one.path, hash)));
    }
    Ok(work)
}

/// What a commit changed against its parent; nothing for a merge, and if the clone lacks the parent.
fn tree_changes(objects: &Objects, found: &FoundCommit) -> Vec<tree_diff::TreeChange> {
    let missing = !found.commit.parents.is_empty() && found.parent_tree.is_none();
    if missing || found.commit.parents.len() > 1 {
        return Vec::new();
    }
    tree_diff::changes(objects, found.parent_tree, found.tree).unwrap_or_default()
}

/// A version's text; `None` if it cannot be read. `last` is a version in memory.
fn text(objects: &Objects, id: Option<ObjectId>, last: &(Option<ObjectId>, Arc<Vec<u8>>)) -> Option<Arc<Vec<u8>>> {
    match id {
        None => Some(Arc::default()),
        Some(_) if id == last.0 => Some(last.1.clone()),
        Some(id) => objects.read(id).ok().map(|object| object.data),
    }
}

/// Hashes of the effective lines that the new text has more often than the old one.
fn added_lines(old: &[u8], new: &[u8]) -> Vec<u64> {
    if blob_diff::is_binary(old) || blob_diff::is_binary(new) {
        return Vec::new();
    }
    let (old, new) = without_common_ends(old, new);
    let hash = |line: &[u8]| if is_effective(line) { line_hash_of_bytes(line) } else { None };
    let mut before = HashCounts::default();
    for hash in lines(old).filter_map(hash) {
        *before.entry(hash).or_default() += 1;
    }
    let is_new = |hash: &u64| match before.get_mut(hash) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    lines(new).filter_map(hash).filter(is_new).collect()
}
