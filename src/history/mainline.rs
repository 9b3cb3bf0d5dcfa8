//! Which commits are the mainline: the walk from its tip along first parents.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use gix::ObjectId;

use super::assist;
use super::commit_object::{CommitObject, instant};
use super::imports;
use super::message::{self, Message};
use super::objects::Objects;
use super::people::{People, Person};
use super::revert_names::{RevertName, Target};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;
use crate::model::assist::Assistance;
use crate::model::commit::Commit;

/// A commit of the mainline.
pub(super) struct MainlineStep {
    pub(super) commit: Commit,
    pub(super) id: ObjectId,
    /// All parents; the first one is the step before.
    pub(super) parents: Vec<ObjectId>,
    pub(super) tree: ObjectId,
    /// The clone was cut here: it lacks the parents.
    pub(super) cut: bool,
    /// What its message says that it takes back.
    pub(super) reverts: Vec<RevertName>,
}

/// Walks from the tip along first parents and returns the commits oldest first, without their changes.
///
/// # Errors
/// Fails when a commit is corrupt, or missing although the clone is not shallow there.
pub(super) fn walk(
    objects: &Objects,
    tip: ObjectId,
    people: &mut People,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<MainlineStep>> {
    let repository = &objects.repository;
    let boundary = repository.shallow_commits().map_err(|cause| objects.store.unreadable("shallow", &cause))?;
    let is_cut = |id: &ObjectId| boundary.as_ref().is_some_and(|commits| commits.contains(id));
    let mut steps: Vec<MainlineStep> = Vec::new();
    // Replaced commits can name their own descendants as parents.
    let mut seen = gix::hashtable::HashSet::default();
    let mut next = Some(tip);
    while let Some(id) = next {
        if !seen.insert(id) {
            let text =
                "a commit is its own ancestor (see `git replace --list`); the history is read as if it began there";
            diagnostics.add(Severity::Warning, "circular-history", text, id);
            if let Some(first) = steps.last_mut() {
                first.cut = true;
            }
            break;
        }
        let data = objects.read_commit(id)?;
        let parsed = objects.parse_commit(id, &data)?;
        let cut = is_cut(&id);
        next = parsed.parents.first().copied().filter(|_| !cut);
        let (commit, reverts) = describe(id, &parsed, people, diagnostics);
        steps.push(MainlineStep { id, parents: parsed.parents, tree: parsed.tree, commit, cut, reverts });
    }
    steps.reverse();
    Ok(steps)
}

/// Who made a commit, when, and what its message says.
pub(super) struct CommitMetadata {
    pub(super) author: Rc<Person>,
    committer: Rc<Person>,
    author_time: Option<DateTime<Utc>>,
    pub(super) commit_time: DateTime<Utc>,
    pub(super) message: Message,
    pub(super) assisted: Vec<Assistance>,
}

impl CommitMetadata {
    pub(super) fn new(
        id: ObjectId,
        parsed: &CommitObject<'_>,
        people: &mut People,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let encoding = parsed.encoding;
        let author = people.person(parsed.author, encoding);
        let committer = people.person(parsed.committer, encoding);
        if parsed.names_nobody {
            let text = "the author or the committer of a commit cannot be read, so it names nobody";
            diagnostics.add(Severity::Warning, "commit-names-nobody", text, id);
        }
        let author_time = instant(parsed.author);
        if instant(parsed.committer).is_none() {
            let text = "a commit's time cannot be read, so that of its author counts, or else 1970-01-01";
            diagnostics.add(Severity::Warning, "commit-time-unreadable", text, id);
        }
        let message = message::parse(&message::decode(parsed.message, encoding));
        let assisted = assist::assistance(author.tool.as_ref(), author.account, &message);
        let commit_time = parsed.commit_time().unwrap_or(DateTime::UNIX_EPOCH);
        Self { author, committer, author_time, commit_time, message, assisted }
    }

    /// The folder into which the commit imported another repository.
    pub(super) fn imported_folder(&self) -> Option<&str> {
        imports::imported_folder(&self.message.subject, &self.message.trailers)
    }
}

/// A commit without its changes, and what its message says that it takes back.
pub(super) fn describe(
    id: ObjectId,
    parsed: &CommitObject<'_>,
    people: &mut People,
    diagnostics: &mut Diagnostics,
) -> (Commit, Vec<RevertName>) {
    let CommitMetadata { author, committer, author_time, commit_time, message, assisted } =
        CommitMetadata::new(id, parsed, people, diagnostics);
    let full_ids = message.reverts.iter().filter_map(|name| match &name.target {
        Target::Id(id) if matches!(id.len(), 40 | 64) => Some(id.clone()),
        _ => None,
    });
    let commit = Commit {
        id: id.to_string(),
        parents: parsed.parents.iter().map(ToString::to_string).collect(),
        bot: author.account.is_bot(&assisted),
        assisted,
        author: author.identity.clone(),
        committer: committer.identity.clone(),
        author_time: author_time.unwrap_or(commit_time),
        commit_time,
        subject: message.subject,
        trailers: message.trailers,
        changes: Vec::new(),
        counted: false,
        pull_request: message.landed.number,
        title: message.landed.title,
        merged_branch: message.landed.branch,
        reverts: full_ids.collect(),
        reworked_before_landing: None,
        reverted_by: None,
    };
    (commit, message.reverts)
}
