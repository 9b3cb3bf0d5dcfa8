//! Pairs of trees → patches that can be compared: by their files and blobs, and by their deleted and added text.
//!
//! Everything is read once and in parallel; results do not depend on the number of threads. What cannot be read is
//! `None`, and the caller decides.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::diff::blob::{Algorithm, Diff, InternedInput, sources::byte_lines};
use gix::objs::tree::EntryKind;
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::error::Result;
use crate::history::attributes::Attributes;
use crate::history::blob_diff;
use crate::history::common_ends::without_common_ends;
use crate::history::effective::{is_effective, lines};
use crate::history::exclude;
use crate::history::meter::Meter;
use crate::history::notebook;
use crate::history::objects::{Objects, Store};
use crate::history::paths::PathFacts;
use crate::history::tree_diff::{self, Side, TreeChange};

/// Trees that one task compares: neighbours share most of their parts.
const TREES_PER_TASK: usize = 64;
/// How many comparisons to make at a time, since each holds its paths as text.
const TREES_AT_ONCE: usize = 8_192;
/// Pairs of versions that one task reads.
const FILES_PER_TASK: usize = 256;

/// A changed file. A side is `None` if it has no file, or a submodule instead of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ChangedFile {
    pub(super) path: usize,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// The difference of two trees.
pub(super) struct TreePatch {
    /// Equal for the same files with the same blobs before and after.
    pub(super) blobs: u128,
    /// Equal for the same set of paths. Patches with different paths are never equal.
    pub(super) paths: u128,
    pub(super) files: Vec<ChangedFile>,
}

/// The difference of two texts.
pub(super) struct TextPatch {
    /// Equal for the same lines deleted and added, in order. White space does not count, as in git-patch-id(1). Unlike
    /// there, context lines do not count either, because they change when the mainline moves on.
    id: u128,
    /// Lines added.
    pub(super) added: u64,
    /// Hashes of the effective ones.
    pub(super) effective: Vec<u64>,
}

struct PatchPath {
    name: Arc<[u8]>,
    facts: PathFacts,
}

/// Every comparison made so far.
pub(super) struct Patches<'a> {
    store: &'a Store,
    meter: &'a Meter<'a>,
    attributes: Attributes,
    ids: HashMap<Arc<[u8]>, usize>,
    paths: Vec<PatchPath>,
    trees: HashMap<(Option<ObjectId>, ObjectId), Option<TreePatch>>,
    texts: HashMap<ChangedFile, Option<TextPatch>>,
}

/// Two trees, of which the older may be absent.
pub(super) type Trees = (Option<ObjectId>, ObjectId);

impl<'a> Patches<'a> {
    /// No comparisons yet; the attributes are those of the mainline's newest tree.
    pub(super) fn new(store: &'a Store, newest_tree: ObjectId, meter: &'a Meter<'a>) -> Result<Self> {
        let attributes = Attributes::of_tree(&store.objects(), newest_tree)?;
        let (ids, paths) = (HashMap::new(), Vec::new());
        Ok(Self { store, meter, attributes, ids, paths, trees: HashMap::new(), texts: HashMap::new() })
    }

    /// The difference of two trees, if they were compared and could be read.
    pub(super) fn tree(&self, trees: Trees) -> Option<&TreePatch> {
        self.trees.get(&trees)?.as_ref()
    }

    /// The difference of a file's texts, if they were compared and could be read.
    pub(super) fn text(&self, file: &ChangedFile) -> Option<&TextPatch> {
        self.texts.get(file)?.as_ref()
    }

    /// A hash of the text of a whole patch; `None` unless all of its files were read.
    pub(super) fn id(&self, patch: &TreePatch) -> Option<u128> {
        let mut hash = Xxh3::new();
        for file in &patch.files {
            hash.update(&file.path.to_le_bytes());
            hash.update(&self.text(file)?.id.to_le_bytes());
        }
        Some(hash.digest128())
    }

    /// Compares trees, each pair once.
    pub(super) fn compare_trees(&mut self, wanted: impl Iterator<Item = Trees>) {
        let mut seen = HashSet::new();
        let wanted: Vec<Trees> =
            wanted.filter(|trees| !self.trees.contains_key(trees) && seen.insert(*trees)).collect();
        let (store, meter) = (self.store, self.meter);
        meter.expect(wanted.len());
        for some in wanted.chunks(TREES_AT_ONCE) {
            let read = some.par_chunks(TREES_PER_TASK).flat_map_iter(|chunk| {
                let objects = store.objects();
                meter.advance(chunk.len());
                chunk.iter().map(move |(old, new)| tree_diff::changes(&objects, *old, *new).ok())
            });
            let read: Vec<Option<Vec<TreeChange>>> = read.collect();
            for (trees, changes) in some.iter().zip(read) {
                let patch = changes.map(|changes| self.tree_patch(&changes));
                self.trees.insert(*trees, patch);
            }
        }
    }

