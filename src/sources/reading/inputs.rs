//! The paths that a user names → the files to read.
//!
//! - In: files and folders, `-` for standard input. Out: [`Inputs`], every file once, sorted by path.
//! - Refuses: paths that do not exist, folders that cannot be listed, links that lead nowhere or back to a parent.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::{Diagnostics, Severity};
use crate::sources::reading::sqlite::is_beside_a_database;

/// Reads an input that is not a file on disk.
pub type Content = Arc<dyn Fn() -> io::Result<Vec<u8>> + Send + Sync>;

/// One file to read.
#[derive(Clone)]
pub struct InputFile {
    /// Where it is; `-` is standard input.
    pub path: PathBuf,
    /// Reads its content if it is not a file on disk but, for example, an object of a repository.
    pub content: Option<Content>,
    /// How reports name it.
    pub display_name: String,
    /// Size in bytes when it was found; a log may grow while it is read.
    pub bytes: u64,
    /// Whether the user named the file itself, so that not recognising it is an error.
    pub named: bool,
    /// In how many archives it lies.
    pub depth: u8,
}

impl InputFile {
    /// An input that is not a file on disk.
    #[must_use]
    pub fn from_content(display_name: String, bytes: u64, content: Content) -> Self {
        Self { path: PathBuf::from(&display_name), content: Some(content), display_name, bytes, named: false, depth: 0 }
    }

    /// A file inside of this one, which is an archive.
    pub(super) fn member(&self, display_name: String, bytes: u64, content: Content) -> Self {
        Self { depth: self.depth + 1, ..Self::from_content(display_name, bytes, content) }
    }

    /// Whether it is a file on disk, which can be opened again: not standard input, a pipe or an object of a repository.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.content.is_none() && !self.is_stdin() && std::fs::metadata(&self.path).is_ok_and(|meta| meta.is_file())
    }

    /// Whether it is standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// When the file cannot be opened, or the content cannot be read.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read>> {
        if self.is_stdin() {
            return Ok(Box::new(io::stdin().lock()));
        }
        match &self.content {
            Some(content) => Ok(Box::new(io::Cursor::new(content()?))),
            None => Ok(Box::new(File::open(&self.path)?)),
        }
    }
}

/// The files to read, and whether any named input failed.
#[derive(Default)]
pub struct Inputs {
    /// In the byte order of their paths.
    pub files: Vec<InputFile>,
    /// What could not be reached, and what was skipped.
    pub diagnostics: Diagnostics,
    /// Inputs that are missing or unreadable.
    pub failed: u64,
}

/// Folders that never hold usage logs and may be huge.
const SKIPPED_FOLDERS: &[&str] = &[".git", "node_modules"];

/// Lists the files behind `paths`: files as they are, folders to any depth, links followed once.
///
/// A file that is reached twice, through a link or because it was named twice, is read once. Display names leave out the
/// prefix `below`.
#[must_use]
pub fn list_files(paths: &[PathBuf], below: Option<&Path>) -> Inputs {
    let mut inputs = Inputs::default();
    // Keyed by the real path, so that two ways to one file meet in one entry.
    let mut found: BTreeMap<PathBuf, InputFile> = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let display_name = "stdin".to_owned();
            let input = InputFile { path: path.clone(), content: None, display_name, bytes: 0, named: true, depth: 0 };
            found.insert(path.clone(), input);
            continue;
        }
        match std::fs::metadata(path) {
            Err(err) => {
                inputs.fail("missing-input", "an input cannot be opened; check the path", path, &err.to_string())
            }
            Ok(meta) if meta.is_dir() => walk(path, &mut found, &mut inputs),
            Ok(meta) => add(path, meta.len(), true, &mut found, &mut inputs),
        }
    }
    inputs.files = found.into_values().collect();
    for input in &mut inputs.files {
        if let Some(rest) = below.and_then(|below| input.path.strip_prefix(below).ok()) {
            input.display_name = rest.display().to_string();
        }
    }
    inputs.files.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    inputs
}

fn walk(root: &Path, found: &mut BTreeMap<PathBuf, InputFile>, inputs: &mut Inputs) {
    let entries = walkdir::WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    let wanted = |entry: &walkdir::DirEntry| {
        let skipped = entry.file_name().to_str().is_some_and(|name| SKIPPED_FOLDERS.contains(&name));
        entry.depth() == 0 || !(skipped && entry.file_type().is_dir())
    };
    for entry in entries.filter_entry(wanted) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let bytes = entry.metadata().map_or(0, |meta| meta.len());
                add(entry.path(), bytes, false, found, inputs);
            }
            Ok(_) => {}
            Err(err) => {
                let path = err.path().unwrap_or(root).to_owned();
                if err.loop_ancestor().is_some() {
                    inputs.diagnostics.add(
                        Severity::Note,
                        "link-loop",
                        "a link leads back to a folder above it and was not followed",
                        path.display(),
                    );
                } else if std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink()) {
                    inputs.diagnostics.add(
                        Severity::Note,
                        "dangling-link",
                        "a link leads nowhere and was skipped",
                        path.display(),
                    );
                } else {
                    let cause = err.io_error().map_or_else(|| err.to_string(), ToString::to_string);
                    inputs.fail("unreadable-folder", "a folder cannot be listed; check its permissions", &path, &cause);
                }
            }
        }
    }
}

fn add(path: &Path, bytes: u64, named: bool, found: &mut BTreeMap<PathBuf, InputFile>, inputs: &mut Inputs) {
    if is_beside_a_database(path) {
        return;
    }
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let display_name = path.display().to_string();
    let input = InputFile { path: path.to_owned(), content: None, display_name, bytes, named, depth: 0 };
    match found.entry(real) {
        Entry::Vacant(free) => {
            free.insert(input);
        }
        Entry::Occupied(mut known) => {
            let before = known.get_mut();
            before.named |= named;
            // Keep the smaller path, so that the order of the arguments does not change the report.
            if input.path.as_os_str() < before.path.as_os_str() {
                (before.path, before.display_name) = (input.path, input.display_name);
            }
            let message = "a file is reached in two ways and was read once";
            inputs.diagnostics.add(Severity::Note, "same-file", message, &before.display_name);
        }
    }
}

impl Inputs {
    fn fail(&mut self, kind: &'static str, message: &str, path: &Path, cause: &str) {
        self.failed += 1;
        self.diagnostics.add(Severity::Error, kind, message, format_args!("{}: {cause}", path.display()));
    }
}
