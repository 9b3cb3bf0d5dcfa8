//! Goose: the tables `sessions`, `messages` and, in newer versions, `usage_ledger` of its database. Read: goose 0513296, and 017176d
//! for the ledger.
//!
//! - In: the requests of the ledger, and the accumulated tokens of each session, which older versions have alone. Out: a record per
//!   request, a record of what a session's sums have beyond them, dated at its creation, and the prompts and tool calls of its
//!   messages.
//! - Refuses: damaged counts, and sessions without a time.

use std::collections::HashMap;
use std::io;

use chrono::{DateTime, Utc};

use crate::model::bill::Authority;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::{Database, cell};
use crate::sources::record::{Draft, INSIDE, Written, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "goose";
const COLUMNS: [&str; 11] = [
    "id",
    "created_at",
    "model_config_json",
    "provider_name",
    "accumulated_input_tokens",
    "accumulated_output_tokens",
    "working_dir",
    "accumulated_cache_read_tokens",
    "accumulated_cache_write_tokens",
    "accumulated_cost",
    "session_type",
];
const LEDGER: [&str; 9] = [
    "session_id",
    "id",
    "created_timestamp",
    "model",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cost",
];

/// The format of Goose.
#[derive(Debug)]
pub(in crate::sources) struct Goose;

impl Source for Goose {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Goose sessions (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database sessions.db, opened read-only, also while Goose runs.\n\
         Where: ~/.local/share/goose/sessions (GOOSE_PATH_ROOT).\n\
         Counted: one record per request of usage_ledger, with the tool's own cost, and one per session of what its accumulated tokens \
         have beyond them; cached input separately from input.\n\
         Set aside: sessions and requests without a token (ignored).\n\
         Lacks: branch and bill; in older versions requests, days and cached tokens (the input includes them, so the list cost is an \
         upper bound)."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let own = ["id", "created_at", "accumulated_input_tokens", "accumulated_output_tokens"];
        head.sniff_table("sessions", &own)
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Sessions))
    }
}

struct Sessions;

impl DatabaseParser for Sessions {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> io::Result<()> {
        let sessions = read_usage(database, file, out)?;
        if !out.wants_activity {
            return Ok(());
        }
        let mut blocks = Blocks::default();
        let mut line = 0;
        database.rows("messages", &["session_id", "role", "created_timestamp", "content_json"], |row| {
            line += 1;
            let [Some(session), Some(role), Some(created), Some(content)] = row else { return };
            let (arena, time) = (Arena::default(), Instant::parse(created));
            let (Some(session), Ok(content), Some(time)) = (sessions.get(session), arena.read(content), time) else {
                return;
            };
            let (id, cwd) = (Some(session.id.clone()), session.cwd.clone());
            let session = SessionContext { id, cwd, subagent: session.is_internal, ..SessionContext::default() };
            let message = Message { is_prompt: role == "user", time: time.at, at: Origin { file, line } };
            Json(&content).items("").for_each(|block| message.add_block(block, &session, &mut blocks, out));
        })
    }
}

/// A message whose content is read.
struct Message {
    is_prompt: bool,
    time: DateTime<Utc>,
    at: Origin,
}

impl Message {
    fn add_block(&self, block: Json<'_>, session: &SessionContext, blocks: &mut Blocks, out: &mut Batch) {
        let id = block.text("id").unwrap_or_default();
        match block.text("type") {
            Some("text") if self.is_prompt => {
                let prompt = out.prompt(block.text("text").unwrap_or_default());
                session.add_event("", prompt, self.time, self.at, out);
            }
            Some("toolRequest") => {
                let call = block.at("toolCall/value");
                if let Some(name) = call.text("name") {
                    blocks.begin_call(id, name, call.at("arguments").to_string());
                }
            }
            Some("toolResponse") => {
                let result = block.at("toolResult");
                // Until MCP's results had an error of their own, the value was their content.
                let output = text_of(result.get("value/content").unwrap_or(result.at("value")));
                let failed = result.text("status") == Some("error") || result.is_true("value/isError");
                blocks.end_call((id, &output, failed), session, self.time, self.at, out);
            }
            _ => {}
        }
    }
}

/// A session, for its requests.
struct Session {
    id: String,
    start: Option<Instant>,
    provider: Option<String>,
    cwd: Option<String>,
    /// Whether Goose began it by itself: for a subagent, or where nobody sees it.
    is_internal: bool,
}

