//! Two trees → the paths whose content differs, without reading any content.

use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryRef, name_order};

use super::blob_diff::common_prefix;
use super::objects::Objects;
use crate::error::Result;

/// Deeper trees are attacks, not projects (git's own limit, `core.maxTreeDepth`, is 2,048), and each level takes stack.
const DEEPEST: usize = 512;

/// What stands at a path on one side.
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

/// One path that differs; at least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TreeChange {
    /// Path after the change, or before it for a deletion.
    pub(super) path: Vec<u8>,
    /// Path before, when the same content moved here.
    pub(super) renamed_from: Option<Vec<u8>>,
    pub(super) old: Option<Side>,
    pub(super) new: Option<Side>,
}

/// The differing paths of two trees in byte order; no tree at all is an empty one.
///
/// A file that vanished at one path and stands unedited (same blob) at another is one change with `renamed_from`:
/// `git log -M100%`. Renames with edits stay a deletion and an addition, as under `--no-renames`.
///
/// # Errors
/// Fails when a tree is missing or corrupt.
pub(super) fn changes(objects: &Objects, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<TreeChange>> {
    let mut walk = Walk { objects, path: Vec::new(), depth: 0, found: Vec::new() };
    walk.compare(old, Some(new))?;
    Ok(pair_exact_renames(walk.found))
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
        if self.depth > DEEPEST {
            let id = new.or(old).map_or_else(String::new, |id| id.to_string());
            return Err(self.objects.store.unreadable(id, &format!("trees are nested over {DEEPEST} deep")));
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
                    self.differ(left, None)?;
                    left = olds.next()?;
                }
                std::cmp::Ordering::Greater => {
                    self.differ(None, right)?;
                    right = news.next()?;
                }
                std::cmp::Ordering::Equal => {
                    self.differ(left, right)?;
                    skip_equal(&mut olds, &mut news);
                    left = olds.next()?;
                    right = news.next()?;
                }
            }
        }
    }

    /// Notes or enters one name; when both sides are there, both are trees or neither is.
    fn differ(&mut self, old: Option<EntryRef<'_>>, new: Option<EntryRef<'_>>) -> Result<()> {
        // `value` and not the mode itself: a padded `040000` is the same mode as `40000`.
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

/// The entries of a tree's bytes from somewhere on.
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

/// Length of the entry that tree bytes begin with.
fn entry_length(bytes: &[u8], hash: gix::hash::Kind) -> Option<usize> {
    Some(memchr::memchr(0, bytes)? + 1 + hash.len_in_bytes())
}

/// Moves both sides behind the entries that both go on with, byte for byte.
fn skip_equal(olds: &mut Entries<'_>, news: &mut Entries<'_>) {
    let length = length_of_equal(olds.rest, news.rest, news.tree.kind());
    olds.rest = &olds.rest[length..];
    news.rest = &news.rest[length..];
}

/// Length of the entries that two trees' bytes both begin with.
///
/// Neighbouring commits differ in few entries of a tree, so the others are compared but not taken apart.
fn length_of_equal(old: &[u8], new: &[u8], hash: gix::hash::Kind) -> usize {
    let same = common_prefix(old, new);
    let mut whole = 0;
    while let Some(length) = entry_length(&old[whole..same], hash).filter(|length| whole + length <= same) {
        whole += length;
    }
    whole
}

/// Joins each deletion with an addition of the same blob: the same file name first, then in path order.
///
/// Empty files are left alone, for they are all alike, and so are links to other repositories.
fn pair_exact_renames(mut found: Vec<TreeChange>) -> Vec<TreeChange> {
    let mut gone: BTreeMap<(ObjectId, bool), Vec<usize>> = BTreeMap::new();
    for (at, change) in found.iter().enumerate() {
        if let (Some(key), None) = (change.old.and_then(rename_key), change.new) {
            gone.entry(key).or_default().push(at);
        }
    }
    if gone.is_empty() {
        return found;
    }
    let mut dropped = vec![false; found.len()];
    for same_name_only in [true, false] {
        for at in 0..found.len() {
            let change = &found[at];
            let (Some(key), None) = (change.new.and_then(rename_key), change.old) else { continue };
            let Some(sources) = gone.get_mut(&key) else { continue };
            let name = file_name(&change.path);
            let pick = if same_name_only {
                sources.iter().position(|&source| file_name(&found[source].path) == name)
            } else {
                (!sources.is_empty()).then_some(0)
            };
            if let Some(source) = pick.map(|pick| sources.remove(pick)) {
                dropped[source] = true;
                found[at].old = found[source].old;
                found[at].renamed_from = Some(found[source].path.clone());
            }
        }
    }
    let mut dropped = dropped.into_iter();
    found.retain(|_| !dropped.next().unwrap_or(false));
    found
}

fn rename_key(side: Side) -> Option<(ObjectId, bool)> {
    let is_link = side.kind == EntryKind::Link;
    (side.kind != EntryKind::Commit && !side.id.is_empty_blob()).then_some((side.id, is_link))
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_entries_count_as_equal() {
        let hash = gix::hash::Kind::Sha1;
        // Ids may hold the bytes that names and modes end with.
        let entry = |name: &[u8], id: [u8; 2]| [b"100644 ", name, b"\0", &[b' ', 0].repeat(9), &id].concat();
        let tree = |last: [u8; 2]| [entry(b"a", [0, 0]), entry(b"bc", last), entry(b"d", [1, 2])].concat();
        let (first, all) = (entry(b"a", [0, 0]).len(), tree([0, 0]).len());
        assert_eq!(length_of_equal(&tree([0, 0]), &tree([0, 0]), hash), all);
        assert_eq!(length_of_equal(&tree([0, 0]), &tree([0, 1]), hash), first);
        assert_eq!(length_of_equal(&tree([0, 0]), &tree([7, 0]), hash), first);
        for end in 0..all {
            let bounds = [0, first, first * 2 + 1, all];
            let whole = bounds.into_iter().rfind(|&bound| bound <= end).expect("zero");
            assert_eq!(length_of_equal(&tree([0, 0]), &tree([0, 0])[..end], hash), whole);
        }
        assert_eq!(length_of_equal(&entry(b"a", [0, 0]), &entry(b"ab", [0, 0]), hash), 0);
    }
}
