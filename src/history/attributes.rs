//! `.gitattributes` of one tree → what they say about a path.
//!
//! The files of the mainline's tip apply to all commits: a rule added later was already true of the file before.
//! Attributes outside the tree (`info/attributes`, the user's own) are not read, so that two clones give the same
//! numbers.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::attrs::search::{MetadataCollection, Outcome};
use gix::attrs::{Search, StateRef};
use gix::bstr::ByteSlice;

use super::objects::Objects;
use super::tree_diff::{self, Side};
use crate::error::Result;

/// The attributes of one path; `None` where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PathAttributes {
    /// `linguist-generated`.
    pub(super) generated: Option<bool>,
    /// `linguist-vendored`.
    pub(super) vendored: Option<bool>,
    /// `diff`: unset makes git treat the content as binary, set as text.
    pub(super) diff: Option<bool>,
}

/// The attribute files of one tree, root first, and the folders in it that were copied in.
#[derive(Default)]
pub(super) struct Attributes {
    search: Search,
    names: MetadataCollection,
    any: bool,
    /// Folders that say that they were copied in.
    vendored: HashSet<Vec<u8>>,
}

const NAMES: [&str; 3] = ["linguist-generated", "linguist-vendored", "diff"];

impl Attributes {
    /// Reads every `.gitattributes` below a tree.
    ///
    /// # Errors
    /// Fails when a tree cannot be read.
    pub(super) fn of_tree(objects: &Objects, tree: gix::ObjectId) -> Result<Self> {
        let mut all = Self::default();
        let everything = tree_diff::changes(objects, None, tree)?;
        let folders = everything.iter().filter_map(|file| vendored_folder(&file.path));
        all.vendored = folders.map(<[u8]>::to_vec).collect();
        let is_attributes = |path: &[u8]| path.rsplit(|&byte| byte == b'/').next() == Some(b".gitattributes");
        let mut files: Vec<_> = everything
            .into_iter()
            .filter(|file| is_attributes(&file.path))
            .filter_map(|file| file.new.filter(Side::is_file).map(|side| (file.path, side.id)))
            .collect();
        let built_in = (Arc::new(b"[attr]binary -diff -merge -text".to_vec()), PathBuf::from("[builtin]"), None);
        // Later lists win, so folders follow their parents.
        files.sort_by_key(|(path, _)| path.iter().filter(|&&byte| byte == b'/').count());
        let mut lists = vec![built_in];
        for (path, blob) in files {
            let is_root = !path.contains(&b'/');
            let content = objects.read_file(blob, &path).unwrap_or_default();
            let source = gix::path::from_bstr(path.as_bstr().to_owned()).map(std::borrow::Cow::into_owned);
            let Ok(source) = source else { continue };
            lists.push((content, source, Some(is_root)));
        }
        all.any = lists.len() > 1;
        for (bytes, source, is_root) in lists {
            let root = is_root.map(|_| Path::new(""));
            // Only a path that this system cannot represent fails; git also skips what it cannot parse.
            let _ = all.search.add_patterns_buffer(&bytes, source, root, &mut all.names, is_root != Some(false));
        }
        Ok(all)
    }

    /// The attributes of a path.
    pub(super) fn of_path(&self, path: &[u8]) -> PathAttributes {
        let mut found = self.said_of(path);
        if found.vendored.is_none() && !self.vendored.is_empty() {
            let mut folders = memchr::memchr_iter(b'/', path).map(|end| &path[..end]);
            found.vendored = folders.any(|folder| self.vendored.contains(folder)).then_some(true);
        }
        found
    }

    /// What the attribute files say.
    fn said_of(&self, path: &[u8]) -> PathAttributes {
        if !self.any {
            return PathAttributes::default();
        }
        let mut outcome = Outcome::default();
        outcome.initialize_with_selection(&self.names, NAMES);
        let case = gix::glob::pattern::Case::Sensitive;
        self.search.pattern_matching_relative_path(path.as_bstr(), case, Some(false), &mut outcome);
        let mut found = PathAttributes::default();
        for hit in outcome.iter_selected() {
            let value = match hit.assignment.state {
                StateRef::Set => Some(true),
                StateRef::Unset => Some(false),
                StateRef::Unspecified => None,
                StateRef::Value(value) => match value.as_bstr().as_bytes() {
                    b"true" => Some(true),
                    b"false" => Some(false),
                    _ => None,
                },
            };
            match hit.assignment.name.as_str() {
                "linguist-generated" => found.generated = value,
                "linguist-vendored" => found.vendored = value,
                // `diff=<driver>` names a driver, which says nothing about binary.
                _ => found.diff = value.filter(|_| !matches!(hit.assignment.state, StateRef::Value(_))),
            }
        }
        found
    }
}

/// Files that only tools write which copy a library in: everything in their folder is someone else's.
const VENDORED_BY: [&[u8]; 4] = [b".gitrepo", b".cargo-checksum.json", b"moz.yaml", b"README.chromium"];

/// The folder that a file says was copied in; not the root, which is then the library itself.
///
/// - Source: what git-subrepo, `cargo vendor`, Mozilla's `mach vendor` and Chromium's third-party checks write.
fn vendored_folder(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|&byte| byte == b'/')?;
    VENDORED_BY.contains(&&path[slash + 1..]).then_some(&path[..slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_copying_tools_write_mark_their_folder() {
        assert_eq!(vendored_folder(b"libs/zlib/.gitrepo"), Some(&b"libs/zlib"[..]));
        assert_eq!(vendored_folder(b"crates/serde/.cargo-checksum.json"), Some(&b"crates/serde"[..]));
        for path in [&b".gitrepo"[..], b"moz.yaml", b"libs/zlib/README.md", b"libs/x.gitrepo"] {
            assert_eq!(vendored_folder(path), None);
        }
    }
}
