//! OpenClaw's database: the table `transcript_events`, whose rows hold the lines of all sessions of an agent.
//!
//! - Out: what the same lines give in a file, under the same ids. Refuses: rows whose `event_json` is not a JSON object.

use std::collections::HashMap;

use super::{ID, Log};
use crate::model::origin::{FileId, Origin};
use crate::sources::figures::marks;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::node::Node;
use crate::sources::json::reader::ValueReader;
use crate::sources::reading::sqlite::Database;
use crate::sources::transcript::session::SessionContext;
use crate::sources::{Batch, DatabaseParser};

const TABLE: &str = "transcript_events";

/// Reads the events of a database.
pub(super) struct Events;

impl DatabaseParser for Events {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut sessions: HashMap<String, Log> = HashMap::new();
        let mut line = 0;
        database.rows(TABLE, &["session_id", "event_json"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            let [session, Some(event)] = row else { return };
            let arena = Arena::default();
            let Some(event @ Node::Map(_)) = arena.read(event).ok() else {
                return out.reject("bad-row", "a row of a database holds no JSON object", line);
            };
            let session = session.clone().unwrap_or_default();
            let log = sessions.entry(session.clone()).or_insert_with(|| Log {
                session: SessionContext { id: Some(session), ..SessionContext::default() },
                ..Log::default()
            });
            marks::clear();
            let (before, ignored) = (out.accepted(), out.counts.ignored);
            log.value(Json(&event), &arena, Origin { file, line }, out);
            if out.accepted() > before || out.counts.ignored > ignored {
                out.figures.check(ID, &event, line, false);
            }
        })?;
        database.check_columns(TABLE, &[], ID, out)
    }
}
