//! Which commits are the mainline: its branch, and the walk along first parents.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use gix::ObjectId;
use gix::actor::SignatureRef;

use super::assist;
use super::message::{self, Message};
use super::objects::{Objects, Store};
use super::people::{People, Person};
use super::revert_names::{RevertName, Target};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::{Error, Result};
use crate::model::assist::Assistance;
use crate::model::commit::Commit;

/// Where the mainline ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) id: ObjectId,
    /// Branch name without `refs/heads/` or the remote; `None` when HEAD names no branch.
    pub(super) branch: Option<String>,
}

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

/// Finds the mainline's tip.
///
/// In this order: the branch asked for; the remote's HEAD; the branch that HEAD names; `main` or `master`, of the
/// remote first; the only branch there is; the commit of a detached HEAD.
///
/// # Errors
/// Fails when the branch asked for does not exist, or when the repository has no commit.
pub(super) fn tip(store: &Store, branch: Option<&str>, diagnostics: &mut Diagnostics) -> Result<Tip> {
    let repository = store.repository.to_thread_local();
    let mut remotes = vec!["origin".to_owned()];
    remotes.extend(repository.remote_names().iter().map(ToString::to_string).filter(|name| name != "origin"));
    let refs = Refs { repository: &repository, remotes };
    if let Some(wanted) = branch {
        return refs.named(wanted).ok_or_else(|| refs.unknown_branch(store, wanted));
    }
    let remote_head = refs.remotes.iter().find_map(|remote| refs.symbolic(&format!("refs/remotes/{remote}/HEAD")));
    if let Some(tip) = remote_head.or_else(|| refs.symbolic("HEAD")) {
        return Ok(tip);
    }
    let usual = ["main", "master"].into_iter().find_map(|name| refs.of_any_remote(name).or_else(|| refs.local(name)));
    if let Some(tip) = usual.or_else(|| refs.only_branch()).or_else(|| refs.detached()) {
        let text = "HEAD names no branch with commits, so another tip was read; choose one with --branch";
        let place = format!("{}: {}", store.shown, tip.branch.clone().unwrap_or_else(|| tip.id.to_string()));
        diagnostics.add(Severity::Note, "mainline-guessed", text, place);
        return Ok(tip);
    }
    let names = refs.branch_names();
    let shown = &store.shown;
    Err(if names.is_empty() {
        Error::input(format!("repository {shown} has no commits"), "commit something, or pass another repository")
    } else {
        let hint = format!("choose one with --branch; there are: {}", names.join(", "));
        Error::input(format!("repository {shown}: HEAD names no branch with commits"), hint)
    })
}

struct Refs<'a> {
    repository: &'a gix::Repository,
    remotes: Vec<String>,
}

