//! Antigravity: one database per conversation, whose table `gen_metadata` has a message of Protocol Buffers per request.
//!
//! - In: databases of the command line tool, the editor and the desktop program; the table and field numbers are those of tokscale
//!   (0279552) and codeburn (ed8fa3a), the meaning of the counts that of the descriptor of `exa.codeium_common_pb.ModelUsageStats` in the
//!   program. Out: a record per row.
//! - Refuses: rows that are no whole message, and damaged counts; a row without a time has that of the conversation.
//!
//! Traps:
//! - The first number of the usage is the model's, such as 1016 for `MODEL_PLACEHOLDER_M16`, and no count.
//! - The input excludes what was read from a cache. The output is the sum of thoughts and answer, of which older versions write only the
//!   parts.
//! - Some rows name the model only by its label, which other rows of the conversation have next to the model. `gemini-default` is not a model.

mod wire;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::model::origin::{FileId, Origin};
use crate::model::usage::RecordId;
use crate::sources::agents::antigravity::wire::Message;
use crate::sources::agents::paths::{file_stem, percent_decoded_path};
use crate::sources::reading::detect::Head;
use crate::sources::reading::sqlite::Database;
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::session::SessionContext;
use crate::sources::values::count::Count;
use crate::sources::{Batch, DatabaseParser, Parser, ReadOptions, Sniff, Source};

const ID: &str = "antigravity";
/// What stands for whichever model the vendor chooses.
const ANY_MODEL: &str = "gemini-default";

/// Numbers of fields.
mod field {
    /// Of a row: the request, and why it failed.
    pub(super) const REQUEST: u64 = 1;
    pub(super) const ERROR: u64 = 5;
    /// Of a request: its usage, start, model, and the model's label.
    pub(super) const USAGE: u64 = 4;
    pub(super) const START: u64 = 9;
    pub(super) const MODEL: u64 = 19;
    pub(super) const LABEL: u64 = 21;
    /// Of its start: the time.
    pub(super) const CREATED: u64 = 4;
    /// Of its usage.
    pub(super) const INPUT: u64 = 2;
    pub(super) const OUTPUT: u64 = 3;
    pub(super) const CACHE_WRITE: u64 = 4;
    pub(super) const CACHE_READ: u64 = 5;
    pub(super) const THOUGHTS: u64 = 9;
    pub(super) const ANSWER: u64 = 10;
    pub(super) const RESPONSE: u64 = 11;
    /// Of a conversation: its workspace, whose address is the first field, and its start.
    pub(super) const WORKSPACE: u64 = 1;
    pub(super) const ADDRESS: u64 = 1;
    pub(super) const BEGUN: u64 = 2;
}

/// The format of Antigravity.
#[derive(Debug)]
pub(in crate::sources) struct Antigravity;

impl Source for Antigravity {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Antigravity conversations (SQLite)"
    }

    fn about(&self) -> &'static str {
        "SQLite databases, one per conversation, opened read-only, also while Antigravity runs.\n\
         Where: ~/.gemini/antigravity-cli/conversations, and of antigravity and antigravity-ide.\n\
         Counted: one record per request; cached input separately from input, thoughts as a part of the output. A request without usage \
         is a record of unknown tokens.\n\
         Set aside: the same request in a copy (duplicate), failed requests and those without a token (ignored), damaged rows (rejected).\n\
         Lacks: branch and bill. Conversations of older versions, in .pb files, are encrypted."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        head.sniff_table("gen_metadata", &["idx", "data"])
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Database(Box::new(Conversation))
    }
}

struct Conversation;

