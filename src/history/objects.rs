//! Reads objects of one repository for one thread, and names the repository and the object when it cannot.
//!
//! Each worker has its own [`Objects`] over the shared, memory-mapped packs. Results never depend on the cache.

use std::collections::{HashMap, VecDeque};

use gix::objs::FindExt;
use gix::objs::tree::EntryRef;
use gix::odb::pack::cache::DecodeEntry;

use crate::error::{Error, Result};

/// Decoded pack entries kept per thread, in bytes. Measured on large histories, more gains nothing.
const CACHE_BYTES: usize = 32 << 20;

/// What every worker shares: the repository and how to name it in errors.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) repository: gix::ThreadSafeRepository,
    /// The repository's path for messages.
    pub(super) shown: String,
    /// Whether the clone was told to leave objects out.
    pub(super) partial: bool,
}

impl Store {
    /// A reader for the calling thread.
    pub(super) fn objects(&self) -> Objects {
        let mut repository = self.repository.to_thread_local();
        repository.objects.set_pack_cache(|| Box::new(PackCache::new(CACHE_BYTES)));
        Objects { store: self.clone(), repository }
    }

    /// The error for an object that could not be read or understood.
    pub(super) fn unreadable(&self, id: impl std::fmt::Display, cause: &dyn std::fmt::Display) -> Error {
        let hint = if self.partial {
            "this is a partial clone: run `git fetch --refetch --no-filter`, or clone it again without --filter"
        } else {
            "run `git fsck` in it; if objects are missing, fetch or clone it again"
        };
        Error::input(format!("repository {}: cannot read object {id}: {cause}", self.shown), hint)
    }
}

/// One thread's reader.
pub(super) struct Objects {
    pub(super) store: Store,
    pub(super) repository: gix::Repository,
}

impl Objects {
    /// Reads an object's bytes into a buffer.
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt.
    pub(super) fn read_into(&self, id: gix::ObjectId, buffer: &mut Vec<u8>) -> Result<gix::objs::Kind> {
        let kind = self.repository.objects.find(&id, buffer).map(|data| data.kind);
        kind.map_err(|cause| self.store.unreadable(id, &cause))
    }

    /// Reads an object's bytes.
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt.
    pub(super) fn read(&self, id: gix::ObjectId) -> Result<Vec<u8>> {
        let mut buffer = Vec::new();
        self.read_into(id, &mut buffer)?;
        Ok(buffer)
    }

    /// Reads an object that has to be a tree. The empty tree need not exist.
    ///
    /// # Errors
    /// Fails when the object is missing, corrupt or no tree.
    pub(super) fn read_tree(&self, id: gix::ObjectId) -> Result<Vec<u8>> {
        if id.is_empty_tree() {
            return Ok(Vec::new());
        }
        let mut buffer = Vec::new();
        match self.read_into(id, &mut buffer)? {
            gix::objs::Kind::Tree => Ok(buffer),
            kind => Err(self.store.unreadable(id, &format!("it is a {kind}, not a tree"))),
        }
    }

    /// The entries of a tree's bytes. Modes are parsed as octal numbers: old trees write `040000` for `40000`.
    pub(super) fn entries<'a>(
        &'a self,
        tree: gix::ObjectId,
        data: &'a [u8],
    ) -> impl Iterator<Item = Result<EntryRef<'a>>> + 'a {
        gix::objs::TreeRefIter::from_bytes(data, tree.kind())
            .map(move |entry| entry.map_err(|cause| self.store.unreadable(tree, &cause)))
    }
}

/// A first-in, first-out cache of decoded pack entries with a limit in bytes.
///
/// Packs store versions of a path as differences, newest first, so reading newest to oldest finds the base of the
/// next version here.
struct PackCache {
    entries: HashMap<(u32, u64), (gix::objs::Kind, usize, Vec<u8>)>,
    order: VecDeque<(u32, u64)>,
    bytes: usize,
    limit: usize,
    spare: Vec<u8>,
}

impl PackCache {
    fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), bytes: 0, limit, spare: Vec::new() }
    }
}

impl DecodeEntry for PackCache {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: gix::objs::Kind, compressed_size: usize) {
        // One huge object must not empty the cache.
        if data.len() > self.limit / 4 || self.entries.contains_key(&(pack, offset)) {
            return;
        }
        while self.bytes + data.len() > self.limit {
            let Some((_, _, old)) = self.order.pop_front().and_then(|key| self.entries.remove(&key)) else { break };
            self.bytes -= old.len();
            self.spare = old;
        }
        let mut copy = std::mem::take(&mut self.spare);
        copy.clear();
        copy.extend_from_slice(data);
        self.bytes += copy.len();
        self.order.push_back((pack, offset));
        self.entries.insert((pack, offset), (kind, compressed_size, copy));
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(gix::objs::Kind, usize)> {
        let (kind, size, data) = self.entries.get(&(pack, offset))?;
        out.clear();
        out.extend_from_slice(data);
        Some((*kind, *size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_forgets_the_oldest_and_stays_within_its_limit() {
        let mut cache = PackCache::new(100);
        for offset in 0..10 {
            cache.put(1, offset, &[7; 20], gix::objs::Kind::Blob, 3);
        }
        cache.put(1, 99, &[7; 26], gix::objs::Kind::Blob, 3);
        let mut out = Vec::new();
        assert_eq!((cache.bytes, cache.entries.len(), cache.order.len()), (100, 5, 5));
        assert_eq!(cache.get(1, 4, &mut out), None);
        assert_eq!(cache.get(1, 99, &mut out), None);
        assert_eq!(cache.get(1, 5, &mut out), Some((gix::objs::Kind::Blob, 3)));
        assert_eq!(out, [7; 20]);
    }
}
