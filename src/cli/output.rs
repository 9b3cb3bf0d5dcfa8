//! Where output goes: standard output, a file or a folder of files.
//!
//! - A file is written under a temporary name in the same folder and renamed once it is complete, so a run that fails or
//!   is killed leaves the old one.
//! - A place that cannot be written is an error before the work begins; missing folders are made.
//! - A file that the run reads is never written over, however its path is spelled.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::model::sanitise::is_unsafe;
use crate::options::RunOptions;
use crate::sources::reading::inputs;
use crate::sources::{self, ReadOptions};

/// What a run reads, and so must not write.
#[derive(Default)]
pub(super) struct Inputs {
    files: HashSet<FileId>,
    log_folders: Vec<PathBuf>,
    /// The files of these folders, found when they are first needed.
    found: OnceCell<HashSet<FileId>>,
}

impl Inputs {
    /// What a run with these options reads.
    pub(super) fn new(options: &RunOptions, configuration: Option<&Path>) -> Self {
        let (log_folders, logs): (Vec<PathBuf>, Vec<PathBuf>) =
            options.logs.iter().cloned().partition(|path| path.is_dir());
        let exports = [&logs, &options.pull_requests, &options.outcomes, &options.deployments, &options.seats];
        let exports = exports.into_iter().flatten();
        let files = exports.chain(&options.prices).map(PathBuf::as_path).chain(configuration);
        Self { log_folders, ..Self::files(files) }
    }

    /// These files alone.
    pub(super) fn files<'a>(files: impl IntoIterator<Item = &'a Path>) -> Self {
        Self { files: files.into_iter().filter_map(file_id).collect(), ..Self::default() }
    }

    /// Whether an existing file is read. A file in a folder of logs counts when it holds a usage log; a report that was
    /// written there before may be replaced.
    fn contain(&self, existing: &Path) -> bool {
        let Some(id) = file_id(existing) else { return false };
        let found =
            || inputs::list_files(&self.log_folders, None).files.iter().filter_map(|one| file_id(&one.path)).collect();
        self.files.contains(&id) || self.found.get_or_init(found).contains(&id) && is_usage_log(existing)
    }
}

/// Device and number of a file: the same for each of its names, links included.
#[cfg(unix)]
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

/// The real path of a file.
#[cfg(not(unix))]
type FileId = PathBuf;

#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    fs::canonicalize(path).ok()
}

fn is_usage_log(path: &Path) -> bool {
    let found = inputs::list_files(&[path.to_owned()], None);
    sources::read(&found.files, &ReadOptions::default(), &|_| {}).files.iter().any(|file| file.format.is_some())
}

/// Where one output goes.
pub(super) struct Output {
    target: Target,
    /// Whether the reader of standard output has left, as `| head` does.
    reader_left: bool,
}

enum Target {
    Stdout,
    /// A file that is replaced when all of it is written.
    File(PathBuf),
    /// A pipe or a device, which cannot be replaced.
    Device(PathBuf, File),
}

impl Output {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self { target: Target::Stdout, reader_left: false }
    }

    /// Standard output, or the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be written there, or is one that the run reads.
    pub(super) fn open(path: Option<&Path>, inputs: &Inputs) -> Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-" && *path != Path::new("/dev/stdout")) else {
            return Ok(Self::stdout());
        };
        let failed = |source: io::Error| Error::Output { path: path.to_owned(), source };
        let target = match fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                let message = format!("{} is a folder", path.display());
                return Err(Error::usage(message, format!("--out {}", path.join("report").display())));
            }
            Ok(about) if !about.is_file() || path.starts_with("/dev") => {
                let device = File::options().write(true).open(path).map_err(failed)?;
                Target::Device(path.to_owned(), device)
            }
            Ok(about) => {
                if inputs.contain(path) {
                    return Err(Error::usage(
                        format!("--out {} would overwrite a file that this run reads", path.display()),
                        "name another file",
                    ));
                }
                if about.permissions().readonly() {
                    return Err(failed(io::ErrorKind::PermissionDenied.into()));
                }
                // Behind a link, the file is replaced and not the link.
                Target::File(fs::canonicalize(path).map_err(failed)?)
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => Target::File(path.to_owned()),
            Err(err) => return Err(failed(err)),
        };
        if let Target::File(path) = &target {
            probe(path).map_err(failed)?;
        }
        Ok(Self { target, reader_left: false })
    }

    /// Whether the output goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// Whether somebody reads the output on a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_stdout() && io::stdout().is_terminal()
    }

    /// Whether the reader of standard output left before the end.
    pub(super) fn has_reader_left(&self) -> bool {
        self.reader_left
    }

    /// Writes what `render` gives. A reader that leaves early is not an error and does not change the exit code.
    ///
    /// # Errors
    /// When the place cannot be written.
    pub(super) fn write(&mut self, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let (path, result) = match &mut self.target {
            Target::File(path) => {
                let staged = Staged::write(path, render)?;
                return staged.publish();
            }
            Target::Device(path, device) => (path.clone(), finish(BufWriter::new(device), render)),
            Target::Stdout => (PathBuf::from("stdout"), finish(BufWriter::new(io::stdout().lock()), render)),
        };
        match result {
            Err(err) if err.kind() == io::ErrorKind::BrokenPipe => self.reader_left = true,
            other => other.map_err(|source| Error::Output { path, source })?,
        }
        Ok(())
    }

    /// Writes text that may hold names from logs, such as CSV: on a terminal, without control characters.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(super) fn write_text(&mut self, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        if !self.is_terminal() {
            return self.write(render);
        }
        self.write(|out| {
            let mut safe = SafeLines { out, line: Vec::new() };
            render(&mut safe)?;
            safe.end()
        })
    }
}

