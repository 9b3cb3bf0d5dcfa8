//! OpenCode, and the Kilo CLI that grew out of it: exports, the JSON storage of older versions, and their databases.
//!
//! Seen: exports of 1.2.20 to 1.2.24, storage and databases of the same shape. Traps:
//! - One record per assistant message id; the same message stands in exports, storage and database.
//! - `input` excludes everything cached. Whether `output` includes `reasoning` depends on the vendor behind it: `total`
//!   tells, where it is written (it does include it for OpenAI's models); without it they are taken as apart.
//! - `cost` is the tool's own estimate; it adds reasoning to output, also where output includes it.
//! - A finished message no longer changes, so its first copy stands.

mod database;

use std::borrow::Cow;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::model::activity::What;
use crate::model::origin::Origin;
use crate::model::sighting::Sighting;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::node::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::record::{DraftTokens, NO_TIME};
use crate::sources::transcript::session::Session;
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source, Taken};

const ID: &str = "opencode";

/// The format of OpenCode.
#[derive(Debug)]
pub struct OpenCode;

impl Source for OpenCode {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "OpenCode and Kilo CLI sessions"
    }

    fn about(&self) -> &'static str {
        "A SQLite database, in older versions one JSON file per message, kept by OpenCode and by the Kilo CLI.\n\
         Where: ~/.local/share/opencode (OPENCODE_DATA_DIR), ~/.local/share/kilo (KILO_DATA_DIR).\n\
         Export: `opencode export SESSION > session.json`, or hand over the database; it is opened read-only.\n\
         Counted: one record per assistant message id over exports, storage and database; reasoning as a part of \
         output, where `total` says so or added to it; the stored cost as the tool's estimate.\n\
         Set aside: further copies of a message (duplicate), damaged counts (rejected).\n\
         Lacks: the bill and the branch."
    }

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        let place = |name: &str, folder: &str| {
            let set = (places.env)(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
            set.or_else(|| Some(places.home?.join(".local/share").join(folder)))
        };
        [place("OPENCODE_DATA_DIR", "opencode"), place("KILO_DATA_DIR", "kilo")].into_iter().flatten().collect()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_sqlite() {
            let tables = head.has_table("message") && head.has_table("session");
            return if tables { Sniff::Yes } else { Sniff::No };
        }
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let export = has("info") && (has("messages") || head.has_key("directory"));
        let message = has("sessionID") && has("role") && has("time");
        let part = has("sessionID") && has("messageID") && has("type");
        let session = has("projectID") && has("directory") && has("time");
        if export || message || part || session { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        if head.is_sqlite() {
            return Parser::Database(Box::new(database::Messages { activity: options.activity }));
        }
        reader::document(Document { activity: options.activity })
    }
}

struct Document {
    activity: bool,
}

impl ValueReader for Document {
    fn value(&mut self, document: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        read_document(document, self.activity, at, out);
        Taken::Yes
    }
}

fn read_document(document: Json<'_>, activity: bool, at: Origin, out: &mut Batch) {
    if document.has_map("info") {
        let session = session(document.at("info"));
        for (message, line) in document.items("messages").zip(1..) {
            let at = Origin { line, ..at };
            let session = self::message(message.at("info"), &session, at, out);
            let user = message.text("info/role") == Some("user");
            for part in message.items("parts").filter(|_| activity) {
                let written = message.instant("info/time/created");
                self::part(part, &session, user, written, at, out);
            }
        }
    } else if document.text("messageID").is_some() {
        let session = Session { id: document.text("sessionID").map(str::to_owned), ..Session::default() };
        if activity {
            part(document, &session, false, None, at, out);
        }
    } else if document.text("role").is_some() {
        message(document, &Session::default(), at, out);
    }
}

/// What the head of a session tells.
fn session(info: Json<'_>) -> Session {
    Session {
        id: info.text("id").map(str::to_owned),
        parent: info.text("parentID").map(str::to_owned),
        cwd: info.text("directory").map(str::to_owned),
        version: info.text("version").map(str::to_owned),
        subagent: info.text("parentID").is_some(),
        ..Session::default()
    }
}

/// Reads a message, and returns the session as it stood then.
fn message<'s>(info: Json<'_>, session: &'s Session, at: Origin, out: &mut Batch) -> Cow<'s, Session> {
    let mut session = Cow::Borrowed(session);
    // Nearly every message tells what the head of its session does.
    if let (None, Some(id)) = (&session.id, info.text("sessionID")) {
        session.to_mut().id = Some(id.to_owned());
    }
    if let Some(cwd) = info.text("path/cwd").filter(|cwd| session.cwd.as_deref() != Some(cwd)) {
        session.to_mut().cwd = Some(cwd.to_owned());
    }
    if info.text("role") != Some("assistant") || !info.has_map("tokens") {
        return session;
    }
    let Some(written) = info.instant("time/created") else {
        out.reject_record(NO_TIME, at);
        return session;
    };
    let id = match info.text("id") {
        Some(id) => RecordId::of(&[ID, id]),
        None => RecordId::of(&[ID, session.id.as_deref().unwrap_or(""), &written.to_rfc3339()]),
    };
    let mut record = session.request(ID, id, at, written, out);
    let counts = info.at("tokens");
    let total = counts.count("total");
    record.tokens = tokens(counts, total);
    record.depends_on(total);
    record.provider = out.names.intern_some(info.text("providerID"));
    record.model = out.names.intern_some(info.text("modelID"));
    record.reported_cost = info.amount("cost", DOLLARS);
    match record.finish() {
        Ok(record) => {
            out.counts.records_read += 1;
            let sighting = Sighting::new(record, Vec::new());
            out.usage.add(if info.instant("time/completed").is_some() { sighting.finished() } else { sighting });
        }
        Err(rejection) => out.reject_record(rejection, at),
    }
    session
}

fn tokens(counts: Json<'_>, total: Count) -> DraftTokens {
    let (input, output, reasoning) = (counts.count("input"), counts.count("output"), counts.count("reasoning"));
    let (read, write) = (counts.count("cache/read"), counts.count("cache/write"));
    let sum = Count::sum([input, output, read, write]).or_zero();
    let is_within =
        total.known().is_some_and(|total| Some(total) <= sum.known()) && reasoning.known() <= output.known();
    DraftTokens {
        input,
        cache_read: read,
        cache_write_unspecified: write,
        output: if is_within { output } else { output.plus(reasoning) },
        reasoning,
        ..DraftTokens::default()
    }
}

/// The facts of a part of a message: prompts, tool calls, compactions.
fn part(part: Json<'_>, session: &Session, user: bool, written: Option<DateTime<Utc>>, at: Origin, out: &mut Batch) {
    let Some(when) = part.instant("state/time/end").or_else(|| part.instant("time/start")).or(written) else { return };
    let key = part.text("id").unwrap_or_default();
    match part.text("type") {
        Some("text") if user && !part.is_true("synthetic") => {
            let prompt = out.prompt(part.text("text").unwrap_or_default());
            session.event(key, prompt, when, at, out);
        }
        Some("compaction") => session.event(key, What::Compaction, when, at, out),
        Some("tool") => {
            let call = ToolCall {
                key,
                name: part.text("tool").unwrap_or("tool"),
                arguments: &part.at("state/input").to_string(),
                output: part.text("state/output").or(part.text("state/metadata/output")),
                failed: part.text("state/status") == Some("error"),
            };
            call.tell(session, when, at, out);
        }
        _ => {}
    }
}
