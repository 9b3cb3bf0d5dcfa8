//! Goose: the tables `sessions` and `messages` of its database. Read: goose 0513296.
//!
//! - In: the accumulated tokens of each session; requests and days are not stored. Out: a record per session, dated at its
//!   creation, and the prompts and tool calls of its messages.
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
use crate::sources::reading::table_reader::TableReader;
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::Blocks;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "goose";
const COLUMNS: [&str; 7] = [
    "id",
    "created_at",
    "model_config_json",
    "provider_name",
    "accumulated_input_tokens",
    "accumulated_output_tokens",
    "working_dir",
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
         Counted: one record per session, from its accumulated tokens in their newest state.\n\
         Set aside: sessions without a token (ignored).\n\
         Lacks: requests, days, cached tokens (the input includes them, so the list cost is an upper bound), branch and bill."
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
        TableReader { format: ID, table: "sessions", columns: &COLUMNS, add: add_session }.read(database, file, out)?;
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

fn add_session(row: &[Option<String>], at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let model: Option<serde_json::Value> = cell(2).and_then(|text| serde_json::from_str(text).ok());
    let model = model.as_ref().and_then(|config| config["model_name"].as_str());
    let count = |column: usize| cell(column).map_or(Count::Absent, Count::parse);
    let tokens = DraftTokens { input: count(4), output: count(5), ..DraftTokens::default() };
    if tokens.is_zero() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let Some(start) = cell(1).and_then(Instant::parse) else { return out.reject_record(NO_TIME, at) };
    let id = cell(0).unwrap_or("");
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start.at));
    // Sessions are numbered by day, so those of two machines may have one id.
    draft.id = RecordId::of(&[ID, id, &start.at.to_rfc3339()]);
    draft.grain = Grain::Session;
    draft.time_zone_assumed = start.zone_assumed;
    draft.tokens = tokens;
    draft.model = out.names.intern_some(model);
    draft.provider = out.names.intern_some(cell(3));
    draft.session = out.names.intern_some(Some(id));
    draft.cwd = out.names.intern_some(cell(6));
    out.add(draft);
}
