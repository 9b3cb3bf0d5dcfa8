//! The sessions that may be copies or originals, with their records in order.

use crate::model::bill::Authority;
use crate::model::name::Name;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, TokenCounts, UsageRecord};

/// What a record and its copy share besides the time: agent, model and all counts.
pub(super) type Content = (&'static str, Option<u32>, [Option<u64>; 7]);

/// The content of a record.
pub(super) fn content(record: &UsageRecord) -> Content {
    let TokenCounts { input, cache_read, cache_write_5m, cache_write_1h, cache_write_unspecified, output, reasoning } =
        record.tokens;
    let counts = [input, cache_read, cache_write_5m, cache_write_1h, cache_write_unspecified, output, reasoning];
    (record.source, record.model.map(Name::code), counts)
}

/// Whether a record is a request or a session that an agent logged, with something to compare.
pub(super) fn is_comparable(record: &UsageRecord) -> bool {
    record.session.is_some()
        && record.bill.authority == Authority::Transcript
        && record.grain <= Grain::Session
        && record.source != "generic"
        && record.tokens.total() > 0
}

/// One session of one agent.
pub(super) struct Session {
    source: &'static str,
    pub(super) parent: Option<Name>,
    /// Its records in the order in which they were made.
    pub(super) records: Vec<usize>,
    first: Origin,
}

impl Session {
    /// Originals rank before copies: what names no parent first, then the order of inputs.
    pub(super) fn rank(&self) -> (bool, Origin) {
        (self.parent.is_some(), self.first)
    }

    pub(super) fn is_subagent(&self, records: &[UsageRecord]) -> bool {
        self.records.iter().all(|at| records[*at].subagent)
    }
}

/// Some of the sessions of a run: those with records that are asked for, those that name a parent, and their parents.
pub(super) struct Sessions<'a> {
    pub(super) records: &'a [UsageRecord],
    pub(super) all: Vec<Session>,
    /// One more than the index of a session, by the code of its name; zero for others. A table, for it is asked for each record.
    by_name: Vec<usize>,
}

impl<'a> Sessions<'a> {
    pub(super) fn new(records: &'a [UsageRecord], asked_for: impl Iterator<Item = usize>) -> Self {
        let mut sessions = Self { records, all: Vec::new(), by_name: Vec::new() };
        asked_for.for_each(|at| sessions.include(&records[at], records[at].session));
        for record in records.iter().filter(|record| record.parent_session.is_some()) {
            sessions.include(record, record.session);
            sessions.include(record, record.parent_session);
        }
        for (at, record) in records.iter().enumerate() {
            let Some(session) = sessions.of(at).filter(|_| is_comparable(record)) else { continue };
            let session = &mut sessions.all[session];
            session.parent = session.parent.or(record.parent_session);
            session.first = session.first.min(record.origin);
            session.records.push(at);
        }
        for session in &mut sessions.all {
            session.records.sort_unstable_by_key(|at| (records[*at].charge_period_start, records[*at].origin));
        }
        sessions
    }

    fn include(&mut self, record: &UsageRecord, name: Option<Name>) {
        let Some(code) = name.map(|name| name.code() as usize) else { return };
        if self.by_name.len() <= code {
            self.by_name.resize(code + 1, 0);
        }
        if self.by_name[code] == 0 {
            self.all.push(Session { source: record.source, parent: None, records: Vec::new(), first: record.origin });
            self.by_name[code] = self.all.len();
        }
    }

    fn index(&self, name: Name) -> Option<usize> {
        self.by_name.get(name.code() as usize)?.checked_sub(1)
    }

    /// The session of a record.
    pub(super) fn of(&self, at: usize) -> Option<usize> {
        let record = &self.records[at];
        self.index(record.session?).filter(|session| self.all[*session].source == record.source)
    }

    /// The session with a name, if it has records.
    pub(super) fn find(&self, name: Name) -> Option<usize> {
        self.index(name).filter(|session| !self.all[*session].records.is_empty())
    }

    pub(super) fn content(&self, at: usize) -> Content {
        content(&self.records[at])
    }
}
