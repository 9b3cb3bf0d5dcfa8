//! OpenCode's database → records and events.
//!
//! - In: the tables `session`, `message` and `part`; messages and parts keep their JSON in `data`, without their ids.
//! - Out: what the same messages give in an export.
//! - Refuses: rows whose `data` is not a JSON object.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::message::{ID, add_part_events, read_message};
use crate::model::origin::{FileId, Origin};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::node::{Arena, Node};
use crate::sources::reading::sqlite::Database;
use crate::sources::transcript::session::SessionContext;
use crate::sources::{Batch, DatabaseParser};

/// Reads the messages of a database.
pub(in crate::sources) struct Messages {
    pub(in crate::sources) activity: bool,
}

impl DatabaseParser for Messages {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut sessions = HashMap::new();
        database.rows("session", &["id", "parent_id", "directory", "version"], |row| {
            let [id, parent, cwd, version] = row else { return };
            let (Some(id), parent) = (id.clone(), parent.clone().filter(|id| !id.is_empty())) else { return };
            let subagent = parent.is_some();
            let (cwd, version) = (cwd.clone(), version.clone());
            let session =
                SessionContext { id: Some(id.clone()), parent, cwd, version, subagent, ..SessionContext::default() };
            sessions.insert(id, session);
        })?;
        let mut messages: HashMap<String, (SessionContext, bool, Option<DateTime<Utc>>)> = HashMap::new();
        let unknown = SessionContext::default();
        let mut line = 0;
        database.rows("message", &["id", "session_id", "data"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            let at = Origin { file, line };
            let [Some(id), session, Some(data)] = row else { return };
            let arena = Arena::default();
            let Some(mut entries) = parse_row(&arena, data, id, at, out) else { return };
            entries.push(("sessionID", Node::Text(session.as_deref().unwrap_or_default())));
            let info = Node::Map(&entries);
            let info = Json(&info);
            let known = session.as_ref().and_then(|id| sessions.get(id)).unwrap_or(&unknown);
            marks::clear();
            let before = out.accepted();
            let session = read_message(info, known, at, out);
            if out.accepted() > before {
                out.figures.check(ID, info.0, line, false);
            }
            if self.activity {
                let user = info.text("role") == Some("user");
                messages.insert(id.clone(), (session.into_owned(), user, info.instant("time/created")));
            }
        })?;
        database.check_columns("message", &[], ID, out)?;
        database.check_columns("session", &[], ID, out)?;
        if !self.activity {
            return Ok(());
        }
        database.rows("part", &["id", "message_id", "data"], |row| {
            line += 1;
            let at = Origin { file, line };
            let [Some(id), Some(message), Some(data)] = row else { return };
            let arena = Arena::default();
            let (Some(found), Some((session, user, written))) =
                (parse_row(&arena, data, id, at, out), messages.get(message))
            else {
                return;
            };
            add_part_events(Json(&Node::Map(&found)), session, *user, *written, at, out);
        })
    }
}

/// The entries of a row's JSON, with its id added.
fn parse_row<'a>(
    arena: &'a Arena,
    data: &'a str,
    id: &'a str,
    at: Origin,
    out: &mut Batch,
) -> Option<Vec<(&'a str, Node<'a>)>> {
    match arena.read(data) {
        Ok(Node::Map(entries)) => Some([entries, &[("id", Node::Text(id))]].concat()),
        _ => {
            out.reject("bad-row", "a row of a database holds no JSON object", at.line);
            None
        }
    }
}
