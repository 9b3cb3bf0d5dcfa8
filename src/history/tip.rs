//! Which branch is the mainline.
//!
//! - The remote's HEAD names it, or the HEAD of a bare repository. Git never moves the former by itself, so a branch with
//!   a usual name that contains it and went on is taken instead: `master` was renamed `main`.
//! - Without either it is the branch of HEAD if that has a usual name, then another one with such a name, and only then
//!   the branch of HEAD: one may stand on a topic branch.
//! - Whatever was in doubt is said.

use std::collections::HashSet;

use gix::ObjectId;

use super::commit_object::CommitObject;
use super::objects::{Objects, Store};
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::{Error, Result};

/// The usual names; a repository that has two of them renamed one.
const USUAL: [&str; 3] = ["main", "master", "trunk"];
/// Names that are a mainline where no branch has a usual name, or where HEAD names them.
const LESS_USUAL: [&str; 5] = ["develop", "development", "dev", "mainline", "default"];
/// How many commits to search for the tip of another branch.
const MAX_SEARCHED: usize = 20_000;
/// How far the clocks of two committers may differ, in days.
const SLACK_DAYS: i64 = 2;

/// Where the mainline ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) id: ObjectId,
    /// Branch name without `refs/heads/` or the remote; `None` when HEAD names no branch.
    pub(super) branch: Option<String>,
}

/// Finds the mainline's tip.
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
    if let Some(named) = remote_head.or_else(|| refs.bare_head()) {
        return Ok(refs.renamed(&store.objects(), named, diagnostics));
    }
    let head = refs.symbolic("HEAD");
    if let Some(tip) = refs.guess(&store.objects(), head.as_ref(), diagnostics) {
        // Another branch than that of HEAD, or one of a name that topic branches have.
        let is_sure = head.is_some_and(|head| head.branch == tip.branch)
            && (tip.has_name_of(&USUAL) || refs.branch_names().len() == 1);
        if !is_sure {
            let text = "neither a remote nor HEAD says for sure which branch is the main one, so it was chosen by its \
                        name; choose another one with --branch";
            let place = format!("{}: {}", store.shown, tip.branch.clone().unwrap_or_else(|| tip.id.to_string()));
            diagnostics.add(Severity::Note, "mainline-guessed", text, place);
        }
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

impl Tip {
    fn has_name_of(&self, names: &[&str]) -> bool {
        self.branch.as_deref().is_some_and(|branch| names.contains(&branch))
    }
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

    /// The branch that the HEAD of a bare repository names: its main branch, since nobody works there.
    fn bare_head(&self) -> Option<Tip> {
        let main = self.repository.main_repo().ok().filter(gix::Repository::is_bare)?;
        Refs { repository: &main, remotes: self.remotes.clone() }.symbolic("HEAD")
    }

    /// The branches with usual names, those of the remotes that people do not work in first.
    fn usual(&self) -> Vec<Tip> {
        let is_only = self.repository.remote_names().len() == 1;
        let own = |remote: &&String| is_only || ["origin", "upstream"].contains(&remote.as_str());
        let of_remotes = USUAL.into_iter().flat_map(|name| {
            let remotes = self.remotes.iter().filter(own);
            remotes.filter_map(move |remote| self.at(&format!("refs/remotes/{remote}/{name}")))
        });
        of_remotes.chain(USUAL.into_iter().filter_map(|name| self.local(name))).collect()
    }

    /// The mainline that a HEAD names, or the one that it became under another usual name.
    fn renamed(&self, objects: &Objects, named: Tip, diagnostics: &mut Diagnostics) -> Tip {
        if !named.has_name_of(&USUAL) {
            return named;
        }
        let shown = &objects.store.shown;
        let local = named.branch.as_deref().and_then(|name| self.local(name));
        let mut newest = named.clone();
        for tip in self.usual() {
            // What was not pushed did not land.
            let is_unpushed = tip.branch == named.branch && local.as_ref().is_some_and(|local| local.id == tip.id);
            if !is_unpushed && is_ahead(objects, tip.id, newest.id, MAX_SEARCHED, diagnostics) {
                newest = tip;
            }
        }
        let word = |tip: &Tip| tip.branch.clone().unwrap_or_default();
        if newest.id != named.id {
            let text = "the remote's HEAD names a branch that another main branch contains and has left behind, so that \
                        one was read; `git remote set-head origin --auto` asks the remote";
            let place = format!("{shown}: {} instead of {}", word(&newest), word(&named));
            diagnostics.add(Severity::Warning, "remote-head-stale", text, place);
        } else if local.is_some_and(|local| is_ahead(objects, local.id, named.id, MAX_SEARCHED, diagnostics)) {
            let text = "the local main branch has commits that the remote's lacks, and they count as not merged; push \
                        them, or pass --branch";
            diagnostics.add(Severity::Note, "mainline-not-pushed", text, format!("{shown}: {}", word(&named)));
        }
        newest
    }

    /// The mainline where nothing names it.
    fn guess(&self, objects: &Objects, head: Option<&Tip>, diagnostics: &mut Diagnostics) -> Option<Tip> {
        let usual = self.usual();
        let by_head = head.filter(|head| head.has_name_of(&USUAL)).cloned();
        let first = by_head.or_else(|| head.filter(|head| head.has_name_of(&LESS_USUAL)).cloned());
        let is_less_usual = first.as_ref().is_some_and(|first| !first.has_name_of(&USUAL));
        if is_less_usual {
            return first;
        }
        if let Some(mut best) = first.or_else(|| usual.first().cloned()) {
            for tip in usual {
                if is_ahead(objects, tip.id, best.id, MAX_SEARCHED, diagnostics) {
                    best = tip;
                }
            }
            return Some(best);
        }
        let less_usual =
            || LESS_USUAL.into_iter().find_map(|name| self.of_any_remote(name).or_else(|| self.local(name)));
        let others = less_usual().or_else(|| head.cloned());
        others.or_else(|| self.only_branch()).or_else(|| self.detached())
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

/// Whether one commit is a true ancestor of another; no if objects are missing, and if it is not among `limit` commits,
/// which a notice says.
pub(super) fn is_ahead(
    objects: &Objects,
    newer: ObjectId,
    older: ObjectId,
    limit: usize,
    diagnostics: &mut Diagnostics,
) -> bool {
    let read = |id: ObjectId| {
        let object = objects.read(id).ok()?;
        let parsed = CommitObject::parse(&object.data)?;
        Some((parsed.commit_time().unwrap_or_default(), parsed.parents))
    };
    let (true, Some((time, _))) = (newer != older, read(older)) else { return false };
    let since = time - chrono::TimeDelta::days(SLACK_DAYS);
    // First parents first: a mainline usually goes on where it stopped.
    let (mut stack, mut side) = (vec![newer], Vec::new());
    let mut seen = HashSet::new();
    while let Some(id) = stack.pop().or_else(|| side.pop()) {
        if !seen.insert(id) {
            continue;
        }
        if seen.len() > limit {
            let text = "two branches that may be the main one differ by too many commits to find out whether one contains \
                        the other; choose one with --branch if the other is right";
            diagnostics.add(Severity::Note, "mainline-search-ended", text, &objects.store.shown);
            return false;
        }
        let Some((_, parents)) = read(id).filter(|(time, _)| *time >= since) else { continue };
        if parents.contains(&older) {
            return true;
        }
        let mut parents = parents.into_iter();
        stack.extend(parents.next());
        side.extend(parents);
    }
    false
}
