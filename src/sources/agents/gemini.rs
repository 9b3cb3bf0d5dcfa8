//! Gemini CLI chats: `~/.gemini/tmp/<project hash>/chats/session-*.json`, in newer versions `.jsonl`.
//!
//! - In: one JSON document per session (seen: versions of January to February 2026), or JSON lines: newer versions append one
//!   message per line (`{"id","type","tokens",…}`, `{"$set":…}`, `{"$rewindTo":…}`) after a line with the session's head.
//! - Out: a record per message id over all files, and the events of the session.
//! - Refuses: records without a time, and damaged counts.
//!
//! Traps:
//! - The file is rewritten as the chat grows, and a message may be in several snapshots.
//! - `cached` is inside `input`. `thoughts` is not inside `output`: 12059 + 17 + 75 = 12151 = `total`.
//! - `tool` holds prompt tokens of the vendor's own tools; they are added to the input if `total` includes them.
//! - The working directory is not logged, only a hash of it.

use chrono::{DateTime, Utc};

use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::json::access::Json;
use crate::sources::json::arena::Arena;
use crate::sources::json::reader::{self, ValueReader};
use crate::sources::reading::detect::Head;
use crate::sources::rejection::NO_TIME;
use crate::sources::transcript::session::{SessionContext, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::usage_object::gemini_cli;
use crate::sources::{Batch, Parser, ReadOptions, Sniff, Source, Taken};

const ID: &str = "gemini-cli";

/// The format of Gemini CLI.
#[derive(Debug)]
pub struct Gemini;

impl Source for Gemini {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Gemini CLI chats"
    }

    fn about(&self) -> &'static str {
        "One JSON document per session, or JSON lines in newer versions, kept by the Gemini CLI.\n\
         Where: ~/.gemini/tmp/*/chats, or GEMINI_CLI_HOME, GEMINI_DATA_DIR.\n\
         Counted: one record per message id over all files; cached input separately from input; thoughts as part of \
         output; tokens of the vendor's own tools as input.\n\
         Set aside: messages that are in several snapshots (duplicate), damaged counts (rejected).\n\
         Lacks: the bill, the working directory (only a hash of it) and the branch."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        // A document whose messages are Gemini's needs no more to be known by.
        let is_document = has("messages") && head.has_text("type", "gemini");
        let session = has("sessionId")
            && (has("projectHash") && has("startTime") || has("projectHash") && has("messages") || is_document);
        let message = has("id") && has("type") && has("timestamp") && head.has_text("type", "gemini");
        let change = has("$set") || has("$rewindTo");
        if session || message || change { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        if head.top_keys().iter().any(|key| key == "messages") {
            return reader::document(Chat { is_document: true, ..Chat::default() });
        }
        reader::lines(Chat::default())
    }
}

#[derive(Default)]
struct Chat {
    /// The file is one document, and its messages are numbered instead of lines.
    is_document: bool,
    session: SessionContext,
}

impl ValueReader for Chat {
    fn format(&self) -> &'static str {
        ID
    }

    fn value(&mut self, line: Json<'_>, _arena: &Arena, at: Origin, out: &mut Batch) -> Taken {
        let is_head = line.text("sessionId").is_some() && line.text("projectHash").is_some();
        if self.is_document || is_head {
            self.head(line);
            for (message, number) in line.items("messages").zip(1..) {
                let line = if self.is_document { number } else { at.line };
                self.message(message, Origin { line, ..at }, out);
            }
        } else if line.has("$set") || line.has("$rewindTo") {
            for message in line.items("$set/messages") {
                self.message(message, at, out);
            }
        } else if line.text("id").is_some() && line.text("type").is_some() && !line.has("message") {
            self.message(line, at, out);
        } else {
            return Taken::Foreign;
        }
        Taken::Yes
    }
}

impl Chat {
    fn head(&mut self, head: Json<'_>) {
        remember(&mut self.session.id, head.text("sessionId"));
        self.session.subagent = head.text("kind") == Some("subagent");
        if let Some(folder) = head.items("directories").next() {
            remember(&mut self.session.cwd, folder.text(""));
        }
    }

    fn message(&self, message: Json<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = message.instant("timestamp") else {
            if message.has_map("tokens") {
                out.reject_record(NO_TIME, at);
            }
            return;
        };
        if message.has_map("tokens") {
            self.usage(message, written, at, out);
        }
        if out.wants_activity {
            self.facts(message, written, at, out);
        }
    }

    fn usage(&self, message: Json<'_>, written: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let id = match message.text("id") {
            Some(id) => RecordId::of(&[ID, id]),
            None => RecordId::of(&[ID, self.session.id.as_deref().unwrap_or(""), &written.to_rfc3339()]),
        };
        let mut record = self.session.request_draft(ID, id, at, written, out);
        let names = ["input", "output", "cached", "thoughts", "tool", "total"];
        record.tokens = gemini_cli::tokens(names.map(|name| message.at("tokens").count(name)));
        record.model = out.names.intern_some(message.text("model"));
        out.add(record);
    }

    fn facts(&self, message: Json<'_>, written: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let key = message.text("id").unwrap_or_default();
        if message.text("type") == Some("user") {
            let parts = message.items("content").filter_map(|part| part.text("text"));
            let joined = || parts.collect::<Vec<_>>().join("\n");
            let prompt = message.text("content").map_or_else(joined, str::to_owned);
            let prompt = out.prompt(&prompt);
            self.session.add_event(key, prompt, written, at, out);
        }
        for call in message.items("toolCalls") {
            let printed = call.items("result").find_map(|part| part.text("functionResponse/response/output"));
            let tool_call = ToolCall {
                key: call.text("id").unwrap_or(key),
                name: call.text("name").unwrap_or("tool"),
                arguments: &call.at("args").to_string(),
                output: printed.or(call.text("resultDisplay")),
                failed: matches!(call.text("status"), Some("error" | "cancelled")),
            };
            tool_call.add_events(&self.session, call.instant("timestamp").unwrap_or(written), at, out);
        }
    }
}
