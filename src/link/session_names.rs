//! Git metadata that names a session: checkpoint trailers, git-ai notes, session trailers.
//!
//! It also names sessions without a log and commits that this clone does not have. Those are kept, without cost.

mod checkpoint;
mod git_ai;
mod session_trailer;

use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::context::LinkContext;
use super::repository_index::RepositoryIndex;
use crate::model::link::Tier;

/// A session that git metadata names as the origin of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NamedSession {
    /// The session's id as it is written there.
    pub(super) session: String,
    /// The commit's full id.
    pub(super) sha: String,
    /// The kind of metadata.
    pub(super) rule: &'static str,
}

/// A kind of metadata that names sessions.
trait SessionMetadata: Sync {
    /// Stable kebab-context id: the `rule` of a link.
    fn id(&self) -> &'static str;
    /// What it looks for; printed by `explain`.
    fn about(&self) -> &'static str;
    /// Every session that it names, with the commit.
    fn read(&self, repo: &RepositoryIndex<'_>) -> Vec<(String, String)>;
    /// Whether it names all sessions of a commit, so that no weaker evidence may add others.
    fn is_complete(&self) -> bool;
}

/// Every kind of metadata, most trusted first.
static KINDS: &[&dyn SessionMetadata] = &[&git_ai::GitAi, &checkpoint::Checkpoint, &session_trailer::SessionTrailer];

/// The id and the meaning of each kind.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.iter().map(|kind| (kind.id(), kind.about()))
}

/// Reads all metadata of a repository: each pair of a session and a commit once, from the most trusted kind; and the
/// commits whose metadata is complete.
pub(super) fn read(repo: &RepositoryIndex<'_>) -> (Vec<NamedSession>, BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    let mut complete = BTreeSet::new();
    let mut found = Vec::new();
    for kind in KINDS {
        for (session, sha) in kind.read(repo) {
            if kind.is_complete() {
                complete.insert(sha.clone());
            }
            if seen.insert((session.clone(), sha.clone())) {
                found.push(NamedSession { session, sha, rule: kind.id() });
            }
        }
    }
    found.sort();
    (found, complete)
}

/// Adds those whose session and commit are both known to the candidates.
pub(super) fn candidates(context: &LinkContext<'_>, named: &[NamedSession], out: &mut Vec<Candidate>) {
    for one in named {
        let (Some(&session), Some(index)) =
            (context.repo.by_session.get(one.session.as_str()), context.repo.index_of(&one.sha))
        else {
            continue;
        };
        let facts = &context.repo.sessions[session];
        let made = context.repo.commit(index).commit.author_time.clamp(facts.first, facts.last.max(facts.first));
        out.push(Candidate {
            session,
            target: context.repo.target(index),
            tier: Tier::Explicit,
            rule: one.rule,
            acts: vec![(made, 1)],
        });
    }
}
