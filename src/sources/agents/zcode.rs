//! ZCode: the tables `model_usage` and `session` of its database.
//!
//! - In: a row per request. The shape is that of the database of version 0.14.8, as codeburn (ed8fa3a) and tokscale (180df2a) read it.
//!   Out: a record per row.
//! - Refuses: damaged counts, and rows without a time.
//!
//! Traps:
//! - `input_tokens` includes what was read from and written to a cache, and `output_tokens` reasoning.
//! - The database has the tables of OpenCode as well, from which ZCode grew; its messages have no counts.
//! - A session that was forked has copies of the rows under new ids. Both times, the model and all counts tell a request from others.

use std::collections::HashMap;

use crate::model::origin::{FileId, Origin};
use crate::model::usage::RecordId;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "zcode";
const TABLE: &str = "model_usage";
const COLUMNS: [&str; 11] = [
    "id",
    "session_id",
    "model_id",
    "started_at",
    "completed_at",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    // Last, for older versions lack it.
    "computed_total_tokens",
];

/// The format of ZCode.
#[derive(Debug)]
pub(in crate::sources) struct ZCode;

impl Source for ZCode {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "ZCode requests (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database db.sqlite, opened read-only, also while ZCode runs; as of version 0.14.8.\n\
         Where: ~/.zcode/cli/db.\n\
         Counted: one record per request; cached input separately from input, reasoning as a part of the output.\n\
         Set aside: requests that a forked session has again (duplicate), requests without a token (ignored).\n\
         Lacks: branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        head.sniff_table(TABLE, &["session_id", "model_id", "input_tokens", "output_tokens", "cache_read_input_tokens"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Requests))
    }
}

struct Requests;

impl DatabaseParser for Requests {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut sessions = HashMap::new();
        database.rows("session", &["id", "directory", "path", "parent_id"], |row| {
            let text = |column: usize| row[column].clone().filter(|text| !text.is_empty());
            let Some(id) = text(0) else { return };
            let parent = text(3);
            let subagent = parent.is_some();
            let cwd = text(1).or_else(|| text(2));
            let session = SessionContext { id: text(0), parent, cwd, subagent, ..SessionContext::default() };
            sessions.insert(id, session);
        })?;
        let mut line = 0;
        database.rows(TABLE, &COLUMNS, |row| {
            line += 1;
            out.counts.lines_read += 1;
            add_request(row, &sessions, Origin { file, line }, out);
        })?;
        database.check_columns(TABLE, &COLUMNS[..COLUMNS.len() - 1], ID, out)
    }
}

fn add_request(row: &[Option<String>], sessions: &HashMap<String, SessionContext>, at: Origin, out: &mut Batch) {
    let text = |column: usize| row[column].as_deref().unwrap_or_default();
    let count = |column: usize| row[column].as_deref().map_or(Count::Absent, Count::parse);
    let counts = Written {
        input: count(5),
        output: count(6),
        reasoning: count(7),
        cache_read: count(8),
        cache_write: count(9),
        total: count(10),
    };
    let tokens = counts.settle(INSIDE);
    if tokens.is_zero() {
        return out.ignore_record(NO_TOKENS, at);
    }
    let [id, session, model, started, completed] = [0, 1, 2, 3, 4].map(text);
    let Some(written) = Instant::parse(completed).or_else(|| Instant::parse(started)) else {
        return out.reject_record(NO_TIME, at);
    };
    // Without both times only its own id tells a request from another one that is equal.
    let own = if started.is_empty() || completed.is_empty() { id } else { "" };
    let figures: Vec<&str> = (5..10).map(text).collect();
    let key = RecordId::of(&[ID, own, started, completed, model, &figures.join(",")]);
    let unknown = SessionContext { id: Some(session.to_owned()), ..SessionContext::default() };
    let known = sessions.get(session).unwrap_or(&unknown);
    let mut draft = known.request_draft(ID, key, at, written.at, out);
    draft.tokens = tokens;
    draft.depends_on(counts.total);
    draft.model = out.names.intern_some(Some(model).filter(|model| !model.is_empty()));
    out.add(draft);
}
