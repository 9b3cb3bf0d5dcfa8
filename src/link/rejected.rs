//! What came close to being linked and was not, for those who ask why.

use std::collections::BTreeSet;

use super::case::{Candidate, Case, Target};
use super::meeting::Meeting;
use super::{Link, allocate, describe};
use crate::model::link::Tier;
use crate::model::money::Money;

/// A link that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// What it would have been; its tier and rule are those of the evidence that fell short.
    pub link: Link,
    /// Why it was not.
    pub why: &'static str,
    /// What session and commit share.
    pub figures: Option<Figures>,
}

/// What a session and a commit share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Lines that both have.
    pub lines: u64,
    /// Percent of the commit's distinctive lines.
    pub of_commit: u64,
    /// Percent of the session's.
    pub of_session: u64,
    /// The commit's files that the session edited before it.
    pub files: usize,
    /// All of the commit's files.
    pub of_files: usize,
}

/// Candidates that a complete record overruled, and meetings that no evidence took up.
pub(super) fn of(case: &Case<'_>, repository: usize, found: &[Candidate], overruled: Vec<Candidate>) -> Vec<Rejected> {
    let mut known: BTreeSet<(usize, Target)> = found.iter().map(|one| (one.session, one.target)).collect();
    let mut rejected = Vec::new();
    for pair in allocate::join(repository, overruled) {
        if known.insert((pair.session, pair.target)) {
            let link = describe(&pair, case.sessions, case.history, case.work);
            let why = "a record in git names the commit's sessions, and this is none of them";
            rejected.push(Rejected { link, why, figures: None });
        }
    }
    for meeting in &case.meetings {
        if !known.contains(&(meeting.session, Target::Commit(meeting.commit))) {
            let one = case.commit(meeting.commit);
            let rule = if meeting.lines > 0 { "lines" } else { "paths" };
            let why = if case.may_be_author(meeting) {
                "too little is shared, or too far apart in time"
            } else {
                "too little is shared, and the commit's author does not look like the session's user"
            };
            let link = Link {
                session: case.sessions[meeting.session].id.clone(),
                repository,
                sha: Some(one.commit.id.clone()).filter(|_| one.landing.is_some()),
                commit: Some(one.commit.id.clone()),
                landing: one.landing.map(|landing| landing as usize),
                branch: None,
                tier: Tier::Weak,
                rule,
                rules: vec![rule],
                cost: Money::ZERO,
                context_cost: Money::ZERO,
                tokens: 0,
                has_log: true,
            };
            rejected.push(Rejected { link, why, figures: Some(figures(meeting)) });
        }
    }
    rejected
}

fn figures(meeting: &Meeting) -> Figures {
    let percent = |of: u64| meeting.matched.saturating_mul(100).checked_div(of).unwrap_or(0);
    Figures {
        lines: meeting.lines,
        of_commit: percent(meeting.of_commit),
        of_session: percent(meeting.of_session),
        files: meeting.covered,
        of_files: meeting.paths,
    }
}
