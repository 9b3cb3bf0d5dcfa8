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
use crate::model::origin::{FileId, Origin};
use crate::model::sighting::Sighting;
use crate::model::usage::{RecordId, TokenCounts};
use crate::sources::json::access::{self, Document, counts, dollars, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::Session;
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source};

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
        Parser::Stream(Document::new(options, read_document))
    }
}

fn read_document(document: &Node<'_>, activity: bool, file: FileId, out: &mut Batch) {
    let at = Origin { file, line: 1 };
    if has_map(document, "info") {
        let session = session(access::at(document, "info"));
        for (message, line) in list(document, "messages").iter().zip(1..) {
            let at = Origin { file, line };
            let session = self::message(access::at(message, "info"), &session, at, out);
            let user = text(message, "info.role") == Some("user");
            for part in list(message, "parts").iter().filter(|_| activity) {
                let written = time(message, "info.time.created");
                self::part(part, &session, user, written, at, out);
            }
        }
    } else if text(document, "messageID").is_some() {
        let session = Session { id: text(document, "sessionID").map(str::to_owned), ..Session::default() };
        if activity {
            part(document, &session, false, None, at, out);
        }
    } else if text(document, "role").is_some() {
        message(document, &Session::default(), at, out);
    }
}

/// What the head of a session tells.
fn session(info: &Node<'_>) -> Session {
    Session {
        id: text(info, "id").map(str::to_owned),
        parent: text(info, "parentID").map(str::to_owned),
        cwd: text(info, "directory").map(str::to_owned),
        version: text(info, "version").map(str::to_owned),
        subagent: text(info, "parentID").is_some(),
        ..Session::default()
    }
}

/// Reads a message, and returns the session as it stood then.
fn message<'s>(info: &Node<'_>, session: &'s Session, at: Origin, out: &mut Batch) -> Cow<'s, Session> {
    let mut session = Cow::Borrowed(session);
    // Nearly every message tells what the head of its session does.
    if let (None, Some(id)) = (&session.id, text(info, "sessionID")) {
        session.to_mut().id = Some(id.to_owned());
    }
    if let Some(cwd) = text(info, "path.cwd").filter(|cwd| session.cwd.as_deref() != Some(cwd)) {
        session.to_mut().cwd = Some(cwd.to_owned());
    }
    if text(info, "role") != Some("assistant") || !has_map(info, "tokens") {
        return session;
    }
    let Some(written) = time(info, "time.created") else {
        out.reject("no-timestamp", "a record has no timestamp, so it belongs to no day", at.line);
        return session;
    };
    let paths = ["input", "output", "reasoning", "cache.read", "cache.write", "total"];
    let Some([input, output, reasoning, read, write, total]) = counts(access::at(info, "tokens"), paths) else {
        out.reject("bad-count", "a token count is negative, fractional or out of range", at.line);
        return session;
    };
    let sum = [input, output, read, write].into_iter().flatten().fold(0, u64::saturating_add);
    let within = total.is_some_and(|total| total <= sum) && reasoning <= output;
    let tokens = TokenCounts {
        input,
        cache_read: read,
        cache_write_unspecified: write,
        output: if within { output } else { output.map(|output| output + reasoning.unwrap_or(0)) },
        reasoning,
        ..TokenCounts::default()
    };
    let id = match text(info, "id") {
        Some(id) => RecordId::of(&[ID, id]),
        None => RecordId::of(&[ID, session.id.as_deref().unwrap_or(""), &written.to_rfc3339()]),
    };
    let mut record = session.request(ID, id, at, written, tokens, out);
    record.provider = out.names.intern_some(text(info, "providerID"));
    record.model = out.names.intern_some(text(info, "modelID"));
    record.reported_cost = dollars(info, "cost");
    out.counts.records_read += 1;
    let sighting = Sighting::new(record, Vec::new());
    out.usage.add(if time(info, "time.completed").is_some() { sighting.finished() } else { sighting });
    session
}

/// The facts of a part of a message: prompts, tool calls, compactions.
fn part(part: &Node<'_>, session: &Session, user: bool, written: Option<DateTime<Utc>>, at: Origin, out: &mut Batch) {
    let Some(when) = time(part, "state.time.end").or_else(|| time(part, "time.start")).or(written) else { return };
    let key = text(part, "id").unwrap_or_default();
    match text(part, "type") {
        Some("text") if user && *access::at(part, "synthetic") != Node::Bool(true) => {
            let prompt = out.prompt(text(part, "text").unwrap_or_default());
            session.event(key, prompt, when, at, out);
        }
        Some("compaction") => session.event(key, What::Compaction, when, at, out),
        Some("tool") => {
            let call = ToolCall {
                key,
                name: text(part, "tool").unwrap_or("tool"),
                arguments: &access::at(part, "state.input").to_string(),
                output: text(part, "state.output").or(text(part, "state.metadata.output")),
                failed: text(part, "state.status") == Some("error"),
            };
            call.tell(session, when, at, out);
        }
        _ => {}
    }
}
