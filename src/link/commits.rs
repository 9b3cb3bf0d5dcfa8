//! What several parts of linking ask of commits: which one has an id, when it was made, and on which topic branches.

use chrono::{DateTime, Utc};

use crate::history::History;
use crate::model::work::{Work, WorkCommit};

/// The ids of commits, sorted, with the commits' indexes.
pub(super) struct Ids<'a>(Vec<(&'a str, u32)>);

impl<'a> Ids<'a> {
    /// The ids of all commits of a repository.
    pub(super) fn new(work: &'a Work) -> Self {
        let mut ids: Vec<(&str, u32)> =
            work.commits.iter().zip(0u32..).map(|(one, index)| (one.commit.id.as_str(), index)).collect();
        ids.sort_unstable();
        Self(ids)
    }

    /// The index of a full id.
    pub(super) fn index_of(&self, id: &str) -> Option<u32> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(id)).ok().map(|at| self.0[at].1)
    }

    /// The index of the only id that begins with a prefix.
    pub(super) fn find_abbreviated(&self, prefix: &str) -> Option<u32> {
        only_with_prefix(&self.0, prefix)
    }
}

/// The index beside the only one of some sorted ids that begins with a prefix. An empty prefix finds nothing.
pub(super) fn only_with_prefix(ids: &[(impl AsRef<str>, u32)], prefix: &str) -> Option<u32> {
    let from = ids.partition_point(|(known, _)| known.as_ref() < prefix);
    let mut found = ids[from..].iter().take_while(|(known, _)| known.as_ref().starts_with(prefix));
    let (_, index) = found.next().filter(|_| !prefix.is_empty())?;
    found.next().is_none().then_some(*index)
}

/// The first and the last time at which something was made.
pub(super) type Interval = (DateTime<Utc>, DateTime<Utc>);

/// From when until when a commit was made.
pub(super) fn interval(one: &WorkCommit) -> Interval {
    let (written, committed) = (one.commit.author_time, one.commit.commit_time);
    (written.min(committed), committed)
}

/// The branches of a commit that are not the mainline.
pub(super) fn topic_branches<'a>(history: &History, one: &'a WorkCommit) -> impl Iterator<Item = &'a str> {
    let mainline = history.branch.as_deref();
    one.branches.iter().map(String::as_str).filter(move |name| Some(*name) != mainline)
}
