//! The tables `session`, `message` and `part`; messages and parts keep their JSON in `data`, without their ids.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::{message, part};
use crate::model::origin::{FileId, Origin};
use crate::sources::session::Session;
use crate::sources::sqlite;
use crate::sources::value::{text, time};
use crate::sources::{Batch, DatabaseParser};

/// Reads the messages of a database.
pub(super) struct Messages {
    pub(super) activity: bool,
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
        let mut messages: HashMap<String, (Session, bool, Value)> = HashMap::new();
        let mut line = 0;
        base.rows("message", &["id", "session_id", "data"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            let at = Origin { file, line };
            let [Some(id), session, Some(data)] = row else { return };
            let Some(mut info) = parsed(data, id, at, out) else { return };
            info["sessionID"] = session.clone().unwrap_or_default().into();
            let known = session.as_ref().and_then(|id| sessions.get(id)).cloned().unwrap_or_default();
            let session = message(&info, &known, self.activity, at, out);
            if self.activity {
                let user = text(&info, "role") == Some("user");
                messages.insert(id.clone(), (session, user, info["time"]["created"].clone()));
            }
        })?;
        if !self.activity {
            return Ok(());
        }
        base.rows("part", &["id", "message_id", "data"], |row| {
            line += 1;
            let at = Origin { file, line };
            let [Some(id), Some(of), Some(data)] = row else { return };
            let (Some(found), Some((session, user, created))) = (parsed(data, id, at, out), messages.get(of)) else {
                return;
            };
            let created = serde_json::json!({ "created": created });
            part(&found, session, *user, time(&created, "created"), at, out);
        })
    }
}

/// The JSON of a row with its id put back in.
fn parsed(data: &str, id: &str, at: Origin, out: &mut Batch) -> Option<Value> {
    match serde_json::from_str::<Value>(data) {
        Ok(mut value) if value.is_object() => {
            value["id"] = id.into();
            Some(value)
        }
        _ => {
            out.reject("bad-row", "a row of a database holds no JSON object", at.line);
            None
        }
    }
}
