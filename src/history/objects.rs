//! Reads objects of one repository for one thread, and names the repository and the object when it cannot.
//!
//! Each worker has its own [`Objects`] over the shared, memory-mapped packs; what is in none of them is looked for
//! by the library that opened the repository, loose objects and packs that arrived since included. Results never
//! depend on what is kept in memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::FindExt;

use super::pack::{Object, Packs, Reader};
use crate::error::{Error, Result};

/// What every worker shares: the repository and how to name it in errors.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) repository: gix::ThreadSafeRepository,
    /// The repository's path for messages.
    pub(super) shown: String,
    /// Whether the clone was told to leave objects out.
    pub(super) partial: bool,
    shared: Arc<Shared>,
}

struct Shared {
    packs: Packs,
    /// Objects to read in place of others (`git replace`).
    replaced: HashMap<ObjectId, ObjectId>,
    /// Readers that nobody uses now, with what they keep in memory.
    idle: Mutex<Vec<Reader>>,
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
        Self { repository, shown, partial, shared: Arc::new(shared) }
    }

    /// A reader for the calling thread; one that was dropped before goes on with what it keeps in memory.
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
    reader: RefCell<Option<Reader>>,
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.store.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.reader.take());
    }
}

impl Objects {
    /// Reads an object. Its bytes are shared with what the reader keeps in memory.
    ///
    /// # Errors
    /// Fails when the object is missing or corrupt.
    pub(super) fn read(&self, id: ObjectId) -> Result<Object> {
        let shared = &self.store.shared;
        let mut reader = self.reader.borrow_mut();
        let reader = reader.get_or_insert_with(Reader::new);
        let stored = shared.replaced.get(&id).copied().unwrap_or(id);
        match reader.read(&shared.packs, stored, &|base| self.base_outside(base)) {
            Ok(Some(object)) => Ok(object),
            Ok(None) => outside(&self.repository.objects, id).map_err(|cause| self.store.unreadable(id, &cause)),
            Err(damage) => Err(self.store.unreadable(id, &damage)),
        }
    }

    /// The base of a delta, which no replacement may stand in for.
    fn base_outside(&self, id: ObjectId) -> std::result::Result<Object, String> {
        let mut objects = self.repository.objects.clone();
        objects.ignore_replacements = true;
        outside(&objects, id).map_err(|cause| cause.to_string())
    }

    /// Reads an object that has to be a tree. The empty tree need not exist.
    ///
    /// # Errors
    /// Fails when the object is missing, corrupt or no tree.
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
