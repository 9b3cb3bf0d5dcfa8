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

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::model::origin::{FileId, Origin};
use crate::model::usage::RecordId;
use crate::sources::export::gemini_counts;
use crate::sources::json::access::{self, Document, ValueLine, ValueLines, counts, has_map, list, text, time};
use crate::sources::json::node::Node;
use crate::sources::reading::detect::Head;
use crate::sources::transcript::session::{SessionContext, add_record, remember};
use crate::sources::transcript::tool_call::ToolCall;
use crate::sources::{Batch, Parser, Places, ReadOptions, Sniff, Source, Taken};

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

    fn default_places(&self, places: &Places<'_>) -> Vec<PathBuf> {
        let set = |name: &str| (places.env)(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let root = set("GEMINI_DATA_DIR").or_else(|| {
            let home = set("GEMINI_CLI_HOME").or_else(|| places.home.map(PathBuf::from))?;
            Some(home.join(".gemini"))
        });
        root.map(|root| root.join("tmp")).into_iter().collect()
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let session = has("sessionId") && has("projectHash") && (has("startTime") || has("messages"));
        let message = has("id") && has("type") && has("timestamp") && head.has_text("type", "gemini");
        let change = has("$set") || has("$rewindTo");
        if session || message || change {
            Sniff::Yes
        } else if has("sessionId") && has("messages") && head.has_text("type", "gemini") {
            Sniff::Missing(vec!["projectHash"])
        } else {
            Sniff::No
        }
    }

    fn open(&self, head: &Head<'_>, options: &ReadOptions) -> Parser {
        if head.top_keys().iter().any(|key| key == "messages") {
            return Parser::Stream(Document::new(options, read_chat));
        }
        Parser::Lines(ValueLines::new(Chat { activity: options.activity, ..Chat::default() }))
    }
}

#[derive(Default)]
struct Chat {
    activity: bool,
    session: SessionContext,
}

fn read_chat(document: &Node<'_>, activity: bool, file: FileId, out: &mut Batch) {
    let mut chat = Chat { activity, ..Chat::default() };
    chat.head(document);
    for (message, line) in list(document, "messages").iter().zip(1..) {
        chat.message(message, Origin { file, line }, out);
    }
}

impl ValueLine for Chat {
    fn take(&mut self, line: &Node<'_>, at: Origin, out: &mut Batch) -> Taken {
        if text(line, "sessionId").is_some() && text(line, "projectHash").is_some() {
            self.head(line);
            for message in list(line, "messages") {
                self.message(message, at, out);
            }
        } else if line.get("$set").is_some() || line.get("$rewindTo").is_some() {
            for message in list(line, "$set.messages") {
                self.message(message, at, out);
            }
        } else if text(line, "id").is_some() && text(line, "type").is_some() && line.get("message").is_none() {
            self.message(line, at, out);
        } else {
            return Taken::Foreign;
        }
        Taken::Yes
    }
}

impl Chat {
    fn head(&mut self, head: &Node<'_>) {
        remember(&mut self.session.id, text(head, "sessionId"));
        self.session.subagent = text(head, "kind") == Some("subagent");
        if let Some(folder) = list(head, "directories").first() {
            remember(&mut self.session.cwd, folder.as_text());
        }
    }

    fn message(&self, message: &Node<'_>, at: Origin, out: &mut Batch) {
        let Some(written) = time(message, "timestamp") else {
            if has_map(message, "tokens") {
                out.reject("no-timestamp", "a record has no timestamp, so it belongs to no day", at.line);
            }
            return;
        };
        if has_map(message, "tokens") {
            self.usage(message, written, at, out);
        }
        if self.activity {
            self.facts(message, written, at, out);
        }
    }

    fn usage(&self, message: &Node<'_>, written: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let paths = ["input", "output", "cached", "thoughts", "tool", "total"];
        let Some(found) = counts(access::at(message, "tokens"), paths) else {
            out.reject("bad-count", "a token count is negative, fractional or out of range", at.line);
            return;
        };
        let tokens = gemini_counts::tokens(found.map(|count| count.unwrap_or(0)));
        let id = match text(message, "id") {
            Some(id) => RecordId::of(&[ID, id]),
            None => RecordId::of(&[ID, self.session.id.as_deref().unwrap_or(""), &written.to_rfc3339()]),
        };
        let mut record = self.session.request_record(ID, id, at, written, tokens, out);
        record.model = out.names.intern_some(text(message, "model"));
        add_record(record, out);
    }

    fn facts(&self, message: &Node<'_>, written: DateTime<Utc>, at: Origin, out: &mut Batch) {
        let key = text(message, "id").unwrap_or_default();
        if text(message, "type") == Some("user") {
            let parts = list(message, "content").iter().filter_map(|part| text(part, "text"));
            let joined = || parts.collect::<Vec<_>>().join("\n");
            let prompt = text(message, "content").map_or_else(joined, str::to_owned);
            let prompt = out.prompt(&prompt);
            self.session.add_event(key, prompt, written, at, out);
        }
        for call in list(message, "toolCalls") {
            let printed = list(call, "result").iter().find_map(|part| text(part, "functionResponse.response.output"));
            let tool_call = ToolCall {
                key: text(call, "id").unwrap_or(key),
                name: text(call, "name").unwrap_or("tool"),
                arguments: &access::at(call, "args").to_string(),
                output: printed.or(text(call, "resultDisplay")),
                failed: matches!(text(call, "status"), Some("error" | "cancelled")),
            };
            tool_call.add_events(&self.session, time(call, "timestamp").unwrap_or(written), at, out);
        }
    }
}
