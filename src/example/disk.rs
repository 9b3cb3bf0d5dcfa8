//! Writing files and folders, with the path in every error.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};

/// Creates a folder and its parents.
pub(super) fn folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| Error::Output { path: path.to_owned(), source })
}

/// Writes a file and creates its folder.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        folder(parent)?;
    }
    fs::write(path, bytes).map_err(|source| Error::Output { path: path.to_owned(), source })
}
