//! Crush: the tables `sessions` and `messages` of `crush.db`. Read: crush 0373c96.
//!
//! - In: the cost of each session, a sum by the tool's own prices. Its token columns hold the last request's context instead of
//!   a sum, so they are not read. Out: a record per session with a cost, and the prompts and tool calls of
//!   all sessions.
//! - Refuses: damaged amounts, and sessions without a time; ignores sessions without a cost.

use std::collections::HashSet;
use std::io;

use chrono::{DateTime, Utc};

use crate::model::bill::Authority;
use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::reading::table_reader::TableReader;
use crate::sources::record::{Draft, blank};
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "crush";
const COLUMNS: [&str; 5] = ["id", "parent_session_id", "created_at", "updated_at", "cost"];

/// The format of Crush.
#[derive(Debug)]
pub(in crate::sources) struct Crush;

impl Source for Crush {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Crush sessions (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database .crush/crush.db of a project, opened read-only.\n\
         Where: .crush in each project; no default folder is searched.\n\
         Counted: one record per session with the tool's own cost. prompt_tokens and completion_tokens hold the last \
         request instead of a sum, so no token is counted, and sessions are unpriced at list prices.\n\
         Set aside: sessions without a cost (ignored); the session of a task is part of its parent's cost (ignored).\n\
         Lacks: tokens, requests, days, folder, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let own = ["id", "parent_session_id", "completion_tokens", "message_count", "cost", "created_at"];
        head.sniff_table("sessions", &own)
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Sessions))
    }
}

struct Sessions;

impl DatabaseParser for Sessions {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> io::Result<()> {
        TableReader { format: ID, table: "sessions", columns: &COLUMNS, add: add_session }.read(database, file, out)?;
        if !out.wants_activity {
            return Ok(());
        }
        let mut children = HashSet::new();
        database.rows("sessions", &["id", "parent_session_id"], |row| {
            if let [Some(id), Some(_)] = row {
                children.insert(id.clone());
            }
        })?;
        let mut blocks = Blocks::default();
        let mut line = 0;
        database.rows("messages", &["id", "session_id", "role", "created_at", "parts"], |row| {
            line += 1;
            let [Some(id), Some(session), Some(role), Some(created), Some(parts)] = row else { return };
            let (arena, time) = (Arena::default(), Instant::parse(created));
            let (Ok(parts), Some(time)) = (arena.read(parts), time) else { return };
            let context = SessionContext {
                id: Some(session.clone()),
                subagent: children.contains(session),
                ..SessionContext::default()
            };
            let message = Message { id, is_prompt: role == "user", time: time.at, at: Origin { file, line } };
            Json(&parts).items("").for_each(|part| message.add_part(part, &context, &mut blocks, out));
        })
    }
}

/// A message whose parts are read.
struct Message<'a> {
    id: &'a str,
    is_prompt: bool,
    time: DateTime<Utc>,
    at: Origin,
}

impl Message<'_> {
    fn add_part(&self, part: Json<'_>, session: &SessionContext, blocks: &mut Blocks, out: &mut Batch) {
        let data = part.at("data");
        match part.text("type") {
            Some("text") if self.is_prompt && !data.is_true("hidden") => {
                let prompt = out.prompt(data.text("text").unwrap_or_default());
                session.add_event(self.id, prompt, self.time, self.at, out);
            }
            Some("tool_call") => {
                if let (Some(id), Some(name)) = (data.text("id"), data.text("name")) {
                    blocks.begin_call(id, name, data.text("input").unwrap_or_default().to_owned());
                }
            }
            Some("tool_result") => {
                let result = (
                    data.text("tool_call_id").unwrap_or_default(),
                    data.text("content").unwrap_or_default(),
                    data.is_true("is_error"),
                );
                blocks.end_call(result, session, self.time, self.at, out);
            }
            _ => {}
        }
    }
}

fn add_session(row: &[Option<String>], at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let cost = Amount::parse(cell(4).unwrap_or("0"), DOLLARS);
    if cost == Amount::Known(Money::ZERO) || cell(1).is_some() {
        return out.ignore("no-cost", "a session without a cost of its own was not billed", at.line);
    }
    let Some(start) = cell(2).and_then(Instant::parse) else { return out.reject_record(NO_TIME, at) };
    let id = cell(0).unwrap_or("");
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start.at));
    draft.id = RecordId::of(&[ID, id]);
    draft.grain = Grain::Session;
    draft.reported_cost = cost;
    draft.bill.revised_at = cell(3).and_then(Instant::parse).map(|updated| updated.at);
    draft.session = out.names.intern_some(Some(id));
    out.add(draft);
}