/// A file that is written and not yet in its place; dropped, it is removed.
pub(super) struct Staged {
    path: PathBuf,
    temporary: NamedTempFile,
}

impl Staged {
    /// Writes a file beside its place.
    ///
    /// # Errors
    /// When that fails.
    pub(super) fn write(path: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<Self> {
        let staged = || -> io::Result<NamedTempFile> {
            fs::create_dir_all(folder_of(path))?;
            let mut temporary = temporary_in(folder_of(path))?;
            if let Ok(about) = fs::metadata(path) {
                fs::set_permissions(temporary.path(), about.permissions())?;
            }
            finish(BufWriter::new(temporary.as_file_mut()), render)?;
            Ok(temporary)
        };
        match staged() {
            Ok(temporary) => Ok(Self { path: path.to_owned(), temporary }),
            Err(source) => Err(Error::Output { path: path.to_owned(), source }),
        }
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When that fails.
    pub(super) fn publish(self) -> Result<()> {
        let Self { path, temporary } = self;
        match temporary.persist(&path) {
            Ok(_) => Ok(()),
            Err(err) => Err(Error::Output { path, source: err.error }),
        }
    }
}

/// Several files for one folder: none is put in its place before all of them are written.
pub(super) struct Folder<'a> {
    path: PathBuf,
    inputs: &'a Inputs,
    staged: Vec<Staged>,
}

impl<'a> Folder<'a> {
    /// A folder, which is made when it is missing.
    ///
    /// # Errors
    /// When no file can be written there.
    pub(super) fn open(path: &Path, inputs: &'a Inputs) -> Result<Self> {
        probe(&path.join("report")).map_err(|source| Error::Output { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), inputs, staged: Vec::new() })
    }

    /// Writes a file of the folder; it appears with the others.
    ///
    /// # Errors
    /// When that fails, or the run reads that file.
    pub(super) fn write(&mut self, name: &str, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let output = Output::open(Some(&self.path.join(name)), self.inputs)?;
        match output.target {
            Target::File(path) => self.staged.push(Staged::write(&path, render)?),
            Target::Device(path, device) => {
                finish(BufWriter::new(device), render).map_err(|source| Error::Output { path, source })?;
            }
            Target::Stdout => {}
        }
        Ok(())
    }

    /// Puts all files in their places, one rename after the other: if one fails, the earlier files stay.
    ///
    /// # Errors
    /// When that fails.
    pub(super) fn publish(self) -> Result<()> {
        self.staged.into_iter().try_for_each(Staged::publish)
    }
}

/// A writer for terminals: unsafe characters become spaces. Lines are written whole, so that no character is cut in two.
struct SafeLines<'a> {
    out: &'a mut dyn Write,
    line: Vec<u8>,
}

impl SafeLines<'_> {
    fn end(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.line);
        let safe: String =
            text.chars().map(|c| if is_unsafe(c) && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
        self.line.clear();
        self.out.write_all(safe.as_bytes())
    }
}

impl Write for SafeLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if self.line.contains(&b'\n') {
            let rest = self.line.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let rest = self.line.split_off(rest);
            self.end()?;
            self.line = rest;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file could be written at this place: tried in the nearest folder that exists.
fn probe(path: &Path) -> io::Result<()> {
    let folder = folder_of(path).ancestors().find(|folder| folder.exists() && !folder.as_os_str().is_empty());
    temporary_in(folder.unwrap_or(Path::new("."))).map(drop)
}

/// A temporary file with the permissions of any new file.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tokaudit-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn finish<W: Write>(mut out: W, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    render(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_control_characters_however_writes_are_cut() {
        let mut out = Vec::new();
        let mut safe = SafeLines { out: &mut out, line: Vec::new() };
        for byte in "a,\u{1b}[31mb\tü\u{9b}\r\nc\u{202e}".bytes() {
            safe.write_all(&[byte]).expect("memory takes it");
        }
        safe.end().expect("memory takes it");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), "a, [31mb\tü  \nc ");
    }
}
