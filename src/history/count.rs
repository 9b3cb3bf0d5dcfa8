//! Mainline commits → their changes with counted lines, on all threads of the pool.
//!
//! Two passes. The first compares trees and reads no file. The second reads each pair of versions of a path once,
//! newest first, because packs store older versions as differences to newer ones. Work is cut into pieces by
//! position alone and collected in order, so any number of threads gives the same result.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::Progress;
use super::attributes::{Attributes, PathAttributes};
use super::blob_diff::{self, LineCounts};
use super::exclude;
use super::mainline::Step;
use super::objects::{Objects, Store};
use super::tree_diff::{self, Side, TreeChange};
use crate::error::Result;
use crate::model::commit::FileChange;

/// Commits whose trees one task compares: neighbours share most of their trees.
const COMMITS_PER_TASK: usize = 128;
/// Pairs of versions that one task reads, about; a path's run of pairs is cut when it is longer.
const PAIRS_PER_TASK: usize = 128;

/// Fills in the changes of every step marked as counted.
///
/// # Errors
/// Fails when an object is missing or corrupt; of several, the one of the oldest commit is named.
pub(super) fn fill_changes(store: &Store, steps: &mut [Step], progress: Option<Progress<'_>>) -> Result<()> {
    let wanted: Vec<usize> = (0..steps.len()).filter(|&at| steps[at].commit.counted).collect();
    let Some(tip) = steps.last().map(|step| step.tree) else { return Ok(()) };
    let meter = Meter { progress, done: AtomicU64::new(0), total: AtomicU64::new(wanted.len() as u64) };
    let differences = compare_trees(store, steps, &wanted, &meter)?;
    let paths = Paths::of(store, tip, &differences)?;
    let pairs = Pairs::of(&paths, &differences);
    meter.expect(pairs.all.len() as u64);
    let counts = count_pairs(store, &paths, &pairs, &meter)?;
    let mut rows = pairs.of_row.iter();
    for (at, changes) in wanted.into_iter().zip(&differences) {
        steps[at].commit.changes = changes
            .iter()
            .zip(&mut rows)
            .map(|(change, row)| file_change(change, row.pair.map(|pair| counts[pair]), &paths.facts[row.path]))
            .collect();
    }
    Ok(())
}

/// Tells how far the work is; never draws.
struct Meter<'a> {
    progress: Option<Progress<'a>>,
    done: AtomicU64,
    total: AtomicU64,
}

impl Meter<'_> {
    fn expect(&self, more: u64) {
        self.total.fetch_add(more, Ordering::Relaxed);
    }

    fn advance(&self, by: usize) {
        let done = self.done.fetch_add(by as u64, Ordering::Relaxed) + by as u64;
        if let Some(progress) = self.progress {
            progress(done, self.total.load(Ordering::Relaxed));
        }
    }
}

/// Collects in order and stops at the first error in order, whichever thread met one first.
fn in_order<T>(parts: Vec<Result<Vec<T>>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

fn compare_trees(store: &Store, steps: &[Step], wanted: &[usize], meter: &Meter<'_>) -> Result<Vec<Vec<TreeChange>>> {
    let parts = wanted.par_chunks(COMMITS_PER_TASK).map(|chunk| {
        let objects = store.objects();
        let mut newest_first = Vec::with_capacity(chunk.len());
        for &at in chunk.iter().rev() {
            let parent = at.checked_sub(1).map(|before| steps[before].tree);
            newest_first.push(tree_diff::changes(&objects, parent, steps[at].tree)?);
            meter.advance(1);
        }
        newest_first.reverse();
        Ok(newest_first)
    });
    in_order(parts.collect())
}

/// What holds for a path in every commit.
struct PathFacts {
    attributes: PathAttributes,
    excluded: Option<&'static str>,
}

/// Every path that changed, once.
struct Paths<'a> {
    ids: HashMap<&'a [u8], usize>,
    facts: Vec<PathFacts>,
}

impl<'a> Paths<'a> {
    fn of(store: &Store, tip: ObjectId, differences: &'a [Vec<TreeChange>]) -> Result<Self> {
        let attributes = Attributes::of_tree(&store.objects(), tip)?;
        let mut paths = Self { ids: HashMap::new(), facts: Vec::new() };
        for change in differences.iter().flatten() {
            paths.ids.entry(change.path.as_slice()).or_insert_with(|| {
                let attributes = attributes.of(&change.path);
                let excluded = exclude::by_path(&String::from_utf8_lossy(&change.path), attributes);
                paths.facts.push(PathFacts { attributes, excluded });
                paths.facts.len() - 1
            });
        }
        Ok(paths)
    }
}

/// Two versions of a path, either of them absent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    path: usize,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// Where a row of the result takes its counts from.
struct Row {
    path: usize,
    pair: Option<usize>,
}

