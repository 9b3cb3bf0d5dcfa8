//! OpenCode's database → records and events.
//!
//! - In: the tables `session`, `message` and `part`, where messages and parts keep their JSON in `data`, without their ids; from 2.0 on
//!   `session_message` and `session_v2`, whose messages have the same counts.
//! - Out: what the same messages give in an export; a record of what a session's sums have beyond its messages: titles, and messages
//!   that were deleted or undone.
//! - Refuses: rows whose `data` is not a JSON object.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::message::{ID, Steps, add_part_events, is_empty, note_part, read_message, session_usage};
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::{Map, Node};
use crate::sources::reading::sqlite::{Database, cell};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser};

const COLUMNS: [&str; 14] = [
    "id",
    "parent_id",
    "fork_session_id",
    "directory",
    "version",
    "time_created",
    "model",
    "cost",
    "tokens_input",
    "tokens_output",
    "tokens_reasoning",
    "tokens_cache_read",
    "tokens_cache_write",
    "time_updated",
];

const MESSAGE_COLUMNS: [&str; 5] = ["id", "session_id", "type", "time_created", "data"];

/// What columns say of a message: its session, its kind and when it was created.
type Columns<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// Reads the messages of a database.
pub(in crate::sources) struct Messages;

/// What is known of a message when its parts are read.
type Known = (SessionContext, bool, Option<DateTime<Utc>>);

/// A pass over the tables.
struct Pass<'a> {
    file: FileId,
    line: u64,
    sessions: HashMap<String, SessionContext>,
    /// When forks began; they do not sum what they have from before.
    forked: HashMap<String, DateTime<Utc>>,
    /// Messages by id, for the events of their parts.
    messages: HashMap<String, Known>,
    /// Answers without counts, which their parts may have.
    empty: HashMap<String, (Steps, Origin)>,
    out: &'a mut Batch,
}

impl DatabaseParser for Messages {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let (sessions, forked, messages, empty) = Default::default();
        let mut pass = Pass { file, line: 0, sessions, forked, messages, empty, out };
        let tables = ["session", "session_v2"];
        for table in tables {
            database.rows(table, &COLUMNS, |row| pass.session(row))?;
        }
        database.rows("message", &["id", "session_id", "time_created", "data"], |row| {
            let [Some(id), session, created, Some(data)] = row else { return };
            pass.message(id, (session.as_deref(), None, created.as_deref()), data);
        })?;
        database.rows("session_message", &MESSAGE_COLUMNS, |row| {
            let [Some(id), session, kind, created, Some(data)] = row else { return };
            pass.message(id, (session.as_deref(), kind.as_deref(), created.as_deref()), data);
        })?;
        if !pass.empty.is_empty() {
            database.rows("part", &["message_id", "data"], |row| {
                let [Some(message), Some(data)] = row else { return };
                pass.step(message, data);
            })?;
            for table in ["message", "session_message"] {
                database.rows(table, &MESSAGE_COLUMNS, |row| {
                    let [Some(id), session, kind, created, Some(data)] = row else { return };
                    pass.empty_message(id, (session.as_deref(), kind.as_deref(), created.as_deref()), data);
                })?;
            }
        }
        database.check_columns("message", &[], ID, pass.out)?;
        database.check_columns("session_message", &[], ID, pass.out)?;
        for table in tables {
            database.check_columns(table, &[], ID, pass.out)?;
        }
        if pass.out.wants_activity {
            database.rows("part", &["id", "message_id", "data"], |row| {
                let [Some(id), Some(message), Some(data)] = row else { return };
                pass.part(id, message, data);
            })?;
        }
        Ok(())
    }
}

