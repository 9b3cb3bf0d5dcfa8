//! The paths that a mainline changed, with what is true of each in every commit.

use std::collections::HashMap;

use gix::ObjectId;

use super::attributes::{Attributes, PathAttributes};
use super::objects::Store;
use super::rename::TreeChanges;
use super::{exclude, notebook};
use crate::error::Result;

/// What is true of a path in every commit.
#[derive(Clone, Copy)]
pub(super) struct PathFacts {
    pub(super) attributes: PathAttributes,
    /// Why its lines are never effective.
    pub(super) excluded: Option<&'static str>,
    /// Whether it is a notebook, of which only the sources count.
    pub(super) is_notebook: bool,
}

impl PathFacts {
    /// The facts about a path, by the attributes of the tip's tree.
    pub(super) fn new(path: &[u8], attributes: &Attributes) -> Self {
        let attributes = attributes.of_path(path);
        let excluded = exclude::by_path(&String::from_utf8_lossy(path), attributes);
        let is_notebook = notebook::is_notebook(path) && attributes.generated != Some(false);
        Self { attributes, excluded, is_notebook }
    }
}

/// Every path that changed, once; elsewhere paths are indexes into these.
pub(super) struct Paths<'a> {
    ids: HashMap<&'a [u8], usize>,
    names: Vec<&'a [u8]>,
    pub(super) facts: Vec<PathFacts>,
}

impl<'a> Paths<'a> {
    /// The paths of these changes, with the attributes of the tip's tree.
    pub(super) fn new(store: &Store, tip: ObjectId, changes: &'a [TreeChanges]) -> Result<Self> {
        let attributes = Attributes::of_tree(&store.objects(), tip)?;
        let mut paths = Self { ids: HashMap::new(), names: Vec::new(), facts: Vec::new() };
        let changes = changes.iter().flat_map(|landing| &landing.changes);
        for path in changes.flat_map(|change| [Some(&change.path), change.renamed_from.as_ref()]).flatten() {
            paths.ids.entry(path.as_slice()).or_insert_with(|| {
                paths.names.push(path);
                paths.facts.push(PathFacts::new(path, &attributes));
                paths.facts.len() - 1
            });
        }
        Ok(paths)
    }

    /// The index of a path that changed.
    pub(super) fn index_of(&self, path: &[u8]) -> usize {
        self.ids[path]
    }

    /// Whether the attributes say that a path's content is text; `None` where they say nothing, and for a path that the
    /// mainline never changed.
    pub(super) fn is_text(&self, path: &[u8]) -> Option<bool> {
        self.ids.get(path).and_then(|&id| self.facts[id].attributes.diff)
    }

    /// A path by its index.
    pub(super) fn name(&self, index: usize) -> &'a [u8] {
        self.names[index]
    }

    /// The paths by index.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names.into_iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }
}
