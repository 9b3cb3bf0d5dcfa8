//! From the paths a user names to the list of files to read: sorted, each once, with what could not be reached.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::{Diagnostics, Severity};

/// Gives the bytes of an input that is no file.
pub type Content = Arc<dyn Fn() -> io::Result<Vec<u8>> + Send + Sync>;

/// One file to read.
#[derive(Clone)]
pub struct Input {
    /// Where it is; `-` is standard input.
    pub path: PathBuf,
    /// Its content, where it is no file but, say, an object of a repository.
    pub content: Option<Content>,
    /// How reports name it.
    pub shown: String,
    /// Size in bytes when it was found; a log may grow while it is read.
    pub bytes: u64,
    /// Whether the user named the file itself, so that not recognising it is an error.
    pub named: bool,
}

impl Input {
    /// An input that is no file.
    #[must_use]
    pub fn held(shown: String, bytes: u64, content: Content) -> Self {
        Self { path: PathBuf::from(&shown), content: Some(content), shown, bytes, named: false }
    }

    /// Whether it is a file as it is.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.content.is_none() && !self.is_stdin()
    }

    /// Whether it stands for standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

/// The files to read, and whether any named input failed.
#[derive(Default)]
pub struct Inputs {
    /// In the order of their paths' bytes.
    pub files: Vec<Input>,
    /// What could not be reached, and what was passed over.
    pub diagnostics: Diagnostics,
    /// Inputs that are missing or unreadable.
    pub failed: u64,
}

/// Folders that never hold usage logs and may be huge.
const PASSED_OVER: &[&str] = &[".git", "node_modules"];

/// Finds the files behind `paths`: files as they are, folders to any depth, links followed once.
///
/// A file reached twice, through a link or because it was named twice, is read once. `below` is left out of the
/// names that are shown.
#[must_use]
pub fn find(paths: &[PathBuf], below: Option<&Path>) -> Inputs {
    let mut inputs = Inputs::default();
    // Keyed by the real path, so that two ways to one file meet; the value is the way that is shown.
    let mut found: BTreeMap<PathBuf, Input> = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let input = Input { path: path.clone(), content: None, shown: "stdin".to_owned(), bytes: 0, named: true };
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
            input.shown = rest.display().to_string();
        }
    }
    inputs.files.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    inputs
}

fn walk(root: &Path, found: &mut BTreeMap<PathBuf, Input>, inputs: &mut Inputs) {
    let entries = walkdir::WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    let wanted = |entry: &walkdir::DirEntry| {
        let passed = entry.file_name().to_str().is_some_and(|name| PASSED_OVER.contains(&name));
        entry.depth() == 0 || !(passed && entry.file_type().is_dir())
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
                        "a link leads nowhere and was passed over",
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

fn add(path: &Path, bytes: u64, named: bool, found: &mut BTreeMap<PathBuf, Input>, inputs: &mut Inputs) {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let input = Input { path: path.to_owned(), content: None, shown: path.display().to_string(), bytes, named };
    match found.entry(real) {
        std::collections::btree_map::Entry::Vacant(free) => {
            free.insert(input);
        }
        std::collections::btree_map::Entry::Occupied(mut at) => {
            let before = at.get_mut();
            before.named |= named;
            // The smaller name stands, so that the order of arguments does not show.
            if input.path.as_os_str() < before.path.as_os_str() {
                (before.path, before.shown) = (input.path, input.shown);
            }
            let place = before.shown.clone();
            inputs.diagnostics.add(
                Severity::Note,
                "same-file",
                "a file is reached in two ways and was read once",
                place,
            );
        }
    }
}

impl Inputs {
    fn fail(&mut self, kind: &'static str, message: &str, path: &Path, cause: &str) {
        self.failed += 1;
        self.diagnostics.add(Severity::Error, kind, message, format_args!("{}: {cause}", path.display()));
    }
}
