//! A folder → the repository it belongs to, and what names that repository.
//!
//! Reads only the repository's own configuration: not the user's, not the system's, and no environment, so that a
//! run gives the same numbers everywhere. Never runs a program that a configuration names.

use std::path::{Path, PathBuf};

use gix::discover::upwards::{Options as Upwards, TrustPolicy};
use gix::sec::Trust;

use super::objects::Store;
use super::remote::normalise_remote;
use crate::error::{Error, Result};

/// What makes two working folders the same repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryIdentity {
    /// The shared git directory, symbolic links resolved: equal for all worktrees and subfolders of a repository.
    pub common_dir: PathBuf,
    /// Root of the worktree that the folder lies in; `None` in a bare repository.
    pub top_level: Option<PathBuf>,
}

/// The repository that a folder belongs to, as a usage log names the folder.
///
/// - `None`: the folder does not exist here (another machine's log, a removed worktree) or lies in no repository.
/// - Never fails: a log's paths are hints.
#[must_use]
pub fn identify(folder: &Path) -> Option<RepositoryIdentity> {
    let folder = folder.canonicalize().ok().filter(|path| path.is_dir())?;
    let (found, _) = gix::discover::upwards_opts(&folder, upwards()).ok()?;
    let (git_dir, top_level) = found.into_repository_and_work_tree_directories();
    Some(RepositoryIdentity { common_dir: common_dir(&git_dir)?, top_level: top_level.map(resolved) })
}

/// Opens the repository that a path lies in: a worktree, any folder below it, a git directory or a bare repository.
///
/// # Errors
/// Fails when the path does not exist, lies in no repository, or the repository's format is not supported.
pub(super) fn open(path: &Path) -> Result<Store> {
    let shown = path.display().to_string();
    let start = path.canonicalize().map_err(|cause| {
        Error::input(
            format!("repository {shown}: {cause}"),
            "pass the path of a git repository or of a folder inside one",
        )
    })?;
    let start = if start.is_dir() { start.as_path() } else { start.parent().unwrap_or(&start) };
    let options =
        gix::sec::trust::Mapping { full: gix::open::Options::isolated(), reduced: gix::open::Options::isolated() };
    let opened = gix::ThreadSafeRepository::discover_opts(start, upwards(), options);
    let repository = opened.map_err(|cause| refusal(&shown, &cause))?;
    let local = repository.to_thread_local();
    let config = local.config_snapshot();
    // Unknown to the library, which would find a repository without branches.
    if config.string("extensions.refStorage").is_some_and(|format| !format.eq_ignore_ascii_case(b"files")) {
        let message = format!("repository {shown}: its references are not kept in files");
        return Err(Error::input(message, "run `git refs migrate --ref-format=files` in it or in a copy of it"));
    }
    // An older way to give commits other parents, which git still follows.
    let grafts = std::fs::read_to_string(local.common_dir().join("info/grafts")).unwrap_or_default();
    if grafts.lines().any(|line| !line.is_empty() && !line.starts_with('#')) {
        let message = format!("repository {shown}: it has grafts, which give commits other parents");
        return Err(Error::input(message, "run `git replace --convert-graft-file` in it or in a copy of it"));
    }
    let promised = local
        .remote_names()
        .iter()
        .any(|name| config.boolean(format!("remote.{name}.promisor").as_str()) == Some(true));
    let partial = promised || config.string("extensions.partialClone").is_some();
    Ok(Store::new(repository, shown, partial))
}

/// All working folders of a repository, links resolved, sorted; a worktree whose folder is gone is left out.
pub(super) fn directories(repository: &gix::Repository) -> Vec<PathBuf> {
    let main = common_dir(repository.git_dir()).filter(|dir| dir.file_name().is_some_and(|name| name == ".git"));
    let main = main.and_then(|dir| dir.parent().map(Path::to_owned));
    let linked = repository.worktrees().unwrap_or_default().into_iter().filter_map(|tree| tree.base().ok());
    let own = repository.workdir().map(Path::to_owned);
    let mut all: Vec<PathBuf> =
        main.into_iter().chain(linked).chain(own).filter(|folder| folder.is_dir()).map(resolved).collect();
    all.sort();
    all.dedup();
    all
}

/// Who owns the files does not matter: nothing that the repository configures is ever run.
fn upwards() -> Upwards<'static> {
    Upwards { trust: TrustPolicy::Assume(Trust::Full), cross_fs: true, ..Upwards::default() }
}

fn refusal(shown: &str, cause: &gix::Error) -> Error {
    let mut text = cause.to_string();
    let mut source = std::error::Error::source(cause);
    while let Some(next) = source {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text = format!("{text}: {next_text}");
        }
        source = next.source();
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("could not find a git repository") {
        return Error::input(
            format!("{shown} is not in a git repository"),
            "pass the path of a git repository or of a folder inside one",
        );
    }
    if lower.contains("objectformat") || lower.contains("sha256") || lower.contains("object format") {
        return Error::input(
            format!("repository {shown}: SHA-256 object ids are not supported"),
            "make a copy with SHA-1 ids, in the repository run: git init --bare --object-format=sha1 ../copy.git && \
             git fast-export --all --signed-tags=strip | git -C ../copy.git fast-import",
        );
    }
    Error::input(format!("repository {shown}: cannot be opened: {text}"), "check that `git -C <path> log` works there")
}

/// The shared git directory of a git directory, symbolic links resolved.
fn common_dir(git_dir: &Path) -> Option<PathBuf> {
    let link = git_dir.join("commondir");
    let common = match std::fs::read_to_string(link) {
        Ok(text) => git_dir.join(text.trim_end_matches(['\n', '\r'])),
        Err(_) => git_dir.to_owned(),
    };
    common.canonicalize().ok()
}

/// The path with symbolic links resolved, or as it is when that fails.
pub(super) fn resolved(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

/// The address of a configured remote, normalised; `None` when it names no host.
fn remote(repository: &gix::Repository, name: &str) -> Option<String> {
    let address = repository.config_snapshot().string(format!("remote.{name}.url").as_str())?;
    normalise_remote(&address.to_string())
}

/// The remote that the repository was cloned from: `origin`, or else the first by its address.
pub(super) fn main_remote(repository: &gix::Repository) -> Option<String> {
    remote(repository, "origin").or_else(|| remotes(repository).into_iter().next())
}

/// The configured remotes that name a host, normalised, sorted and without repeats.
pub(super) fn remotes(repository: &gix::Repository) -> Vec<String> {
    let mut all: Vec<String> =
        repository.remote_names().iter().filter_map(|name| remote(repository, &name.to_string())).collect();
    all.sort();
    all.dedup();
    all
}
