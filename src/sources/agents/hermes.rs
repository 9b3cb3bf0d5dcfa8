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
use crate::sources::reading::sqlite::{Database, cell};
use crate::sources::record::{Draft, DraftTokens, blank};
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
        let mut line = 0;
        // Sums count for what is beyond the rows of models, which early versions do not have.
        database.rows("sessions", &SESSIONS, |row| {
            line += 1;
            out.counts.lines_read += 1;
            let start = cell(row, 11).and_then(Instant::parse).map(|start| start.at);
            let cwd = cell(row, 12).or_else(|| cell(row, 13)).map(str::to_owned);
            let (id, known) = (cell(row, 0).unwrap_or_default(), Known { start, cwd });
            if let Some(draft) = draft(row, &["sums"], Some(&known), Origin { file, line }, out) {
                out.defer(draft, session_usage(id, &known));
            }
            sessions.insert(id.to_owned(), known);
        })?;
        database.rows("session_model_usage", &MODELS, |row| {
            line += 1;
            out.counts.lines_read += 1;
            let id = cell(row, 0).unwrap_or_default();
            let known = sessions.get(id);
            let apart = [11, 12, 13].map(|column| cell(row, column).unwrap_or_default());
            let Some(draft) = draft(row, &apart, known, Origin { file, line }, out) else { return };
            match known.filter(|_| OF_TURNS.contains(&apart[0])) {
                Some(known) => out.add_part(draft, session_usage(id, known)),
                None => out.add(draft),
            }
        })?;
        database.check_columns("session_model_usage", &MODELS, ID, out)?;
        database.check_columns("sessions", &SESSIONS, ID, out)
    }
}

/// The usage of a session.
fn session_usage(id: &str, known: &Known) -> RecordId {
    RecordId::of(&[ID, "session", id, &known.start.map(|start| start.to_rfc3339()).unwrap_or_default()])
}

/// A draft of a row's usage, which `apart` tells from others of its session; none if the row is set aside or refused.
fn draft(row: &[Option<String>], apart: &[&str], known: Option<&Known>, at: Origin, out: &mut Batch) -> Option<Draft> {
    let count = |column: usize| cell(row, column).map_or(Count::Absent, Count::parse);
    let output = count(4);
    let tokens = DraftTokens {
        input: count(3),
        output,
        cache_read: count(5),
        cache_write_unspecified: count(6),
        reasoning: count(7).at_most(output),
        ..DraftTokens::default()
    };
    let dollars = |column: usize| cell(row, column).map_or(Amount::Absent, |cost| Amount::parse(cost, DOLLARS));
    let cost = dollars(8).unless_zero().or_else(|| dollars(9).unless_zero());
    if tokens.is_zero() && cost.is_absent() {
        out.ignore_record(NO_TOKENS, at);
        return None;
    }
    let Some(start) = known.and_then(|known| known.start) else {
        out.reject_record(NO_TIME, at);
        return None;
    };
    let [id, model, provider] = [0, 1, 2].map(|column| cell(row, column).unwrap_or_default());
    let mut draft = Draft::new(blank(ID, Authority::Transcript, at, start));
    let time = start.to_rfc3339();
    let apart = apart.iter().copied().filter(|part| !part.is_empty());
    draft.id = RecordId::of_each([ID, id, model, provider, &time].into_iter().chain(apart));
    draft.grain = Grain::Session;
    draft.tokens = tokens;
    draft.request_count = count(10).unless_zero();
    draft.reported_cost = cost;
    draft.model = out.names.intern_some(cell(row, 1));
    draft.provider = out.names.intern_some(cell(row, 2));
    draft.session = out.names.intern_some(Some(id));
    draft.cwd = out.names.intern_some(known.and_then(|known| known.cwd.as_deref()));
    Some(draft)
}
