//! Crush: the table `sessions` of `crush.db`.
//!
//! - In: the cost of each session, a sum by the tool's own prices. Its token columns hold the last request's context instead of
//!   a sum, so they are not read. Out: a record per session with a cost.
//! - Refuses: damaged amounts, and sessions without a time; ignores sessions without a cost.

use crate::model::bill::Authority;
use crate::model::money::Money;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId};
use crate::sources::reading::detect::Head;
use crate::sources::reading::table_reader::TableReader;
use crate::sources::record::{Draft, blank};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source};

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
         Lacks: tokens, requests, days, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let own = ["id", "parent_session_id", "completion_tokens", "message_count", "cost", "created_at"];
        head.sniff_table("sessions", &own)
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(TableReader { format: ID, table: "sessions", columns: &COLUMNS, add: add_session }))
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
