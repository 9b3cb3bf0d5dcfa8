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
use crate::sources::reading::sqlite::Database;
use crate::sources::record::{Draft, INSIDE, Sums, Written, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "goose";
const COLUMNS: [&str; 10] = [
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
        read_usage(database, file, out)?;
        if !out.wants_activity {
            return Ok(());
        }
        let mut sessions: HashMap<String, SessionContext> = HashMap::new();
        database.rows("sessions", &["id", "working_dir"], |row| {
            if let [Some(id), cwd] = row {
                let context = SessionContext { id: Some(id.clone()), cwd: cwd.clone(), ..SessionContext::default() };
                sessions.insert(id.clone(), context);
            }
        })?;
        let mut blocks = Blocks::default();
        let mut line = 0;
        database.rows("messages", &["session_id", "role", "created_timestamp", "content_json"], |row| {
            line += 1;
            let [Some(session), Some(role), Some(created), Some(content)] = row else { return };
            let (arena, time) = (Arena::default(), Instant::parse(created));
            let (Some(session), Ok(content), Some(time)) = (sessions.get(session), arena.read(content), time) else {
                return;
            };
            let message = Message { line, is_prompt: role == "user", time: time.at, at: Origin { file, line } };
            Json(&content).items("").for_each(|block| message.add_block(block, session, &mut blocks, out));
        })
    }
}

/// A message whose content is read.
struct Message {
    line: u64,
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
                session.add_event(&self.line.to_string(), prompt, self.time, self.at, out);
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
                let texts =
                    result.items("value/content").chain(result.items("value")).filter_map(|part| part.text("text"));
                let output = texts.collect::<Vec<_>>().join("\n");
                let failed = result.text("status") == Some("error") || result.is_true("value/isError");
                blocks.end_call((id, &output, failed), session, self.time, self.at, out);
            }
            _ => {}
        }
    }
}

/// A session, for its requests and its sums.
struct Session {
    start: Instant,
    provider: Option<String>,
    cwd: Option<String>,
    /// What the ledger has of it.
    counted: Sums,
}

fn read_usage(database: &Database, file: FileId, out: &mut Batch) -> io::Result<()> {
    let mut sessions: HashMap<String, Session> = HashMap::new();
    let text = |row: &[Option<String>], column: usize| row[column].clone().filter(|text| !text.is_empty());
    database.rows("sessions", &COLUMNS, |row| {
        if let (Some(id), Some(start)) = (text(row, 0), text(row, 1).as_deref().and_then(Instant::parse)) {
            let counted = Sums::default();
            sessions.insert(id, Session { start, provider: text(row, 3), cwd: text(row, 6), counted });
        }
    })?;
    let mut line = 0;
    database.rows("usage_ledger", &LEDGER, |row| {
        line += 1;
        out.counts.lines_read += 1;
        add_request(row, &mut sessions, Origin { file, line }, out);
    })?;
    let mut line = 0;
    database.rows("sessions", &COLUMNS, |row| {
        line += 1;
        out.counts.lines_read += 1;
        add_session(row, &sessions, Origin { file, line }, out);
    })?;
    database.check_columns("usage_ledger", &LEDGER, ID, out)?;
    // Older versions lack those of the cache and of the cost.
    database.check_columns("sessions", &COLUMNS[..7], ID, out)
}

/// The counts of a row from four columns and an amount from a fifth; the input includes what is cached.
fn sums_of(row: &[Option<String>], columns: [usize; 5]) -> Sums {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let [input, output, cache_read, cache_write] =
        [0, 1, 2, 3].map(|nth| cell(columns[nth]).map_or(Count::Absent, Count::parse));
    let tokens = Written { input, output, cache_read, cache_write, ..Written::default() }.settle(INSIDE);
    let cost = cell(columns[4]).map_or(Amount::Absent, |cost| Amount::parse(cost, DOLLARS));
    Sums { tokens, cost, requests: Count::Absent }
}

/// A draft of a session's usage.
fn draft(session: &Session, id: &str, sums: Sums, model: Option<&str>, at: Origin, out: &mut Batch) -> Draft {
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, session.start.at));
    draft.grain = Grain::Session;
    draft.time_zone_assumed = session.start.zone_assumed;
    draft.tokens = sums.tokens;
    draft.reported_cost = sums.cost.unless_zero();
    draft.model = out.names.intern_some(model);
    draft.provider = out.names.intern_some(session.provider.as_deref());
    draft.session = out.names.intern_some(Some(id));
    draft.cwd = out.names.intern_some(session.cwd.as_deref());
    draft
}

fn add_request(row: &[Option<String>], sessions: &mut HashMap<String, Session>, at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let sums = sums_of(row, [4, 5, 6, 7, 8]);
    if sums.tokens.is_zero() && sums.cost.unless_zero().is_absent() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let (id, number) = (cell(0).unwrap_or_default(), cell(1).unwrap_or_default());
    let (Some(session), Some(time)) = (sessions.get_mut(id), cell(2).and_then(Instant::parse)) else {
        return out.reject_record(NO_TIME, at);
    };
    session.counted.add(&sums);
    let mut draft = draft(session, id, sums, cell(3), at, out);
    draft.id = RecordId::of(&[ID, id, &session.start.at.to_rfc3339(), "request", number]);
    draft.grain = Grain::Request;
    draft.charge_period_start = time.at;
    draft.time_zone_assumed = time.zone_assumed;
    draft.request_count = Count::Known(1);
    out.add(draft);
}

fn add_session(row: &[Option<String>], sessions: &HashMap<String, Session>, at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let model: Option<serde_json::Value> = cell(2).and_then(|text| serde_json::from_str(text).ok());
    let model = model.as_ref().and_then(|config| config["model_name"].as_str());
    let sums = sums_of(row, [4, 5, 7, 8, 9]);
    let id = cell(0).unwrap_or("");
    let session = sessions.get(id);
    let is_in_ledger = session.is_some_and(|session| !session.counted.tokens.is_zero());
    let rest = if is_in_ledger { session.and_then(|session| sums.beyond(&session.counted)) } else { Some(sums) };
    let Some(sums) = rest else { return };
    if sums.tokens.is_zero() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let Some(session) = session else { return out.reject_record(NO_TIME, at) };
    let mut draft = draft(session, id, sums, model, at, out);
    // Sessions are numbered by day, so those of two machines may have one id.
    draft.id = RecordId::of(&[ID, id, &session.start.at.to_rfc3339()]);
    out.add(draft);
}
