//! Hermes: the tables `sessions` and, in newer versions, `session_model_usage` of its database.
//!
//! - In: the sums of each session, by model and task where `session_model_usage` has them; requests and days are not stored. Read:
//!   hermes-agent 0ebb046. Out: a record per session, model and task, and of what a session's sums have beyond them, dated at the
//!   session's start.
//! - Refuses: damaged counts, and sessions without a time.
//!
//! Traps: the gateway writes the sums of a session alone, so rows by model may be of other tasks or a part of them. The sums have
//! what the tasks of a turn used, but not what auxiliary tasks did, such as titles and compressions.
//!
//! Input excludes everything cached. Whether reasoning is in the output is not stated, so it is taken for a part of it.

use chrono::{DateTime, Utc};
use std::collections::HashMap;

use crate::model::bill::Authority;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::record::{Draft, DraftTokens, Sums, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "hermes";
const SESSIONS: [&str; 14] = [
    "id",
    "model",
    "billing_provider",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "actual_cost_usd",
    "estimated_cost_usd",
    "api_call_count",
    "started_at",
    "cwd",
    "git_repo_root",
];
const MODELS: [&str; 14] = [
    "session_id",
    "model",
    "billing_provider",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "actual_cost_usd",
    "estimated_cost_usd",
    "api_call_count",
    "task",
    "billing_base_url",
    "billing_mode",
];
/// Tasks that are a part of a turn, so that the session's sums have them; nothing names the main one.
const OF_TURNS: [&str; 2] = ["", "voice_chat"];

/// The format of Hermes.
#[derive(Debug)]
pub(in crate::sources) struct Hermes;

impl Source for Hermes {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Hermes sessions (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database state.db of a profile, opened read-only, also while Hermes runs.\n\
         Where: ~/.hermes (HERMES_HOME).\n\
         Counted: one record per session, model and task, and one of what the session's sums have beyond them, in their newest state, \
         with the tool's own cost.\n\
         Set aside: sessions without a token (ignored).\n\
         Lacks: requests, days, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        // Databases of early versions have no columns for the cache.
        head.sniff_table("sessions", &["id", "model", "started_at", "input_tokens", "output_tokens"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Sessions))
    }
}

struct Sessions;

/// What is known of a session besides its sums.
struct Known {
    start: Option<DateTime<Utc>>,
    cwd: Option<String>,
}

impl DatabaseParser for Sessions {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut sessions: HashMap<String, Known> = HashMap::new();
        database.rows("sessions", &SESSIONS, |row| {
            let text = |column: usize| row[column].clone().filter(|text| !text.is_empty());
            let start = text(11).and_then(|text| Instant::parse(&text)).map(|start| start.at);
            sessions.insert(text(0).unwrap_or_default(), Known { start, cwd: text(12).or_else(|| text(13)) });
        })?;
        let mut by_model: HashMap<String, Sums> = HashMap::new();
        let mut line = 0;
        database.rows("session_model_usage", &MODELS, |row| {
            line += 1;
            let id = row[0].as_deref().unwrap_or_default();
            let sums = sums_of(row);
            let counted = by_model.entry(id.to_owned()).or_default();
            if OF_TURNS.contains(&row[11].as_deref().unwrap_or_default()) {
                counted.add(&sums);
            }
            add_sums(row, sums, &row[11..], sessions.get(id), Origin { file, line }, out);
        })?;
        database.rows("sessions", &SESSIONS, |row| {
            line += 1;
            let (id, at) = (row[0].as_deref().unwrap_or_default(), Origin { file, line });
            let sums = sums_of(row);
            match by_model.get(id) {
                None => add_sums(row, sums, &[], sessions.get(id), at, out),
                Some(counted) => {
                    if let Some(rest) = sums.beyond(counted) {
                        add_sums(row, rest, &[Some("rest".to_owned())], sessions.get(id), at, out);
                    }
                }
            }
        })?;
        database.check_columns("session_model_usage", &MODELS, ID, out)?;
        database.check_columns("sessions", &SESSIONS, ID, out)
    }
}

/// The sums of a row.
fn sums_of(row: &[Option<String>]) -> Sums {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let count = |column: usize| cell(column).map_or(Count::Absent, Count::parse);
    let output = count(4);
    let tokens = DraftTokens {
        input: count(3),
        output,
        cache_read: count(5),
        cache_write_unspecified: count(6),
        reasoning: count(7).at_most(output),
        ..DraftTokens::default()
    };
    let cost = [8, 9]
        .map(|column| cell(column).map_or(Amount::Absent, |cost| Amount::parse(cost, DOLLARS)).unless_zero())
        .into_iter()
        .find(|cost| !cost.is_absent())
        .unwrap_or_default();
    Sums { tokens, cost, requests: count(10).unless_zero() }
}

/// Adds sums of a session, which `apart` tells from its others.
fn add_sums(
    row: &[Option<String>],
    sums: Sums,
    apart: &[Option<String>],
    known: Option<&Known>,
    at: Origin,
    out: &mut Batch,
) {
    out.counts.lines_read += 1;
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    if sums.tokens.is_zero() && sums.cost.is_absent() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let Some(start) = known.and_then(|known| known.start) else { return out.reject_record(NO_TIME, at) };
    let [id, model] = [0, 1].map(|column| cell(column).unwrap_or_default());
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start));
    let time = start.to_rfc3339();
    let mut key = vec![ID, id, model, cell(2).unwrap_or_default(), &time];
    key.extend(apart.iter().flatten().map(String::as_str).filter(|text| !text.is_empty()));
    draft.id = RecordId::of(&key);
    draft.grain = Grain::Session;
    draft.tokens = sums.tokens;
    draft.request_count = sums.requests;
    draft.reported_cost = sums.cost;
    draft.model = out.names.intern_some(cell(1));
    draft.provider = out.names.intern_some(cell(2));
    draft.session = out.names.intern_some(Some(id));
    draft.cwd = out.names.intern_some(known.and_then(|known| known.cwd.as_deref()));
    out.add(draft);
}
