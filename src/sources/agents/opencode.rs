//! OpenCode, and the Kilo CLI that grew out of it: exports, the JSON storage of older versions, and their databases.
//!
//! - In: one JSON document per session or message, or a SQLite database. Seen: exports of 1.2.20 to 1.2.24, storage and
//!   databases of the same shape; the tables of 2.0 (`session_message`); read: opencode 008d571.
//! - Out: a record per assistant message id, and the events of the sessions.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - The same message may be in exports, storage and the database.
//! - `input` excludes everything cached. Whether `output` includes `reasoning` depends on the vendor: `total`, if it is
//!   written, shows it (for OpenAI's models output includes it); without `total` they are taken as separate.
//! - `cost` is the tool's own estimate; it adds reasoning to output even if output includes it.
//! - An answer that was broken off has zeros, and its `step-finish` parts have the counts. Messages may be deleted or undone; the session
//!   keeps their sums, and those of titles and, in newer versions, of compactions, whose messages have counts only lately.
//! - A finished message no longer changes, so its first copy is kept.

mod database;
mod message;

use crate::sources::json::reader;
use crate::sources::reading::detect::Head;
use crate::sources::{Parser, ReadOptions, Sniff, Source};
use message::ID;

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
         Export: `opencode export SESSION > session.json`, or pass the database, which is opened read-only.\n\
         Counted: one record per assistant message id over exports, storage and database, from its step-finish parts where it has \
         no counts itself or is gone (without time and model), and one of what a session's sums have beyond its messages (titles, deleted ones); reasoning as part of \
         output if `total` says so, otherwise added to it; the stored cost as the tool's estimate.\n\
         Set aside: further copies of a message (duplicate), damaged counts (rejected).\n\
         Lacks: the bill and the branch."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.is_sqlite() {
            if head.sniff_table("session_message", &["id", "session_id", "type", "data"]) == Sniff::Yes {
                return Sniff::Yes;
            }
            let sessions = head.sniff_table("session", &["id", "directory"]);
            return if sessions == Sniff::Yes {
                head.sniff_table("message", &["id", "session_id", "data"])
            } else {
                sessions
            };
        }
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let export = has("info") && (has("messages") || head.has_key("directory"));
        let message = has("sessionID") && (has("role") || has("tokens")) && has("time");
        let part = has("sessionID") && has("messageID") && has("type");
        let session = has("projectID") && has("directory") && has("time");
        if export || message || part || session { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.is_sqlite() {
            return Parser::Database(Box::new(database::Messages));
        }
        reader::document(message::Document)
    }
}
