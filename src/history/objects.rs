//! Reads objects of one repository for one thread; errors name the repository and the object.
//!
//! Each thread has its own [`Objects`] over the shared, memory-mapped packs. Objects that are in none of them are read by
//! the library that opened the repository: loose objects, and packs that arrived since. Results never depend on what is
//! cached in memory.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::objs::FindExt;

use super::commit_object::CommitObject;
use super::pack::{Object, PackReader, Packs};
use crate::error::{Error, Result};

/// What all threads share: the repository and its name in errors.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) repository: gix::ThreadSafeRepository,
    /// The repository's path for messages.
    pub(super) shown: String,
    /// Whether this is a partial clone, which lacks objects on purpose.
    pub(super) partial: bool,
    shared: Arc<Shared>,
    unread: Arc<Mutex<Unread>>,
}

/// What could not be read, for the notices, and so that no run takes over a result without it.
#[derive(Default)]
struct Unread {
    any: bool,
    /// Files with their first path in alphabetical order.
    files: BTreeMap<ObjectId, Vec<u8>>,
}

struct Shared {
    packs: Packs,
    /// Objects to read in place of others (`git replace`).
    replaced: HashMap<ObjectId, ObjectId>,
    /// Readers that are not in use, with their caches.
    idle: Mutex<Vec<PackReader>>,
}

impl Store {
    /// Opens the packs of a repository.
    pub(super) fn new(repository: gix::ThreadSafeRepository, shown: String, partial: bool) -> Self {
        let objects: &Path = repository.objects.path();
        let shared = Shared {
            packs: Packs::open(objects, repository.to_thread_local().object_hash()),
            replaced: repository.objects.replacements().collect(),
            idle: Mutex::default(),
        };
        Self { repository, shown, partial, shared: Arc::new(shared), unread: Arc::default() }
    }

    /// The same repository, of which everything could be read so far.
    pub(super) fn for_another_reading(&self) -> Self {
        Self { unread: Arc::default(), ..self.clone() }
    }

    /// Whether every object that was asked for could be read.
    pub(super) fn read_everything(&self) -> bool {
        !self.unread().any
    }

    /// The files that are missing or damaged, each with its id and a path at which it was expected.
    pub(super) fn missing_files(&self) -> Vec<(ObjectId, String)> {
        let path = |path: &Vec<u8>| String::from_utf8_lossy(path).into_owned();
        self.unread().files.iter().map(|(id, of)| (*id, path(of))).collect()
    }

    fn unread(&self) -> MutexGuard<'_, Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reader for the calling thread; reuses the cache of one that was dropped.
    pub(super) fn objects(&self) -> Objects {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Objects { store: self.clone(), repository: self.repository.to_thread_local(), reader: RefCell::new(idle) }
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
    reader: RefCell<Option<PackReader>>,
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.store.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.reader.take());
    }
}

impl Objects {
    /// Reads an object. Its bytes are shared with the reader's cache.
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt.
    pub(super) fn read(&self, id: ObjectId) -> Result<Object> {
        let shared = &self.store.shared;
        let mut reader = self.reader.borrow_mut();
        let reader = reader.get_or_insert_with(PackReader::new);
        let stored = shared.replaced.get(&id).copied().unwrap_or(id);
        let read = match reader.read(&shared.packs, stored, &|base| self.base_outside(base)) {
            Ok(Some(object)) => Ok(object),
            Ok(None) => outside(&self.repository.objects, id).map_err(|cause| self.store.unreadable(id, &cause)),
            Err(damage) => Err(self.store.unreadable(id, &damage)),
        };
        if read.is_err() {
            self.store.unread().any = true;
        }
        read
    }

    /// Reads a commit, for [`parse_commit`](Self::parse_commit).
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt, or is not a commit.
    pub(super) fn read_commit(&self, id: ObjectId) -> Result<Arc<Vec<u8>>> {
        let object = self.read(id)?;
        match object.kind {
            gix::objs::Kind::Commit => Ok(object.data),
            kind => Err(self.store.unreadable(id, &format!("it is a {kind}, not a commit"))),
        }
    }

    /// Parses the content of a commit.
    ///
    /// # Errors
    /// Fails when it is corrupt.
    pub(super) fn parse_commit<'a>(&self, id: ObjectId, data: &'a [u8]) -> Result<CommitObject<'a>> {
        CommitObject::parse(data).ok_or_else(|| self.store.unreadable(id, &"it names no tree"))
    }

    /// The content of a file; `None` if it is missing or damaged, or is no file.
    ///
    /// [`Store::missing_files`] lists those.
    pub(super) fn read_file(&self, id: ObjectId, path: &[u8]) -> Option<Arc<Vec<u8>>> {
        let found = self.read(id).ok().filter(|object| object.kind == gix::objs::Kind::Blob);
        if found.is_none() {
            let mut unread = self.store.unread();
            unread.any = true;
            let known = unread.files.entry(id).or_insert_with(|| path.to_vec());
            if path < known.as_slice() {
                *known = path.to_vec();
            }
        }
        found.map(|object| object.data)
    }

    /// The base of a delta, to which replacements do not apply.
    fn base_outside(&self, id: ObjectId) -> std::result::Result<Object, String> {
        let mut objects = self.repository.objects.clone();
        objects.ignore_replacements = true;
        outside(&objects, id).map_err(|cause| cause.to_string())
    }

    /// Reads a tree. The empty tree need not exist.
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt, or is not a tree.
    pub(super) fn read_tree(&self, id: ObjectId) -> Result<Arc<Vec<u8>>> {
        if id.is_empty_tree() {
            return Ok(Arc::default());
        }
        let object = self.read(id)?;
        match object.kind {
            gix::objs::Kind::Tree => Ok(object.data),
            kind => Err(self.store.unreadable(id, &format!("it is a {kind}, not a tree"))),
        }
    }
}

fn outside(objects: &gix::OdbHandle, id: ObjectId) -> std::result::Result<Object, gix::Error> {
    let mut data = Vec::new();
    let kind = objects.find(&id, &mut data)?.kind;
    Ok(Object { kind, data: Arc::new(data) })
}