/// Adds the usage of a database; returns its sessions by id.
fn read_usage(database: &Database, file: FileId, out: &mut Batch) -> io::Result<HashMap<String, Session>> {
    let mut sessions = HashMap::new();
    let mut line = 0;
    database.rows("sessions", &COLUMNS, |row| {
        line += 1;
        out.counts.lines_read += 1;
        let session = Session {
            id: cell(row, 0).unwrap_or_default().to_owned(),
            start: cell(row, 1).and_then(Instant::parse),
            provider: cell(row, 3).map(str::to_owned),
            cwd: cell(row, 6).map(str::to_owned),
            is_internal: matches!(cell(row, 10), Some("sub_agent" | "hidden")),
        };
        session.add_sums(row, Origin { file, line }, out);
        sessions.insert(session.id.clone(), session);
    })?;
    let mut line = 0;
    database.rows("usage_ledger", &LEDGER, |row| {
        line += 1;
        out.counts.lines_read += 1;
        let id = cell(row, 0).unwrap_or_default();
        add_request(row, id, sessions.get(id), Origin { file, line }, out);
    })?;
    database.check_columns("usage_ledger", &LEDGER, ID, out)?;
    // Older versions lack those of the cache and of the cost.
    database.check_columns("sessions", &COLUMNS[..7], ID, out)?;
    Ok(sessions)
}

/// Fills in the counts of a row from four columns and the cost from a fifth; the input includes what is cached.
fn fill(draft: &mut Draft, row: &[Option<String>], columns: [usize; 5]) {
    let count = |nth: usize| cell(row, columns[nth]).map_or(Count::Absent, Count::parse);
    let [input, output, cache_read, cache_write] = [0, 1, 2, 3].map(count);
    draft.tokens = Written { input, output, cache_read, cache_write, ..Written::default() }.settle(INSIDE);
    let cost = cell(row, columns[4]).map_or(Amount::Absent, |cost| Amount::parse(cost, DOLLARS));
    draft.reported_cost = cost.unless_zero();
}

impl Session {
    /// What tells it from others: sessions are numbered by day, so those of two machines may have one id.
    fn key(&self) -> RecordId {
        RecordId::of(&[ID, &self.id, &self.start.map(|start| start.at.to_rfc3339()).unwrap_or_default()])
    }

    /// Adds the sums of the session, which count for what the ledger does not have.
    fn add_sums(&self, row: &[Option<String>], at: Origin, out: &mut Batch) {
        let model: Option<serde_json::Value> = cell(row, 2).and_then(|text| serde_json::from_str(text).ok());
        let start = self.start.unwrap_or(Instant::ANY);
        let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start.at));
        fill(&mut draft, row, [4, 5, 7, 8, 9]);
        if draft.tokens.is_zero() {
            return out.ignore_record(NO_TOKENS, at);
        }
        if self.start.is_none() {
            return out.reject_record(NO_TIME, at);
        }
        draft.id = self.key();
        draft.grain = Grain::Session;
        draft.time_zone_assumed = start.zone_assumed;
        draft.model = out.names.intern_some(model.as_ref().and_then(|config| config["model_name"].as_str()));
        draft.provider = out.names.intern_some(self.provider.as_deref());
        draft.session = out.names.intern_some(Some(&self.id));
        draft.cwd = out.names.intern_some(self.cwd.as_deref());
        draft.subagent = self.is_internal;
        out.defer(draft, self.key());
    }
}

/// Adds a request of the ledger, whose session may be gone.
fn add_request(row: &[Option<String>], id: &str, session: Option<&Session>, at: Origin, out: &mut Batch) {
    let time = cell(row, 2).and_then(Instant::parse);
    let start = time.unwrap_or(Instant::ANY);
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start.at));
    fill(&mut draft, row, [4, 5, 6, 7, 8]);
    if draft.tokens.is_zero() && draft.reported_cost.is_absent() {
        return out.ignore_record(NO_TOKENS, at);
    }
    if time.is_none() {
        return out.reject_record(NO_TIME, at);
    }
    draft.id = RecordId::of(&[ID, "request", id, cell(row, 1).unwrap_or_default(), &start.at.to_rfc3339()]);
    draft.time_zone_assumed = start.zone_assumed;
    draft.request_count = Count::Known(1);
    draft.model = out.names.intern_some(cell(row, 3));
    draft.session = out.names.intern_some(Some(id));
    draft.provider = out.names.intern_some(session.and_then(|session| session.provider.as_deref()));
    draft.cwd = out.names.intern_some(session.and_then(|session| session.cwd.as_deref()));
    draft.subagent = session.is_some_and(|session| session.is_internal);
    match session {
        Some(session) => out.add_part(draft, session.key()),
        None => out.add(draft),
    }
}
