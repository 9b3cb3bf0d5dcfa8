//! Two trees → the paths whose content differs, without reading any content.

use std::sync::Arc;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryRef, name_order};

use super::common_ends::common_prefix;
use super::objects::Objects;
use crate::error::Result;

/// Deeper trees are attacks rather than projects: each level takes stack. Git's limit, `core.maxTreeDepth`, is 2,048.
const MAX_DEPTH: usize = 512;

/// What is at a path on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) id: ObjectId,
    pub(super) kind: EntryKind,
}

impl Side {
    /// Whether it is an ordinary file, neither link nor submodule.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::Blob | EntryKind::BlobExecutable)
    }
}

/// A path that differs; at least one side exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TreeChange {
    /// Path after the change, or before it for a deletion.
    pub(super) path: Vec<u8>,
    /// Path before a rename.
    pub(super) renamed_from: Option<Vec<u8>>,
    pub(super) old: Option<Side>,
    pub(super) new: Option<Side>,
}

/// The differing paths of two trees in byte order; `None` is an empty tree.
///
/// A rename is a deletion and an addition here; `rename::join` makes one change of the two.
///
/// # Errors
/// Fails when a tree is missing or corrupt.
pub(super) fn changes(objects: &Objects, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<TreeChange>> {
    let mut walk = Walk { objects, path: Vec::new(), depth: 0, found: Vec::new() };
    walk.compare(old, Some(new))?;
    Ok(walk.found)
}

/// The content of an ordinary file in a tree's root.
///
/// # Errors
/// Fails when the tree is missing or corrupt.
pub(super) fn root_file(objects: &Objects, tree: ObjectId, name: &[u8]) -> Result<Option<ObjectId>> {
    let data = objects.read_tree(tree)?;
    let mut entries = Entries { objects, tree, rest: &data };
    while let Some(entry) = entries.next()? {
        if entry.filename == name {
            let side = Side { id: entry.oid.to_owned(), kind: entry.mode.kind() };
            return Ok(side.is_file().then_some(side.id));
        }
    }
    Ok(None)
}

/// Appends a component to a path and returns the length to truncate to afterwards.
fn join(path: &mut Vec<u8>, name: &[u8]) -> usize {
    let length = path.len();
    if length > 0 {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    length
}

struct Walk<'a> {
    objects: &'a Objects,
    path: Vec<u8>,
    depth: usize,
    found: Vec<TreeChange>,
}

impl Walk<'_> {
    fn compare(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        if self.depth > MAX_DEPTH {
            let id = new.or(old).map_or_else(String::new, |id| id.to_string());
            return Err(self.objects.store.unreadable(id, &format!("trees are nested over {MAX_DEPTH} deep")));
        }
        let objects = self.objects;
        let read = |id: Option<ObjectId>| id.map_or_else(|| Ok(Arc::default()), |id| objects.read_tree(id));
        let (old_data, new_data) = (read(old)?, read(new)?);
        let null = ObjectId::null(gix::hash::Kind::Sha1);
        let mut olds = Entries { objects, tree: old.unwrap_or(null), rest: &old_data };
        let mut news = Entries { objects, tree: new.unwrap_or(null), rest: &new_data };
        skip_equal(&mut olds, &mut news);
        let (mut left, mut right) = (olds.next()?, news.next()?);
        loop {
            let order = match (&left, &right) {
                (None, None) => return Ok(()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(a), Some(b)) => name_order(a.filename, a.mode.is_tree(), b.filename, b.mode.is_tree()),
            };
            match order {
                std::cmp::Ordering::Less => {
                    self.visit(left, None)?;
                    left = olds.next()?;
                }
                std::cmp::Ordering::Greater => {
                    self.visit(None, right)?;
                    right = news.next()?;
                }
                std::cmp::Ordering::Equal => {
                    self.visit(left, right)?;
                    skip_equal(&mut olds, &mut news);
                    left = olds.next()?;
                    right = news.next()?;
                }
            }
        }
    }

    /// Records a difference of one name or descends into it; if both sides exist, both are trees or neither is.
    fn visit(&mut self, old: Option<EntryRef<'_>>, new: Option<EntryRef<'_>>) -> Result<()> {
        // Compares `value`, since the padded mode `040000` is the same as `40000`.
        let same = |a: &EntryRef<'_>, b: &EntryRef<'_>| a.oid == b.oid && a.mode.value() == b.mode.value();
        if old.as_ref().zip(new.as_ref()).is_some_and(|(a, b)| same(a, b)) {
            return Ok(());
        }
        let Some(any) = new.as_ref().or(old.as_ref()) else { return Ok(()) };
        let length = join(&mut self.path, any.filename);
        if any.mode.is_tree() {
            self.depth += 1;
            self.compare(old.map(|entry| entry.oid.to_owned()), new.map(|entry| entry.oid.to_owned()))?;
            self.depth -= 1;
        } else {
            let side = |entry: EntryRef<'_>| Side { id: entry.oid.to_owned(), kind: entry.mode.kind() };
            self.found.push(TreeChange {
                path: self.path.clone(),
                renamed_from: None,
                old: old.map(side),
                new: new.map(side),
            });
        }
        self.path.truncate(length);
        Ok(())
    }
}

/// The remaining entries of a tree.
struct Entries<'a> {
    objects: &'a Objects,
    tree: ObjectId,
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    /// The next entry. Modes are parsed as octal numbers: old trees write `040000` for `40000`.
    fn next(&mut self) -> Result<Option<EntryRef<'a>>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (hash, tree) = (self.tree.kind(), self.tree);
        let mut entries = TreeRefIter::from_bytes(self.rest, hash);
        let entry = entries.next().transpose().map_err(|cause| self.objects.store.unreadable(tree, &cause))?;
        self.rest = entry_length(self.rest, hash).and_then(|length| self.rest.get(length..)).unwrap_or_default();
        Ok(entry)
    }
}

/// The length of a tree's first entry.
fn entry_length(bytes: &[u8], hash: gix::hash::Kind) -> Option<usize> {
    Some(memchr::memchr(0, bytes)? + 1 + hash.len_in_bytes())
}

/// Skips the next entries of both sides that are equal byte by byte.
fn skip_equal(olds: &mut Entries<'_>, news: &mut Entries<'_>) {
    let length = length_of_equal(olds.rest, news.rest, news.tree.kind());
    olds.rest = &olds.rest[length..];
    news.rest = &news.rest[length..];
}

/// The length of the entries that both trees begin with.
///
/// Neighbouring commits differ in few entries of a tree, so the others are compared without parsing them.
fn length_of_equal(old: &[u8], new: &[u8], hash: gix::hash::Kind) -> usize {
    let same = common_prefix(old, new);
    let mut whole = 0;
    while let Some(length) = entry_length(&old[whole..same], hash).filter(|length| whole + length <= same) {
        whole += length;
    }
    whole
}
