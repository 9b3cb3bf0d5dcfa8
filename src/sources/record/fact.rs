//! A fact of the value side while a format fills it.

use chrono::{DateTime, Utc};

use crate::model::name::Name;
use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::model::value_fact::ValueFact;
use crate::sources::rejection::{BAD_COUNT, Rejection};
use crate::sources::values::count::Count;

/// A [`ValueFact`] whose counts may still be damaged.
pub(in crate::sources) struct FactDraft {
    id: RecordId,
    origin: Origin,
    at: DateTime<Utc>,
    pub(in crate::sources) source: &'static str,
    pub(in crate::sources) user: Option<Name>,
    pub(in crate::sources) repository: Option<Name>,
    pub(in crate::sources) commit: Option<Name>,
    pub(in crate::sources) lines_added: Count,
    pub(in crate::sources) lines_removed: Count,
    pub(in crate::sources) ai_lines_tab: Count,
    pub(in crate::sources) ai_lines_agent: Count,
    pub(in crate::sources) non_ai_lines: Count,
    pub(in crate::sources) sessions: Count,
    pub(in crate::sources) commits: Count,
    pub(in crate::sources) pull_requests: Count,
    pub(in crate::sources) accepts: Count,
    pub(in crate::sources) rejects: Count,
}

impl FactDraft {
    /// A fact without any count, known by the parts of its key.
    pub(in crate::sources) fn new(source: &'static str, key: &[&str], origin: Origin, at: DateTime<Utc>) -> Self {
        Self {
            id: RecordId::of_each(std::iter::once(source).chain(key.iter().copied())),
            origin,
            at,
            source,
            user: None,
            repository: None,
            commit: None,
            lines_added: Count::Absent,
            lines_removed: Count::Absent,
            ai_lines_tab: Count::Absent,
            ai_lines_agent: Count::Absent,
            non_ai_lines: Count::Absent,
            sessions: Count::Absent,
            commits: Count::Absent,
            pull_requests: Count::Absent,
            accepts: Count::Absent,
            rejects: Count::Absent,
        }
    }

    /// The fact, unless one of its counts is damaged.
    pub(in crate::sources) fn finish(self) -> Result<ValueFact, Rejection> {
        Ok(ValueFact {
            id: self.id,
            origin: self.origin,
            source: self.source,
            at: self.at,
            user: self.user,
            repository: self.repository,
            commit: self.commit,
            lines_added: self.lines_added.or_reject(BAD_COUNT)?,
            lines_removed: self.lines_removed.or_reject(BAD_COUNT)?,
            ai_lines_tab: self.ai_lines_tab.or_reject(BAD_COUNT)?,
            ai_lines_agent: self.ai_lines_agent.or_reject(BAD_COUNT)?,
            non_ai_lines: self.non_ai_lines.or_reject(BAD_COUNT)?,
            sessions: self.sessions.or_reject(BAD_COUNT)?,
            commits: self.commits.or_reject(BAD_COUNT)?,
            pull_requests: self.pull_requests.or_reject(BAD_COUNT)?,
            accepts: self.accepts.or_reject(BAD_COUNT)?,
            rejects: self.rejects.or_reject(BAD_COUNT)?,
        })
    }
}
