//! An object folder → all folders with its objects.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder itself, then its alternates (`info/alternates`), then theirs; each once, so circles end.
///
/// Relative paths start at the folder that names them, as in git. Folders that do not exist are left out: a missing object
/// is an error only when it is read.
pub(super) fn object_folders(objects: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![objects.to_owned()];
    while let Some(folder) = waiting.pop() {
        let Ok(folder) = folder.canonicalize() else { continue };
        if !seen.insert(folder.clone()) {
            continue;
        }
        let listed = std::fs::read(folder.join("info").join("alternates")).unwrap_or_default();
        let named = gix::odb::alternate::parse(&listed).unwrap_or_default();
        waiting.extend(named.into_iter().rev().map(|path| folder.join(path)));
        folders.push(folder);
    }
    folders
}