    fn tree_patch(&mut self, changes: &[TreeChange]) -> TreePatch {
        let (mut blobs, mut paths) = (Xxh3::new(), Xxh3::new());
        let mut files = Vec::with_capacity(changes.len());
        for change in changes {
            let path = self.index_of(&change.path);
            paths.update(&path.to_le_bytes());
            blobs.update(&path.to_le_bytes());
            for side in [change.old, change.new] {
                blobs.update(&[u8::from(side.is_some())]);
                blobs.update(side.as_ref().map_or(&[], |side| side.id.as_slice()));
            }
            let text = |side: Option<Side>| side.filter(|side| side.kind != EntryKind::Commit).map(|side| side.id);
            files.push(ChangedFile { path, old: text(change.old), new: text(change.new) });
        }
        TreePatch { blobs: blobs.digest128(), paths: paths.digest128(), files }
    }

    /// The index of a path, which is added if it is new.
    fn index_of(&mut self, path: &[u8]) -> usize {
        if let Some(&known) = self.ids.get(path) {
            return known;
        }
        let name: Arc<[u8]> = path.into();
        self.ids.insert(Arc::clone(&name), self.paths.len());
        self.paths.push(PatchPath { name, facts: PathFacts::new(path, &self.attributes) });
        self.paths.len() - 1
    }

    /// Compares the texts of files, each pair once.
    pub(super) fn compare_texts(&mut self, wanted: impl Iterator<Item = ChangedFile>) {
        let mut seen = HashSet::new();
        let mut wanted: Vec<ChangedFile> =
            wanted.filter(|file| !self.texts.contains_key(file) && seen.insert(*file)).collect();
        wanted.sort_by_key(|file| file.path);
        let (store, meter, paths) = (self.store, self.meter, &self.paths);
        meter.expect(wanted.len());
        let read = wanted.par_chunks(FILES_PER_TASK).flat_map_iter(|chunk| {
            let objects = store.objects();
            meter.advance(chunk.len());
            let (mut old, mut new) = (LastVersion::default(), LastVersion::default());
            chunk.iter().map(move |file| {
                let path = &paths[file.path];
                // Both are read, so that the notices name both if both are missing.
                let (old, new) = (old.read(&objects, file.old, &path.name), new.read(&objects, file.new, &path.name));
                Some(text_patch(file, old?, new?, &path.facts))
            })
        });
        let read: Vec<Option<TextPatch>> = read.collect();
        self.texts.extend(wanted.into_iter().zip(read));
    }
}

/// The version of a file that was read last: branches that left the mainline at the same commit share the older side.
#[derive(Default)]
struct LastVersion {
    id: Option<ObjectId>,
    content: Arc<Vec<u8>>,
}

impl LastVersion {
    /// The content; empty if there is no file, and `None` if it cannot be read.
    fn read(&mut self, objects: &Objects, id: Option<ObjectId>, path: &[u8]) -> Option<&[u8]> {
        let Some(wanted) = id else { return Some(&[]) };
        if self.id != id {
            *self = Self { id, content: objects.read_file(wanted, path)? };
        }
        Some(&self.content)
    }
}

fn text_patch(file: &ChangedFile, old: &[u8], new: &[u8], facts: &PathFacts) -> TextPatch {
    let mut hash = Xxh3::new();
    let binary = match facts.attributes.diff {
        Some(text) => !text,
        None => blob_diff::is_binary(old) || blob_diff::is_binary(new),
    };
    // Without lines to compare, as for empty files and changed modes, only equal blobs are the same patch.
    let (start, rest) = if binary { (&[][..], &[][..]) } else { without_common_ends(old, new) };
    if start.is_empty() && rest.is_empty() {
        for side in [file.old, file.new] {
            hash.update(side.as_ref().map_or(&[0], |id| id.as_slice()));
        }
        return TextPatch { id: hash.digest128(), added: 0, effective: Vec::new() };
    }
    let generated = facts.attributes.generated != Some(false)
        && exclude::by_content(if file.new.is_some() { new } else { old }).is_some();
    let counts = facts.excluded.is_none() && !generated;
    let own = facts.is_notebook.then(|| {
        let marks = notebook::source_lines(lines(new));
        lines(new).zip(marks).filter(|(_, is_source)| *is_source).map(|(line, _)| line).collect::<HashSet<&[u8]>>()
    });
    let mut patch = TextPatch { id: 0, added: 0, effective: Vec::new() };
    let mut line = |sign: &[u8], line: &[u8]| {
        let bare: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bare = xxh3_64(&bare);
        hash.update(sign);
        hash.update(&bare.to_le_bytes());
        if sign == b"+" {
            patch.added += 1;
            if counts && is_effective(line) && own.as_ref().is_none_or(|own| own.contains(line)) {
                patch.effective.push(bare);
            }
        }
    };
    if start.is_empty() || rest.is_empty() {
        lines(start).for_each(|text| line(b"-", text));
        lines(rest).for_each(|text| line(b"+", text));
    } else {
        let input = InternedInput::new(byte_lines(start), byte_lines(rest));
        for hunk in Diff::compute(Algorithm::Histogram, &input).hunks() {
            hunk.before.for_each(|at| line(b"-", input.interner[input.before[at as usize]]));
            hunk.after.for_each(|at| line(b"+", input.interner[input.after[at as usize]]));
        }
    }
    patch.id = hash.digest128();
    patch
}
