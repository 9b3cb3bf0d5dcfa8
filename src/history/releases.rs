//! Tags and deployed commits → the landings that each of them has.
//!
//! - In: a repository whose mainline was read. Out: a [`Release`] for each tag, with its newest landing: it has all before it, too.
//! - Only tags whose commit is young enough to hold a landing that somebody asks about are followed.
//! - A tag beside the mainline has what its line of first parents, and those of the branches merged into it, started from.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use gix::ObjectId;

use super::commit_object::CommitObject;
use super::objects::{Objects, Store};
use super::repository_history::History;
use crate::error::Result;

/// Something that was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The tag, or the id of the commit.
    pub name: String,
    /// The date of the tag; that of its commit if it has none.
    pub at: DateTime<Utc>,
    /// The newest landing that it has; `None` if it has none that was read.
    pub landing: Option<usize>,
}

/// Follows tags and commits to the mainline.
pub(super) struct Releases<'a> {
    objects: Objects,
    store: &'a Store,
    mainline: HashMap<ObjectId, usize>,
    /// Commits made before this instant have no landing that matters.
    from: DateTime<Utc>,
    known: HashMap<ObjectId, Option<usize>>,
}

impl<'a> Releases<'a> {
    pub(super) fn new(store: &'a Store, history: &History, from: DateTime<Utc>) -> Self {
        let id = |id: &String| ObjectId::from_hex(id.as_bytes()).ok();
        let commits = history.commits.iter().enumerate();
        let mainline = commits.filter_map(|(at, commit)| Some((id(&commit.id)?, at))).collect();
        Self { objects: store.objects(), store, mainline, from, known: HashMap::new() }
    }

    /// The tags whose commits were made since the first instant, by date and name.
    ///
    /// # Errors
    /// Fails when the references cannot be read.
    pub(super) fn tags(&mut self) -> Result<Vec<Release>> {
        let repository = self.store.repository.to_thread_local();
        let unreadable = |cause: &dyn std::fmt::Display| self.store.unreadable("references", cause);
        let platform = repository.references().map_err(|cause| unreadable(&cause))?;
        let mut found = Vec::new();
        for mut tag in platform.tags().map_err(|cause| unreadable(&cause))?.filter_map(std::result::Result::ok) {
            let name = tag.name().shorten().to_string();
            let tagged = tag.try_id().and_then(|id| {
                let tag = id.object().ok()?.try_into_tag().ok()?;
                let time = tag.tagger().ok()??.time().ok()?;
                DateTime::from_timestamp(time.seconds, 0)
            });
            // The clone may lack what a tag names, and a tag may name a file.
            let Ok(id) = tag.peel_to_id().map(gix::Id::detach) else { continue };
            let Some((made, _)) = self.commit(id) else { continue };
            found.push((name, tagged.unwrap_or(made), id, made));
        }
        let mut releases: Vec<Release> = found
            .into_iter()
            .map(|(name, at, id, made)| Release { name, at, landing: self.newest(id).filter(|_| made >= self.from) })
            .collect();
        releases.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
        Ok(releases)
    }

    /// The newest landing that a commit has, by its full or abbreviated id; `None` if the clone does not have the commit.
    pub(super) fn of_commit(&mut self, id: &str) -> Option<Option<usize>> {
        let prefix = gix::hash::Prefix::from_hex(id).ok()?;
        let full = self.objects.repository.objects.lookup_prefix(prefix, None).ok()??.ok()?;
        self.commit(full)?;
        Some(self.newest(full))
    }

    /// When a commit was made, and its parents.
    fn commit(&self, id: ObjectId) -> Option<(DateTime<Utc>, Vec<ObjectId>)> {
        let object = self.objects.read(id).ok()?;
        let parsed = CommitObject::parse(&object.data)?;
        Some((parsed.commit_time().unwrap_or_default(), parsed.parents))
    }

    fn newest(&mut self, id: ObjectId) -> Option<usize> {
        let mut best = None;
        for start in self.line(id, &mut best) {
            let mut of_branch = None;
            self.line(start, &mut of_branch);
            best = best.max(of_branch);
        }
        best
    }

    /// Follows first parents to the mainline; gives the other parents on the way.
    fn line(&mut self, from: ObjectId, best: &mut Option<usize>) -> Vec<ObjectId> {
        let (mut passed, mut merged) = (Vec::new(), Vec::new());
        let mut next = Some(from);
        while let Some(id) = next.take() {
            if let Some(&landing) = self.mainline.get(&id) {
                *best = Some(landing);
                break;
            }
            if let Some(known) = self.known.get(&id) {
                *best = *known;
                break;
            }
            passed.push(id);
            let Some((made, parents)) = self.commit(id) else { break };
            if made < self.from {
                break;
            }
            next = parents.first().copied();
            merged.extend(parents.into_iter().skip(1));
        }
        self.known.extend(passed.into_iter().map(|id| (id, *best)));
        merged
    }
}
