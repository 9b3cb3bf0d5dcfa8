//! The tables `session`, `message` and `part`; messages and parts keep their JSON in `data`, without their ids.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::model::origin::{FileId, Origin};
use crate::sources::agents::opencode::{message, part};
use crate::sources::json::access::Json;
use crate::sources::json::node::{Arena, Node};
use crate::sources::reading::sqlite;
use crate::sources::transcript::session::Session;
use crate::sources::{Batch, DatabaseParser};

/// Reads the messages of a database.
pub(in crate::sources) struct Messages {
    pub(in crate::sources) activity: bool,
}

impl DatabaseParser for Messages {
    fn read(&mut self, path: &Path, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let base = sqlite::open(path)?;
        let mut sessions = HashMap::new();
        base.rows("session", &["id", "parent_id", "directory", "version"], |row| {
            let [id, parent, cwd, version] = row else { return };
            let (Some(id), parent) = (id.clone(), parent.clone().filter(|id| !id.is_empty())) else { return };
            let subagent = parent.is_some();
            let (cwd, version) = (cwd.clone(), version.clone());
            let session = Session { id: Some(id.clone()), parent, cwd, version, subagent, ..Session::default() };
            sessions.insert(id, session);
        })?;
        let mut messages: HashMap<String, (Session, bool, Option<DateTime<Utc>>)> = HashMap::new();
        let unknown = Session::default();
        let mut line = 0;
        base.rows("message", &["id", "session_id", "data"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            let at = Origin { file, line };
            let [Some(id), session, Some(data)] = row else { return };
            let arena = Arena::default();
            let Some(mut entries) = parsed(&arena, data, id, at, out) else { return };
            entries.push(("sessionID", Node::Text(session.as_deref().unwrap_or_default())));
            let info = Node::Map(&entries);
            let info = Json(&info);
            let known = session.as_ref().and_then(|id| sessions.get(id)).unwrap_or(&unknown);
            let session = message(info, known, at, out);
            if self.activity {
                let user = info.text("role") == Some("user");
                messages.insert(id.clone(), (session.into_owned(), user, info.instant("time/created")));
            }
        })?;
        if !self.activity {
            return Ok(());
        }
        base.rows("part", &["id", "message_id", "data"], |row| {
            line += 1;
            let at = Origin { file, line };
            let [Some(id), Some(of), Some(data)] = row else { return };
            let arena = Arena::default();
            let (Some(found), Some((session, user, written))) = (parsed(&arena, data, id, at, out), messages.get(of))
            else {
                return;
            };
            part(Json(&Node::Map(&found)), session, *user, *written, at, out);
        })
    }
}

/// The entries of the JSON of a row with its id put back in.
fn parsed<'a>(
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