/// Every distinct pair, and the rows that use them.
struct Pairs {
    all: Vec<Pair>,
    of_row: Vec<Row>,
    /// Pairs by path, newest first: the order of reading.
    order: Vec<usize>,
}

impl Pairs {
    fn of(paths: &Paths<'_>, differences: &[Vec<TreeChange>]) -> Self {
        let mut pairs = Self { all: Vec::new(), of_row: Vec::new(), order: Vec::new() };
        let mut known: HashMap<Pair, usize> = HashMap::new();
        for change in differences.iter().flatten() {
            let path = paths.ids[change.path.as_slice()];
            let blob = |side: Option<Side>| side.filter(|side| side.kind != EntryKind::Commit).map(|side| side.id);
            let pair = Pair { path, old: blob(change.old), new: blob(change.new) };
            // Equal versions, as of a rename, are read as well: only the content tells whether it is binary.
            let needed = pair.old.is_some() || pair.new.is_some();
            let index = needed.then(|| {
                *known.entry(pair).or_insert_with(|| {
                    pairs.all.push(pair);
                    pairs.all.len() - 1
                })
            });
            pairs.of_row.push(Row { path, pair: index });
        }
        pairs.order = (0..pairs.all.len()).rev().collect();
        pairs.order.sort_by_key(|&at| pairs.all[at].path);
        pairs
    }
}

fn count_pairs(store: &Store, paths: &Paths<'_>, pairs: &Pairs, meter: &Meter<'_>) -> Result<Vec<LineCounts>> {
    let parts = pairs.order.par_chunks(PAIRS_PER_TASK).map(|chunk| {
        let mut versions = Versions { objects: store.objects(), old: Slot::default(), new: Slot::default() };
        let counts = chunk.iter().map(|&at| {
            let pair = pairs.all[at];
            let (old, new) = versions.load(pair.old, pair.new)?;
            Ok(blob_diff::count(old, new, paths.facts[pair.path].attributes.diff))
        });
        let counts = counts.collect::<Result<Vec<_>>>();
        meter.advance(chunk.len());
        counts
    });
    let in_reading_order = in_order(parts.collect())?;
    let mut counts = vec![LineCounts::default(); pairs.all.len()];
    for (&at, count) in pairs.order.iter().zip(in_reading_order) {
        counts[at] = count;
    }
    Ok(counts)
}

/// The older and the newer content of a pair; `None` is no file.
type Contents<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// The two contents last read: going back in time, the old one is often the next new one.
struct Versions {
    objects: Objects,
    old: Slot,
    new: Slot,
}

#[derive(Default)]
struct Slot {
    id: Option<ObjectId>,
    content: Arc<Vec<u8>>,
}

impl Versions {
    fn load(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<Contents<'_>> {
        if new.is_some() && self.old.id == new {
            std::mem::swap(&mut self.old, &mut self.new);
        }
        self.new.fill(&self.objects, new)?;
        if old == new {
            let content = new.map(|_| self.new.content.as_slice());
            return Ok((content, content));
        }
        self.old.fill(&self.objects, old)?;
        Ok((old.map(|_| self.old.content.as_slice()), new.map(|_| self.new.content.as_slice())))
    }
}

impl Slot {
    fn fill(&mut self, objects: &Objects, id: Option<ObjectId>) -> Result<()> {
        let Some(wanted) = id.filter(|_| self.id != id) else { return Ok(()) };
        let object = objects.read(wanted)?;
        match object.kind {
            gix::objs::Kind::Blob => *self = Self { id, content: object.data },
            kind => return Err(objects.store.unreadable(wanted, &format!("it is a {kind}, not a file"))),
        }
        Ok(())
    }
}

fn file_change(change: &TreeChange, counts: Option<LineCounts>, facts: &PathFacts) -> FileChange {
    let counts = counts.unwrap_or_default();
    let is_link = |side: Option<Side>| side.is_some_and(|side| side.kind == EntryKind::Commit);
    let by_content = || {
        let counted = facts.attributes.generated != Some(false) && counts.generated;
        let submodule = is_link(change.old) || is_link(change.new);
        if submodule { Some(exclude::SUBMODULE) } else { counted.then_some(exclude::GENERATED) }
    };
    let excluded = facts.excluded.or_else(by_content);
    let effective = |lines: u64| if excluded.is_some() { 0 } else { lines };
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    FileChange {
        path: text(&change.path),
        renamed_from: change.renamed_from.as_deref().map(text),
        added: counts.added,
        deleted: counts.deleted,
        added_effective: effective(counts.added_effective),
        deleted_effective: effective(counts.deleted_effective),
        binary: counts.binary,
        excluded,
    }
}
