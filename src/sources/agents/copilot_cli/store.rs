//! The store of the Copilot CLI, `~/.copilot/session-store.db`: the table `assistant_usage_events`, a row per request.
//!
//! - In: the counts of each request, also of runs that were killed. The shape is that of 1.0.80, as codeburn (ed8fa3a) and tokscale
//!   read it. Out: a record per row.
//! - Refuses: damaged counts; a row without a time takes that of the row before it, or else the date that is given for such records.
//!
//! Traps:
//! - `input_tokens` includes what was read from and written to a cache, and `output_tokens` reasoning.
//! - `model` is the one that was asked for, which may be `auto`; `copilot_usage_model` is the one that answered.
//! - `total_nano_aiu` is what the request costs: 100 billion are a dollar.

use super::{model_usage, session_usage};
use crate::model::money::Money;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::RecordId;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::record::{INSIDE, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::amount::Amount;
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};
use std::collections::{BTreeSet, HashMap};

const ID: &str = "copilot-cli-store";
const TABLE: &str = "assistant_usage_events";
const COLUMNS: [&str; 11] = [
    "id",
    "session_id",
    "model",
    "created_at",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_nano_aiu",
    "copilot_usage_model",
];
/// Of the vendor's credits, a billion of which are one.
const UNITS_PER_NANO_DOLLAR: u64 = 100;

/// The format of the store.
#[derive(Debug)]
pub(in crate::sources) struct CopilotStore;

impl Source for CopilotStore {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Copilot CLI session store (SQLite)"
    }

    fn about(&self) -> &'static str {
        "The SQLite database session-store.db, opened read-only, also while the CLI runs.\n\
         Where: ~/.copilot/session-store.db, or COPILOT_HOME.\n\
         Counted: one record per request, instead of the sums in the session's events, which count for what is beyond its rows; cached input separately from input; \
         its credits as the tool's estimate of the cost.\n\
         Set aside: the same request in a copy (duplicate), damaged counts (rejected).\n\
         Lacks: the bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        head.sniff_table(TABLE, &["session_id", "model", "input_tokens", "output_tokens"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Store))
    }
}

struct Store;

impl DatabaseParser for Store {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut sessions = HashMap::new();
        database.rows("sessions", &["id", "cwd", "repository", "branch"], |row| {
            let [Some(id), cwd, repository, branch] = row else { return };
            let session = SessionContext {
                id: Some(id.clone()),
                cwd: cwd.clone(),
                repository: repository.clone(),
                branch: branch.clone(),
                ..SessionContext::default()
            };
            sessions.insert(id.clone(), session);
        })?;
        let (mut line, mut last) = (0, None);
        database.rows(TABLE, &COLUMNS, |row| {
            line += 1;
            out.counts.lines_read += 1;
            last = row[3].as_deref().and_then(Instant::parse).map(|written| written.at).or(last);
            let at = Origin { file, line };
            let Some(written) = last.or_else(|| out.undated(line).map(|undated| undated.at)) else {
                return out.reject_record(NO_TIME, at);
            };
            let text = |column: usize| row[column].as_deref().unwrap_or_default();
            let count = |column: usize| row[column].as_deref().map_or(Count::Absent, Count::parse);
            let [number, id, model] = [0, 1, 2].map(text);
            let session = SessionContext { id: Some(id.to_owned()), ..SessionContext::default() };
            let session = sessions.get(id).unwrap_or(&session);
            let columns: Vec<&str> = (3..9).map(text).collect();
            let key = RecordId::of(&[ID, id, number, model, &columns.join(",")]);
            let mut draft = session.request_draft(ID, key, at, written, out);
            let counts = Written {
                input: count(4),
                output: count(5),
                cache_read: count(6),
                cache_write: count(7),
                reasoning: count(8).at_most(count(5)),
                ..Written::default()
            };
            draft.tokens = counts.settle(INSIDE);
            let answered = Some(text(10)).filter(|model| !model.is_empty()).unwrap_or(model);
            draft.model = out.names.intern_some(Some(answered).filter(|model| !model.is_empty()));
            draft.depends_on(count(9));
            if let Some(units) = count(9).known() {
                draft.reported_cost = Amount::Known(Money::from_nanos(i128::from(units / UNITS_PER_NANO_DOLLAR)));
            }
            // The session's events name the model that was asked for or the one that answered; of both, its sums are the same.
            let (used, before) = (draft.used(), out.accepted());
            out.add(draft);
            if out.accepted() > before {
                for sums in BTreeSet::from([model, answered]) {
                    used.iter().for_each(|used| out.pending.resolve_part(model_usage(Some(id), sums), key, *used));
                }
                out.pending.resolve(session_usage(Some(id)));
            }
        })?;
        // Older versions lack the last one.
        database.check_columns(TABLE, &COLUMNS[..10], ID, out)
    }
}
