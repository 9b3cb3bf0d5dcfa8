//! What vendors count on the value side: lines, commits, pull requests and accepted suggestions of a person and a day.
//! These rows hold no spend and are never added to it.

use chrono::{DateTime, Utc};

use super::by_id::IdIndex;
use super::name::{Name, NameMap};
use super::origin::Origin;
use super::usage::RecordId;

/// One row of a vendor's activity report. `None` is unknown: the report does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFact {
    /// Identity. If a row is read twice, the later one in input order wins, because vendors revise their rows.
    pub id: RecordId,
    /// Where it was read.
    pub origin: Origin,
    /// The format's id.
    pub source: &'static str,
    /// The day, or the time of a commit.
    pub at: DateTime<Utc>,
    /// The person, as the vendor names them.
    pub user: Option<Name>,
    /// The repository.
    pub repository: Option<Name>,
    /// The commit.
    pub commit: Option<Name>,
    /// Lines added, whoever wrote them.
    pub lines_added: Option<u64>,
    /// Lines removed.
    pub lines_removed: Option<u64>,
    /// Added lines that a completion wrote.
    pub ai_lines_tab: Option<u64>,
    /// Added lines that an agent or a composer wrote.
    pub ai_lines_agent: Option<u64>,
    /// Added lines that the person wrote alone.
    pub non_ai_lines: Option<u64>,
    /// Sessions.
    pub sessions: Option<u64>,
    /// Commits.
    pub commits: Option<u64>,
    /// Pull requests.
    pub pull_requests: Option<u64>,
    /// Accepted suggestions.
    pub accepts: Option<u64>,
    /// Rejected suggestions.
    pub rejects: Option<u64>,
}

/// All value facts of a run, by id.
#[derive(Debug, Default)]
pub struct ValueFacts {
    index: IdIndex<usize>,
    all: Vec<ValueFact>,
}

impl ValueFacts {
    /// Adds a fact. The later one in input order replaces an earlier one with the same id.
    pub fn add(&mut self, fact: ValueFact) {
        let Self { index, all } = self;
        match index.get_or_insert(fact.id, all.len(), |at| all[at].id) {
            Some((at, _)) if all[at].origin >= fact.origin => {}
            Some((at, _)) => all[at] = fact,
            None => all.push(fact),
        }
    }

    /// Moves all facts of another file into this one, re-pointing their names.
    pub fn merge(&mut self, other: Self, map: &NameMap) {
        if self.all.is_empty() && map.is_identity() {
            *self = other;
            return;
        }
        for mut fact in other.all {
            fact.user = map.get_some(fact.user);
            fact.repository = map.get_some(fact.repository);
            fact.commit = map.get_some(fact.commit);
            self.add(fact);
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The facts by time and id.
    #[must_use]
    pub fn into_sorted(self) -> Vec<ValueFact> {
        let Self { mut all, .. } = self;
        all.sort_unstable_by_key(|fact| (fact.at, fact.id));
        all
    }
}
