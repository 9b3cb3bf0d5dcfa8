//! What one session did, gathered from its records and events.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::ledger::Spent;
use crate::model::activity::{Event, What};
use crate::model::name::{Name, Names};

/// One edit of a session.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) at: DateTime<Utc>,
    pub(super) path: Name,
    /// Hashes of the added lines.
    pub(super) added: Vec<u64>,
}

/// A pull request that a session opened or acted on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull {
    pub(super) at: DateTime<Utc>,
    pub(super) number: u64,
    pub(super) repository: Option<Name>,
    /// Whether it opened it, or its log ties it to it.
    pub(super) opened: bool,
}

/// What one session did, in order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct SessionFacts {
    pub(super) id: String,
    pub(super) parent: Option<Name>,
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
    pub(super) edits: Vec<Edit>,
    /// Hashes that commit commands printed.
    pub(super) printed: Vec<(DateTime<Utc>, Name)>,
    pub(super) pulls: Vec<Pull>,
    /// Changes of the checked-out branch: when, and to which.
    pub(super) branches: Vec<(DateTime<Utc>, Name)>,
    /// Compactions and clears.
    pub(super) breaks: Vec<DateTime<Utc>>,
    /// Instants of its requests and edits.
    pub(super) active: Vec<DateTime<Utc>>,
    /// One of its records sums an hour or more, so its times say little.
    pub(super) coarse: bool,
    /// Tags of its requests.
    pub(super) tags: Vec<(DateTime<Utc>, Name)>,
    /// Who used it, as the first record with a user names them.
    pub(super) user: Option<Name>,
    /// Working directories.
    pub(super) folders: HashSet<Name>,
    /// Indexes of its records.
    pub(super) records: Vec<usize>,
}

impl SessionFacts {
    /// Adds an event of the session.
    pub(super) fn add(&mut self, event: &Event) {
        self.extend_to(event.at);
        self.folders.extend(event.cwd);
        self.add_branch(event.at, event.branch);
        match &event.what {
            What::Edit { path, added, .. } => self.edits.push(Edit { at: event.at, path: *path, added: added.clone() }),
            What::Commit { sha } => self.printed.push((event.at, *sha)),
            What::PullRequest { number, repository, opened } => {
                self.pulls.push(Pull { at: event.at, number: *number, repository: *repository, opened: *opened });
            }
            What::Compaction => self.breaks.push(event.at),
            What::Prompt { .. } | What::Tool { .. } | What::Result { .. } => {}
        }
    }

    /// Adds a record of the session; `index` is its position among the records.
    fn add_record(&mut self, index: usize, record: &Spent) {
        self.tags.extend(record.tag.map(|tag| (record.at, tag)));
        self.user = self.user.or(record.user);
        self.extend_to(record.at);
        self.active.push(record.at);
        self.coarse |= record.coarse;
        self.add_branch(record.at, record.branch.filter(|_| !record.subagent));
        self.parent = self.parent.or(record.parent_session);
        self.folders.extend(record.cwd);
        self.records.push(index);
    }

    fn extend_to(&mut self, at: DateTime<Utc>) {
        let is_new = self.first == DateTime::<Utc>::default();
        self.first = if is_new { at } else { self.first.min(at) };
        self.last = self.last.max(at);
    }

    fn add_branch(&mut self, at: DateTime<Utc>, branch: Option<Name>) {
        self.branches.extend(branch.map(|branch| (at, branch)));
    }

    /// Sorts everything by time and keeps only changes of the branch.
    pub(super) fn sort(&mut self) {
        self.edits.sort_by_key(|edit| edit.at);
        self.printed.sort_by_key(|printed| printed.0);
        self.printed.dedup_by_key(|printed| printed.1);
        self.pulls.sort_by_key(|pull| (pull.at, pull.number));
        self.branches.sort_by_key(|branch| branch.0);
        self.branches.dedup_by_key(|(_, branch)| *branch);
        self.breaks.sort();
        self.active.extend(self.edits.iter().map(|edit| edit.at));
        self.active.sort();
    }

    /// The branch checked out at an instant.
    pub(super) fn branch_at(&self, at: DateTime<Utc>) -> Option<Name> {
        let after = self.branches.partition_point(|(from, _)| *from <= at);
        self.branches.get(after.saturating_sub(1)).map(|(_, branch)| *branch)
    }
}

/// What groups records into sessions: the session, else the tag of the request.
pub(super) fn key(record: &Spent) -> Option<Name> {
    record.session.or(record.tag)
}

/// The sessions of records and events, sorted by id, and their indexes by name.
pub(super) fn collect(records: &[Spent], events: &[Event], names: &Names) -> (Vec<SessionFacts>, HashMap<Name, usize>) {
    let mut found: BTreeMap<&str, (Name, SessionFacts)> = BTreeMap::new();
    let new = |name: Name| (name, SessionFacts { id: names.text(name).to_owned(), ..SessionFacts::default() });
    for (index, record) in records.iter().enumerate() {
        let Some(name) = key(record) else { continue };
        found.entry(names.text(name)).or_insert_with(|| new(name)).1.add_record(index, record);
    }
    for event in events {
        let Some(name) = event.session else { continue };
        found.entry(names.text(name)).or_insert_with(|| new(name)).1.add(event);
    }
    let mut sessions = Vec::with_capacity(found.len());
    let mut by_name = HashMap::new();
    for (name, mut session) in found.into_values() {
        session.sort();
        by_name.insert(name, sessions.len());
        sessions.push(session);
    }
    (sessions, by_name)
}