impl Refs<'_> {
    /// The object that a full reference name leads to, if it exists.
    ///
    /// Does not read the object: if a branch's commit is missing, the run must end rather than take another branch.
    fn commit(&self, name: &str) -> Option<ObjectId> {
        let mut reference = self.repository.try_find_reference(name).ok()??;
        // References may lead in a circle; git gives up after five steps.
        for _ in 0..5 {
            let Some(target) = reference.follow() else { break };
            reference = target.ok()?;
        }
        reference.try_id().map(gix::Id::detach)
    }

    fn at(&self, name: &str) -> Option<Tip> {
        self.commit(name).map(|id| Tip { id, branch: Some(self.short(name)) })
    }

    fn short(&self, name: &str) -> String {
        let of_remote = self.remotes.iter().find_map(|remote| name.strip_prefix(&format!("refs/remotes/{remote}/")));
        name.strip_prefix("refs/heads/").or(of_remote).unwrap_or(name).to_owned()
    }

    /// The branch that a symbolic reference names, when it has commits.
    fn symbolic(&self, name: &str) -> Option<Tip> {
        let reference = self.repository.try_find_reference(name).ok()??;
        let target = reference.target().try_name().map(|target| target.as_bstr().to_string())?;
        self.at(&target)
    }

    fn local(&self, name: &str) -> Option<Tip> {
        self.at(&format!("refs/heads/{name}"))
    }

    fn of_any_remote(&self, name: &str) -> Option<Tip> {
        self.remotes.iter().find_map(|remote| self.at(&format!("refs/remotes/{remote}/{name}")))
    }

    /// A name as a user gives it: a local branch, a remote's branch, a full reference, or any revision.
    fn named(&self, wanted: &str) -> Option<Tip> {
        let full =
            || (wanted.starts_with("refs/") && !wanted.starts_with("refs/tags/")).then(|| self.at(wanted)).flatten();
        let with_remote = || self.at(&format!("refs/remotes/{wanted}"));
        let revision = || {
            let id = self.repository.rev_parse_single(wanted).ok()?;
            let commit = id.object().ok()?.peel_to_commit().ok()?;
            Some(Tip { id: commit.id, branch: Some(wanted.to_owned()) })
        };
        self.local(wanted).or_else(|| self.of_any_remote(wanted)).or_else(with_remote).or_else(full).or_else(revision)
    }

    fn only_branch(&self) -> Option<Tip> {
        let names = self.branch_names();
        let [name] = names.as_slice() else { return None };
        self.local(name).or_else(|| self.of_any_remote(name))
    }

    fn detached(&self) -> Option<Tip> {
        self.commit("HEAD").map(|id| Tip { id, branch: None })
    }

    /// The short names of local and remote branches, sorted.
    fn branch_names(&self) -> Vec<String> {
        let Ok(platform) = self.repository.references() else { return Vec::new() };
        let mut names = std::collections::BTreeSet::new();
        for iter in [platform.local_branches(), platform.remote_branches()].into_iter().flatten() {
            let all = iter.filter_map(Result::ok).map(|reference| reference.name().as_bstr().to_string());
            names.extend(all.filter(|name| !name.ends_with("/HEAD")).map(|name| self.short(&name)));
        }
        names.into_iter().collect()
    }

    fn unknown_branch(&self, store: &Store, wanted: &str) -> Error {
        const SHOWN: usize = 12;
        let mut names = self.branch_names();
        let more = if names.len() > SHOWN { ", …" } else { "" };
        names.truncate(SHOWN);
        let message = format!("repository {}: there is no branch `{wanted}`", store.shown);
        if names.is_empty() {
            return Error::usage(message, "the repository has no branches");
        }
        Error::usage(message, format!("there are: {}{more}", names.join(", ")))
    }
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
        let object = objects.read(id)?;
        if object.kind != gix::objs::Kind::Commit {
            return Err(objects.store.unreadable(id, &"it is not a commit"));
        }
        let parsed = gix::objs::CommitRef::from_bytes(&object.data, id.kind());
        let parsed = parsed.map_err(|cause| objects.store.unreadable(id, &cause))?;
        let cut = is_cut(&id);
        next = parsed.parents().next().filter(|_| !cut);
        let (commit, reverts) = describe(id, &parsed, people, diagnostics);
        let parents = parsed.parents().collect();
        steps.push(MainlineStep { id, parents, tree: parsed.tree(), commit, cut, reverts });
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
        parsed: &gix::objs::CommitRef<'_>,
        people: &mut People,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let encoding = parsed.encoding.map(|name| &**name);
        let mut person = |signature: Option<SignatureRef<'_>>| {
            let signature = signature.unwrap_or_default();
            (people.person(signature, encoding), instant(signature))
        };
        let (author, author_time) = person(parsed.author().ok());
        let (committer, commit_time) = person(parsed.committer().ok());
        if commit_time.is_none() {
            let text = "a commit's time cannot be read, so it counts as 1970-01-01";
            diagnostics.add(Severity::Warning, "commit-time-unreadable", text, id);
        }
        let message = message::parse(&message::decode(parsed.message, encoding));
        let assisted = assist::assistance(author.tool.as_ref(), author.account, &message);
        let commit_time = commit_time.unwrap_or(DateTime::UNIX_EPOCH);
        Self { author, committer, author_time, commit_time, message, assisted }
    }
}

/// A commit without its changes, and what its message says that it takes back.
pub(super) fn describe(
    id: ObjectId,
    parsed: &gix::objs::CommitRef<'_>,
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
        parents: parsed.parents().map(|parent| parent.to_string()).collect(),
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

/// The instant of a signature; the time zone does not matter.
pub(super) fn instant(signature: SignatureRef<'_>) -> Option<DateTime<Utc>> {
    let seconds = signature.time.split_ascii_whitespace().next()?.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}
