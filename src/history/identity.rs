//! Which of the folders that were named are the same repository.
//!
//! - One shared git directory: worktrees, subfolders, or the same path twice.
//! - One remote: two clones. Their first commits must not differ where both are known: someone may have reused the
//!   address for another project.
//! - One mainline holds the newest commit of the other: a copy made with `cp -r`, a clone of a local path, a fork that
//!   has nothing of its own or is all there is.
//!
//! Repositories that share their first commit but have each gone their own way are forks and stay two: either has
//! commits that the other lacks. The shown name never matters: two folders called `shop` are two repositories.

use std::path::{Path, PathBuf};

use super::{History, Opened};
use crate::diagnostics::{Diagnostics, Severity};

/// Tells one repository from another within a run: its first commit and its remote, or without a remote its folder.
///
/// The name that reports show is for people and may be shared; use this as the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryId {
    /// The mainline's root in hex; `None` where a shallow clone lacks it.
    first_commit: Option<String>,
    home: Home,
}

/// Where a repository lives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Home {
    /// A remote as `host/owner/repository`, in lower case as hosts compare them.
    Remote(String),
    /// The shared git directory of a repository without a remote that names a host.
    Folder(PathBuf),
}

impl RepositoryId {
    /// The identity of a repository; `remote` is normalised, and `common_dir` has its symbolic links resolved.
    #[must_use]
    pub fn new(first_commit: Option<&str>, remote: Option<&str>, common_dir: &Path) -> Self {
        let home = match remote {
            Some(remote) => Home::Remote(remote.to_ascii_lowercase()),
            None => Home::Folder(common_dir.to_owned()),
        };
        Self { first_commit: first_commit.map(str::to_owned), home }
    }

    /// Whether two identities are of one repository: a first commit that a shallow clone lacks may be any.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.home == other.home && self.may_share_first_commit(other)
    }

    fn may_share_first_commit(&self, other: &Self) -> bool {
        match (&self.first_commit, &other.first_commit) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => true,
        }
    }
}

/// Keeps one history of each repository, so that no line is counted twice.
///
/// Of two clones the one with the longer history stays: a full clone rather than a shallow one, then the one whose
/// mainline holds the other's newest commit, then the one that was named first. It takes over the other's folders and
/// remotes, so that sessions there belong to it.
#[must_use]
pub fn without_clones(read: Vec<(History, Opened)>, diagnostics: &mut Diagnostics) -> Vec<(History, Opened)> {
    let mut kept: Vec<(History, Opened)> = Vec::new();
    for (history, opened) in read {
        let mut newest = (history, opened);
        // Two forks may both be part of what is named last.
        while let Some(at) = kept.iter().position(|(known, _)| are_same(known, &newest.0)) {
            newest = merge(kept.remove(at), newest, diagnostics);
        }
        kept.push(newest);
    }
    for (at, (history, opened)) in kept.iter().enumerate() {
        let first_commit = &history.id.first_commit;
        let is_fork = |other: &History| first_commit.is_some() && *first_commit == other.id.first_commit;
        if let Some((_, other)) = kept[..at].iter().find(|(other, _)| is_fork(other)) {
            let text = "two repositories begin with the same commit and then differ, so both were counted, the commits \
                        that they share in each; name one of them to count those once";
            let place = format!("{} and {}", other.0.shown, opened.0.shown);
            diagnostics.add(Severity::Warning, "forks", text, place);
        }
    }
    kept
}

fn are_same(a: &History, b: &History) -> bool {
    a.common_dir == b.common_dir || a.id.is_same(&b.id) || holds_head(a, b) || holds_head(b, a)
}

/// Whether a mainline holds the newest commit of another.
fn holds_head(history: &History, other: &History) -> bool {
    history.id.may_share_first_commit(&other.id) && history.commits.iter().rev().any(|commit| commit.id == other.head)
}

/// Merges two histories of one repository; of equal ones the first stays.
fn merge(first: (History, Opened), second: (History, Opened), diagnostics: &mut Diagnostics) -> (History, Opened) {
    let is_worktree = first.0.common_dir == second.0.common_dir;
    let second_is_longer = match (first.0.shallow, second.0.shallow) {
        (true, false) => true,
        (false, true) => false,
        _ => first.0.head != second.0.head && holds_head(&second.0, &first.0),
    };
    let (mut kept, dropped) = if second_is_longer && !is_worktree { (second, first) } else { (first, second) };
    if !is_worktree {
        let text = "a repository was named in more than one clone or copy; its commits were counted once, from the \
                    clone with the longer history";
        let place = format!("{} is the same repository as {}", dropped.1.0.shown, kept.1.0.shown);
        diagnostics.add(Severity::Note, "same-repository", text, place);
    }
    let history = &mut kept.0;
    history.directories.extend(dropped.0.directories);
    history.directories.sort();
    history.directories.dedup();
    // The first remote names the repository, so others come after it.
    for remote in dropped.0.remotes {
        if !history.remotes.contains(&remote) {
            history.remotes.push(remote);
        }
    }
    kept
}
