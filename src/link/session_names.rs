//! Records in git that name a session: checkpoint trailers, git-ai notes, session trailers.
//!
//! They also name sessions whose log nobody has, and commits that this clone does not reach: those are kept, without
//! money.

mod checkpoint;
mod git_ai;
mod session_trailer;

use std::collections::BTreeSet;

use super::case::{Candidate, Case};
use crate::model::link::Tier;
use crate::model::work::Work;

/// A session that a record in git names as the maker of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Naming {
    /// The session's id, as the record has it.
    pub(super) session: String,
    /// The commit's full id.
    pub(super) sha: String,
    /// Which kind of record.
    pub(super) rule: &'static str,
}

/// A kind of record.
trait Record: Sync {
    /// Stable kebab-case id: the `rule` of a link.
    fn id(&self) -> &'static str;
    /// What it looks for, for `explain`.
    fn about(&self) -> &'static str;
    /// Every session that it names.
    fn read(&self, work: &Work) -> Vec<(String, String)>;
    /// Whether a commit that has one names all of its sessions, so that others need no lesser evidence.
    fn is_complete(&self) -> bool;
}

/// Every kind of record, most trusted first.
static RECORDS: &[&dyn Record] = &[&git_ai::GitAi, &checkpoint::Checkpoint, &session_trailer::SessionTrailer];

/// The id and the meaning of each kind.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    RECORDS.iter().map(|record| (record.id(), record.about()))
}

/// Every naming of a repository, each session and commit once, by the most trusted record.
pub(super) fn all(work: &Work) -> (Vec<Naming>, BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    let mut complete = BTreeSet::new();
    let mut found = Vec::new();
    for record in RECORDS {
        for (session, sha) in record.read(work) {
            if record.is_complete() {
                complete.insert(sha.clone());
            }
            if seen.insert((session.clone(), sha.clone())) {
                found.push(Naming { session, sha, rule: record.id() });
            }
        }
    }
    found.sort();
    (found, complete)
}

/// The candidates among them: session and commit are both known.
pub(super) fn candidates(case: &Case<'_>, namings: &[Naming], out: &mut Vec<Candidate>) {
    for naming in namings {
        let (Some(&session), Some(index)) = (case.by_session.get(naming.session.as_str()), case.index_of(&naming.sha))
        else {
            continue;
        };
        let facts = &case.sessions[session];
        let made = case.commit(index).commit.author_time.clamp(facts.first, facts.last.max(facts.first));
        out.push(Candidate {
            session,
            target: case.target(index),
            tier: Tier::Explicit,
            rule: naming.rule,
            acts: vec![(made, 1)],
        });
    }
}
