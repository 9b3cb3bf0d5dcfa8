//! Which commit authors a session's user is, learned from the commits whose lines that user clearly wrote.
//!
//! Logs name a user of a machine, commits an e-mail address. Users need not write a table of both: if a user's edits are
//! half of a commit, or a session printed its id, the user is probably its author, and over all sessions of the user the
//! right addresses weigh most.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::LINE;
use super::overlap::Overlap;
use super::repository_index::RepositoryIndex;
use super::session::SessionFacts;
use crate::model::name::Names;
use crate::model::path::home_user;

/// With this percentage of a commit's lines, the session's user is its author.
const CLEARLY: u64 = 50;
/// Weight of a printed id: as many lines.
const PRINTED: u64 = 20 * LINE;
/// Another address with this percentage of the most likely author's weight is the same person's.
const ALIAS: u64 = 20;

/// The authors of each user.
pub(super) struct People<'a> {
    of_session: Vec<Option<String>>,
    authors: BTreeMap<String, BTreeSet<&'a str>>,
}

impl<'a> People<'a> {
    /// Learns the authors of each user from a repository.
    pub(super) fn learn(repo: &RepositoryIndex<'a>, overlaps: &[Overlap]) -> Self {
        let of_session: Vec<Option<String>> = repo.sessions.iter().map(|one| user(one, repo.names)).collect();
        let mut weights: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        let mut add = |session: usize, commit: u32, weight: u64| {
            if let Some(user) = of_session[session].as_deref() {
                let author = repo.commit(commit).commit.author.email.as_str();
                *weights.entry(user).or_default().entry(author).or_default() += weight;
            }
        };
        for overlap in overlaps.iter().filter(|overlap| overlap.wrote_of_commit(CLEARLY)) {
            add(overlap.session, overlap.commit, overlap.matched);
        }
        for &at in &repo.here {
            for (_, sha) in &repo.sessions[at].printed {
                if let Some(index) = repo.find_abbreviated(repo.names.text(*sha)) {
                    add(at, index, PRINTED);
                }
            }
        }
        let authors = weights.into_iter().map(|(user, weights)| {
            let most = weights.values().copied().max().unwrap_or_default();
            let likely = weights.into_iter().filter(|(_, weight)| weight * 100 >= most * ALIAS);
            (user.to_owned(), likely.map(|(author, _)| author).collect())
        });
        let authors = authors.collect();
        Self { authors, of_session }
    }

    /// Whether a session's user is known to be the commit's author: by the e-mail address in the log, or as learned.
    pub(super) fn is_author(&self, repo: &RepositoryIndex<'_>, session: usize, commit: u32) -> bool {
        let author = repo.commit(commit).commit.author.email.as_str();
        let named = repo.names.text_of(repo.sessions[session].user);
        if named.is_some_and(|user| user.contains('@')) {
            return named.is_some_and(|user| user.eq_ignore_ascii_case(author));
        }
        let known = self.of_session[session].as_ref().and_then(|user| self.authors.get(user));
        known.is_some_and(|authors| authors.contains(author))
    }

    /// Whether a session's user may be the commit's author. Without evidence, assume that any author is possible.
    pub(super) fn may_be_author(&self, repo: &RepositoryIndex<'_>, session: usize, commit: u32) -> bool {
        let known = self.of_session[session].as_ref().and_then(|user| self.authors.get(user));
        known.is_none_or(|authors| authors.contains(repo.commit(commit).commit.author.email.as_str()))
    }
}

/// The session's user, as the ledger knows it; of a session without records, whom its home folder names.
fn user(session: &SessionFacts, names: &Names) -> Option<String> {
    let known = names.text_of(session.user).map(str::to_lowercase);
    known.or_else(|| session.folders.iter().filter_map(|folder| home_user(names.text(*folder))).min())
}
