//! Goose: the table `sessions` of its database.
//!
//! - In: the accumulated tokens of each session; requests and days are not stored. Out: a record per session, dated at its
//!   creation.
//! - Refuses: damaged counts, and sessions without a time.

use crate::model::bill::Authority;
use crate::model::origin::Origin;
use crate::model::usage::{Grain, RecordId};
use crate::sources::reading::detect::Head;
use crate::sources::reading::table_reader::TableReader;
use crate::sources::record::{Draft, DraftTokens, blank};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::count::Count;
use crate::sources::values::instant::Instant;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source};

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
        Parser::Database(Box::new(TableReader { format: ID, table: "sessions", columns: &COLUMNS, add: add_session }))
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
