//! Crush: the table `sessions` of `crush.db`.
//!
//! - In: the cost of each session, a sum by the tool's own prices. Its token columns hold the last request's context instead of
//!   a sum, so they are not read. Out: a record per session with a cost.
//! - Refuses: damaged amounts, and sessions without a time; ignores sessions without a cost.

use std::path::{Path, PathBuf};

use crate::model::bill::Authority;
use crate::model::observation::Observation;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId};
use crate::sources::export::amount::{DOLLARS, money};
use crate::sources::export::instant::Instant;
use crate::sources::export::{BAD_AMOUNT, NO_TIME, blank};
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite;
use crate::sources::{Batch, DatabaseParser, Parser, Places, ReadOptions, Sniff, Source};

const ID: &str = "crush";

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
         Lacks: tokens, requests, days, branch and bill."
    }

    fn default_places(&self, _places: &Places<'_>) -> Vec<PathBuf> {
        Vec::new()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let columns = ["parent_session_id", "completion_tokens", "message_count"];
        let is_crush = head.is_sqlite()
            && head.has_table("sessions")
            && columns.iter().all(|column| head.has_text_anywhere(column));
        if is_crush { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(SessionTable))
    }
}

struct SessionTable;

impl DatabaseParser for SessionTable {
    fn read(&mut self, path: &Path, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let database = sqlite::open(path)?;
        let mut line = 0;
        database.rows("sessions", &["id", "parent_session_id", "created_at", "updated_at", "cost"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            add_session(row, Origin { file, line }, out);
        })
    }
}

fn add_session(row: &[Option<String>], at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let Some(cost) = money(cell(4).unwrap_or("0"), DOLLARS, false) else {
        return out.reject(BAD_AMOUNT.0, BAD_AMOUNT.1, at.line);
    };
    if cost.nanos() == 0 || cell(1).is_some() {
        return out.ignore("no-cost", "a session without a cost of its own was not billed", at.line);
    }
    let Some(start) = cell(2).and_then(Instant::parse) else {
        return out.reject(NO_TIME.0, NO_TIME.1, at.line);
    };
    let id = cell(0).unwrap_or("");
    let mut record = blank(ID, Authority::Transcript, at, start.at);
    record.id = RecordId::of(&[ID, id]);
    record.grain = Grain::Session;
    record.reported_cost = Some(cost);
    record.bill.revised_at = cell(3).and_then(Instant::parse).map(|updated| updated.at);
    record.session = out.names.intern_some(Some(id));
    out.counts.records_read += 1;
    out.usage.add(Observation::new(record, Vec::new()));
}
