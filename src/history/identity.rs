//! What makes a repository the same repository, whatever its folder or shown name.

use std::path::{Path, PathBuf};

/// Identifies a repository within a run: its first commit and its remote, or without a remote its folder.
///
/// The name that reports show is for people and may be shared; use this as the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryId {
    /// The mainline's root in hex; `None` where a shallow clone lacks it.
    pub(super) first_commit: Option<String>,
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

    /// Whether both may have the same first commit; one that a shallow clone lacks may be any.
    pub(super) fn may_share_first_commit(&self, other: &Self) -> bool {
        match (&self.first_commit, &other.first_commit) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => true,
        }
    }
}