impl Pass<'_> {
    fn session(&mut self, row: &[Option<String>]) {
        let text = |column: usize| row[column].clone().filter(|text| !text.is_empty());
        let (Some(id), parent) = (text(0), text(1)) else { return };
        let subagent = parent.is_some();
        let session = SessionContext {
            id: Some(id.clone()),
            parent: parent.or_else(|| text(2)),
            cwd: text(3),
            version: text(4),
            subagent,
            ..SessionContext::default()
        };
        if let Some(began) = text(2).and(text(5)).as_deref().and_then(Instant::parse) {
            self.forked.insert(id.clone(), began.at);
        }
        self.sums(row, &session);
        self.sessions.insert(id, session);
    }

    fn message(&mut self, id: &str, (session, kind, created): Columns<'_>, data: &str) {
        self.line += 1;
        self.out.counts.lines_read += 1;
        let at = Origin { file: self.file, line: self.line };
        let arena = Arena::default();
        let Some(entries) = parse_row(&arena, data, id, at, self.out) else { return };
        let entries = with_head(entries, session, kind);
        let info = Map::new(&entries);
        let info = Node::Map(&info);
        if is_empty(Json(&info)) {
            self.empty.insert(id.to_owned(), (Steps::default(), at));
        } else {
            self.read(id, Json(&info), Steps::default(), created, at);
        }
    }

    /// Reads an answer without counts, now that its parts are read.
    fn empty_message(&mut self, id: &str, (session, kind, created): Columns<'_>, data: &str) {
        let Some((steps, at)) = self.empty.remove(id) else { return };
        let arena = Arena::default();
        let Some(entries) = parse_row(&arena, data, id, at, self.out) else { return };
        let entries = with_head(entries, session, kind);
        self.read(id, Json(&Node::Map(&Map::new(&entries))), steps, created, at);
    }

    fn read(&mut self, id: &str, info: Json<'_>, steps: Steps, created: Option<&str>, at: Origin) {
        let unknown = SessionContext::default();
        let session = info.text("sessionID");
        let known = session.and_then(|id| self.sessions.get(id)).unwrap_or(&unknown);
        marks::clear();
        let (before, rejected) = (self.out.accepted(), self.out.counts.rejected);
        // Only a message without a time of its own needs that of its row.
        let created =
            if info.has("time/created") { None } else { created.and_then(Instant::parse).map(|time| time.at) };
        let context = read_message(info, steps, known, created, at, self.out);
        let is_accepted = self.out.accepted() > before;
        if is_accepted {
            self.out.figures.check(ID, info.0, at.line, false);
        }
        let written = info.instant("time/created").or(created);
        if let Some(session) = session.filter(|_| is_accepted || self.out.counts.rejected > rejected) {
            let is_before = |began: &DateTime<Utc>| written.is_some_and(|written| written < *began);
            if !is_accepted || !steps.is_empty() {
                // Its counts are not those that the sums have, or are damaged, and the sums have the sound ones again.
                self.out.pending.resolve(session_usage(session));
                self.out.pending.resolve(RecordId::of(&[ID, id]));
            } else if !self.forked.get(session).is_some_and(is_before) {
                note_part(session, info, written, self.out);
            }
        }
        if self.out.wants_activity {
            let user = info.text("role") == Some("user");
            self.messages.insert(id.to_owned(), (context.into_owned(), user, written));
        }
    }

    fn step(&mut self, message: &str, data: &str) {
        let Some((steps, _)) = self.empty.get_mut(message) else { return };
        if data.contains("step-finish")
            && let Ok(part) = Arena::default().read(data)
        {
            steps.add(Json(&part));
        }
    }

    /// Adds the sums of a session, which count for what its messages do not have.
    fn sums(&mut self, row: &[Option<String>], session: &SessionContext) {
        let count = |column: usize| cell(row, column).map_or(Count::Absent, Count::parse);
        let tokens = DraftTokens {
            input: count(8),
            output: count(9).plus(count(10)),
            reasoning: count(10),
            cache_read: count(11),
            cache_write_unspecified: count(12),
            ..DraftTokens::default()
        };
        if tokens.is_zero() {
            return;
        }
        let at = Origin { file: self.file, line: self.line };
        let id = session.id.as_deref().unwrap_or_default();
        let Some(time) = cell(row, 13).or(cell(row, 5)).and_then(Instant::parse) else {
            return self.out.reject_record(NO_TIME, at);
        };
        let mut draft = session.request_draft(ID, RecordId::of(&[ID, "sums", id]), at, time.at, self.out);
        draft.tokens = tokens;
        draft.grain = Grain::Session;
        draft.request_count = Count::Absent;
        draft.reported_cost = cell(row, 7).map_or(Amount::Absent, |cost| Amount::parse(cost, DOLLARS));
        let arena = Arena::default();
        if let Some(Ok(model)) = cell(row, 6).map(|model| arena.read(model)) {
            draft.model = self.out.names.intern_some(Json(&model).text("id"));
            draft.provider = self.out.names.intern_some(Json(&model).text("providerID"));
        }
        self.out.defer(draft, session_usage(id));
    }

    fn part(&mut self, id: &str, message: &str, data: &str) {
        self.line += 1;
        let at = Origin { file: self.file, line: self.line };
        let arena = Arena::default();
        let (Some(found), Some((session, user, written))) =
            (parse_row(&arena, data, id, at, self.out), self.messages.get(message))
        else {
            return;
        };
        add_part_events(Json(&Node::Map(&Map::new(&found))), session, *user, *written, at, self.out);
    }
}

/// The entries of a message with what columns say of it.
fn with_head<'a>(
    mut entries: Vec<(&'a str, Node<'a>)>,
    session: Option<&'a str>,
    kind: Option<&'a str>,
) -> Vec<(&'a str, Node<'a>)> {
    entries.push(("sessionID", Node::Text(session.unwrap_or_default())));
    entries.extend(kind.map(|kind| ("role", Node::Text(kind))));
    entries
}

/// How many entries columns add to a message.
const ADDED: usize = 3;

/// The entries of a row's JSON, with its id added.
fn parse_row<'a>(
    arena: &'a Arena,
    data: &'a str,
    id: &'a str,
    at: Origin,
    out: &mut Batch,
) -> Option<Vec<(&'a str, Node<'a>)>> {
    match arena.read(data) {
        Ok(Node::Map(entries)) => {
            let mut all = Vec::with_capacity(entries.len() + ADDED);
            all.extend_from_slice(entries);
            all.push(("id", Node::Text(id)));
            Some(all)
        }
        _ => {
            out.reject("bad-row", "a row of a database holds no JSON object", at.line);
            None
        }
    }
}
