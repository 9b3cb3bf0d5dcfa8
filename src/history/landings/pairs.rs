//! The second pass: each pair of versions of a path, compared once.
//!
//! Pairs are read newest first, because packs store older versions as differences to newer ones.

use std::collections::HashMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::super::blob_diff::{self, Difference, Version};
use super::super::index::index;
use super::super::line_diff::LineDiffer;
use super::super::meter::Meter;
use super::super::objects::{Objects, Store};
use super::super::paths::{PathFacts, Paths};
use super::super::rename::TreeChanges;
use super::super::tree_diff::Side;

/// About how many pairs of versions one task reads; a path with more pairs is shared by several tasks.
const PAIRS_PER_TASK: usize = 128;

/// Two versions of a path, either of them absent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    path: usize,
    /// The path of the old version.
    old_path: usize,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// One change of a landing, by indexes.
pub(super) struct PairedChange {
    pub(super) path: usize,
    /// The path before a rename.
    pub(super) renamed_from: Option<usize>,
    /// Its pair of versions; `None` for a submodule.
    pair: Option<usize>,
    /// Index of the old content.
    pub(super) old: Option<u32>,
    /// Index of the new content.
    pub(super) new: Option<u32>,
}

/// Every distinct pair, and the changes that use them.
pub(super) struct Pairs {
    all: Vec<Pair>,
    /// By change, over all landings in order.
    of_changes: Vec<PairedChange>,
    /// Pairs by path, newest first: the order of reading.
    order: Vec<usize>,
    /// How many contents there are.
    contents: usize,
}

impl Pairs {
    pub(super) fn new(paths: &Paths<'_>, changes: &[TreeChanges]) -> Self {
        let mut pairs = Self { all: Vec::new(), of_changes: Vec::new(), order: Vec::new(), contents: 0 };
        let mut known: HashMap<Pair, usize> = HashMap::new();
        let mut contents: gix::hashtable::HashMap<ObjectId, u32> = gix::hashtable::HashMap::default();
        for change in changes.iter().flat_map(|landing| &landing.changes) {
            let path = paths.index_of(&change.path);
            let renamed_from = change.renamed_from.as_ref().map(|from| paths.index_of(from));
            let blob = |side: Option<Side>| side.filter(|side| side.kind != EntryKind::Commit).map(|side| side.id);
            let old_path = renamed_from.unwrap_or(path);
            let pair = Pair { path, old_path, old: blob(change.old), new: blob(change.new) };
            // Equal versions, as in a rename, are read as well: only the content shows whether it is binary.
            let needed = pair.old.is_some() || pair.new.is_some();
            let pair_index = needed.then(|| {
                *known.entry(pair).or_insert_with(|| {
                    pairs.all.push(pair);
                    pairs.all.len() - 1
                })
            });
            let mut content = |id: Option<ObjectId>| {
                let next = index(contents.len());
                id.map(|id| *contents.entry(id).or_insert(next))
            };
            let (old, new) = (content(pair.old), content(pair.new));
            pairs.of_changes.push(PairedChange { path, renamed_from, pair: pair_index, old, new });
        }
        pairs.contents = contents.len();
        pairs.order = (0..pairs.all.len()).rev().collect();
        pairs.order.sort_by_key(|&at| pairs.all[at].path);
        pairs
    }

    /// How many pairs there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// How many contents there are.
    pub(super) fn contents(&self) -> usize {
        self.contents
    }

    /// The differences, by pair.
    pub(super) fn compare(&self, store: &Store, paths: &Paths<'_>, meter: &Meter<'_>) -> Vec<Difference> {
        let parts = self.order.par_chunks(PAIRS_PER_TASK).map(|chunk| {
            let mut contents =
                Contents { objects: store.objects(), old: LastRead::default(), new: LastRead::default() };
            let mut differ = LineDiffer::default();
            let differences = chunk.iter().map(|&at| {
                let pair = self.all[at];
                let file = |id: Option<ObjectId>, path| id.map(|id| (id, paths.name(path)));
                let (old, new) = contents.read(file(pair.old, pair.old_path), file(pair.new, pair.path));
                let old = version(pair.old, old, &paths.facts[pair.old_path]);
                let new = version(pair.new, new, &paths.facts[pair.path]);
                blob_diff::compare(&mut differ, old, new)
            });
            let differences: Vec<Difference> = differences.collect();
            meter.advance(chunk.len());
            differences
        });
        let in_reading_order: Vec<Vec<Difference>> = parts.collect();
        let mut differences = vec![Difference::default(); self.all.len()];
        for (&at, difference) in self.order.iter().zip(in_reading_order.into_iter().flatten()) {
            differences[at] = difference;
        }
        differences
    }
}

/// The changes of all landings with their differences.
#[derive(Clone, Copy)]
pub(super) struct ComparedChanges<'a> {
    /// Index of the first landing.
    pub(super) from: usize,
    pub(super) trees: &'a [TreeChanges],
    pub(super) pairs: &'a Pairs,
    /// By pair.
    pub(super) differences: &'a [Difference],
}

impl<'a> ComparedChanges<'a> {
    /// Each landing: its index in the mainline, its changes, and what these are by indexes.
    pub(super) fn landings(self) -> impl Iterator<Item = (usize, &'a TreeChanges, &'a [PairedChange])> {
        let mut rest = self.pairs.of_changes.as_slice();
        (self.from..).zip(self.trees).map(move |(at, landing)| {
            let (own, after) = rest.split_at(landing.changes.len());
            rest = after;
            (at, landing, own)
        })
    }

    /// The difference of a change; `None` for a submodule.
    pub(super) fn difference(self, change: &PairedChange) -> Option<&'a Difference> {
        change.pair.map(|pair| &self.differences[pair])
    }
}

fn version<'a>(id: Option<ObjectId>, content: Option<&'a [u8]>, facts: &PathFacts) -> Option<Version<'a>> {
    Some(Version { id: id?, content, is_text: facts.attributes.diff, is_notebook: facts.is_notebook })
}

/// A file's content and its path.
type File<'a> = (ObjectId, &'a [u8]);

/// The older and the newer content of a pair; `None` is no file, or one that is missing.
type TwoContents<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// Reads the contents of pairs and keeps the last two: going back in time, the old one is often the next new one.
struct Contents {
    objects: Objects,
    old: LastRead,
    new: LastRead,
}

#[derive(Default)]
struct LastRead {
    id: Option<ObjectId>,
    /// `None` if it is missing.
    content: Option<Arc<Vec<u8>>>,
}

impl Contents {
    fn read(&mut self, old: Option<File<'_>>, new: Option<File<'_>>) -> TwoContents<'_> {
        let id = |file: Option<File<'_>>| file.map(|(id, _)| id);
        if new.is_some() && self.old.id == id(new) {
            std::mem::swap(&mut self.old, &mut self.new);
        }
        self.new.read(&self.objects, new);
        if id(old) == id(new) {
            let content = new.and_then(|_| self.new.content());
            return (content, content);
        }
        self.old.read(&self.objects, old);
        (old.and_then(|_| self.old.content()), new.and_then(|_| self.new.content()))
    }
}

impl LastRead {
    /// Reads a file unless it is the one that was read last.
    fn read(&mut self, objects: &Objects, file: Option<File<'_>>) {
        if let Some((id, path)) = file.filter(|(id, _)| self.id != Some(*id)) {
            *self = Self { id: Some(id), content: objects.read_file(id, path) };
        }
    }

    fn content(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.as_slice())
    }
}
