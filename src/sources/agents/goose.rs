//! Goose: the table `sessions` of its database.
//!
//! - In: the accumulated tokens of each session; requests and days are not stored. Out: a record per session, dated at its
//!   creation.
//! - Refuses: damaged counts, and sessions without a time.

use std::path::{Path, PathBuf};

use crate::model::bill::Authority;
use crate::model::observation::Observation;
use crate::model::origin::{FileId, Origin};
use crate::model::usage::{Grain, RecordId, TokenCounts};
use crate::sources::agents::agent::folders;
use crate::sources::export::instant::Instant;
use crate::sources::export::{BAD_COUNT, NO_TIME, blank};
use crate::sources::json::lenient::Count;
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite;
use crate::sources::{Batch, DatabaseParser, Parser, Places, ReadOptions, Sniff, Source};

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

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        folders("GOOSE_PATH_ROOT", &[".local/share/goose/sessions"], places)
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let is_goose =
            head.is_sqlite() && head.has_table("sessions") && head.has_text_anywhere("accumulated_input_tokens");
        if is_goose { Sniff::Yes } else { Sniff::No }
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
        database.rows("sessions", &COLUMNS, |row| {
            line += 1;
            out.counts.lines_read += 1;
            add_session(row, Origin { file, line }, out);
        })
    }
}

fn add_session(row: &[Option<String>], at: Origin, out: &mut Batch) {
    let cell = |column: usize| row[column].as_deref().filter(|text| !text.is_empty());
    let count = |column: usize| match cell(column).map(Count::parse) {
        Some(Count::Invalid) => Err(()),
        Some(count) => Ok(count.get()),
        None => Ok(None),
    };
    let (Ok(input), Ok(output)) = (count(4), count(5)) else {
        return out.reject(BAD_COUNT.0, BAD_COUNT.1, at.line);
    };
    let model: Option<serde_json::Value> = cell(2).and_then(|text| serde_json::from_str(text).ok());
    let model = model.as_ref().and_then(|config| config["model_name"].as_str());
    let tokens = TokenCounts { input, output, ..TokenCounts::default() };
    if tokens.total() == 0 {
        return out.ignore("no-tokens", "usage without a token was not billed", at.line);
    }
    let Some(start) = cell(1).and_then(Instant::parse) else {
        return out.reject(NO_TIME.0, NO_TIME.1, at.line);
    };
    let id = cell(0).unwrap_or("");
    let mut record = blank(ID, Authority::Transcript, at, start.at);
    record.id = RecordId::of(&[ID, id]);
    record.grain = Grain::Session;
    record.time_zone_assumed = start.zone_assumed;
    record.tokens = tokens;
    record.model = out.names.intern_some(model);
    record.provider = out.names.intern_some(cell(3));
    record.session = out.names.intern_some(Some(id));
    record.cwd = out.names.intern_some(cell(6));
    out.counts.records_read += 1;
    out.usage.add(Observation::new(record, Vec::new()));
}