impl DatabaseParser for Conversation {
    fn read(&mut self, database: &Database, file: FileId, out: &mut Batch) -> std::io::Result<()> {
        let mut session = SessionContext { id: file_stem(&out.path).map(str::to_owned), ..SessionContext::default() };
        let mut begun = None;
        database.cells("trajectory_metadata_blob", &["data"], |row| {
            let Some(bytes) = row[0].take() else { return };
            let about = Message(&bytes);
            let address = about.message(field::WORKSPACE).and_then(|workspace| workspace.text(field::ADDRESS));
            session.cwd = address.and_then(percent_decoded_path).or_else(|| session.cwd.take());
            begun = about.message(field::BEGUN).and_then(Message::instant).or(begun);
        })?;
        let mut models: HashMap<String, Option<String>> = HashMap::new();
        database.cells("gen_metadata", &["data"], |row| {
            let Some(bytes) = row[0].take() else { return };
            let Some(request) = Message(&bytes).message(field::REQUEST) else { return };
            let (Some(label), Some(model)) = (request.text(field::LABEL), model_of(request)) else { return };
            let known = models.entry(label.to_owned()).or_insert_with(|| Some(model.to_owned()));
            if known.as_deref() != Some(model) {
                *known = None;
            }
        })?;
        let mut line = 0;
        database.cells("gen_metadata", &["idx", "data"], |row| {
            line += 1;
            out.counts.lines_read += 1;
            let [index, data] = row else { return };
            let (index, data) = (index.take().unwrap_or_default(), data.take().unwrap_or_default());
            let row = Row { index: &String::from_utf8_lossy(&index), data: Message(&data), begun };
            add_request(&row, &session, &models, Origin { file, line }, out);
        })?;
        database.check_columns("gen_metadata", &["idx", "data"], ID, out)
    }
}

/// The model that a request names, if it is one.
fn model_of(request: Message<'_>) -> Option<&str> {
    request.text(field::MODEL).filter(|model| !model.is_empty() && *model != ANY_MODEL)
}

struct Row<'a> {
    index: &'a str,
    data: Message<'a>,
    /// When the conversation began.
    begun: Option<DateTime<Utc>>,
}

fn add_request(
    row: &Row<'_>,
    session: &SessionContext,
    models: &HashMap<String, Option<String>>,
    at: Origin,
    out: &mut Batch,
) {
    let request = row.data.message(field::REQUEST).filter(|request| request.is_whole());
    let (Some(request), true) = (request, row.data.is_whole()) else {
        return out.reject("bad-row", "a row of a database holds no whole message", at.line);
    };
    let usage = request.message(field::USAGE);
    if usage.is_none() && row.data.text(field::ERROR).is_some_and(|error| !error.is_empty()) {
        return out.ignore_record(NO_TOKENS, at);
    }
    let tokens = usage.map(tokens);
    if tokens.is_some_and(|tokens| tokens.is_zero()) {
        return out.ignore_record(NO_TOKENS, at);
    }
    let start = request.message(field::START).and_then(|start| start.message(field::CREATED));
    let start = start.and_then(Message::instant).or(row.begun);
    let Some(start) = start.or_else(|| out.undated(at.line).map(|undated| undated.at)) else {
        return out.reject_record(NO_TIME, at);
    };
    let response = usage.and_then(|usage| usage.text(field::RESPONSE)).filter(|id| !id.is_empty());
    let id = match response {
        Some(response) => RecordId::of(&[ID, response]),
        None => RecordId::of(&[ID, "", session.id.as_deref().unwrap_or_default(), row.index, &start.to_rfc3339()]),
    };
    let mut draft = session.request_draft(ID, id, at, start, out);
    draft.tokens = tokens.unwrap_or_default();
    let label = request.text(field::LABEL);
    let known = || label.and_then(|label| models.get(label)?.as_deref());
    draft.model = out.names.intern_some(model_of(request).or_else(known).or(label));
    out.add(draft);
}

fn tokens(usage: Message<'_>) -> DraftTokens {
    let count = |number: u64| usage.number(number).map_or(Count::Absent, Count::from_u64);
    let [input, written, read] = [field::INPUT, field::CACHE_WRITE, field::CACHE_READ].map(count);
    let (thoughts, answer) = (count(field::THOUGHTS), count(field::ANSWER));
    let output = count(field::OUTPUT).or_else(|| Count::sum([thoughts, answer]));
    DraftTokens {
        input,
        cache_read: read,
        cache_write_unspecified: written,
        output,
        reasoning: thoughts.at_most(output),
        ..DraftTokens::default()
    }
}
