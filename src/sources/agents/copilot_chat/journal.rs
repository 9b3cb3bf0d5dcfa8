//! The journal of a chat: the whole object once, then its changes, a line each.
//!
//! - In: lines `{"kind", "k", "v"}`: 0 is the object, 1 sets the value at the path `k`, 2 appends to the list there (from the place `i` on),
//!   3 deletes; the shape is that of VS Code's source, 1.109. Out: what the object at the end of the file gives.
//! - Refuses: lines that are not JSON.

use serde_json::Value;

use super::COPILOT_CHAT;
use crate::model::origin::Origin;
use crate::sources::reading::detect::Head;
use crate::sources::rejection::Rejection;
use crate::sources::{Batch, LineParser, Parser, ReadOptions, Sniff, Source, Taken};

const BAD_CHANGE: Rejection =
    ("bad-count", "a change of a chat does not say what or where it changes, and was not made");

/// The format of such journals.
#[derive(Debug)]
pub(in crate::sources) struct Journal;

impl Source for Journal {
    fn id(&self) -> &'static str {
        "copilot-chat-journal"
    }

    fn title(&self) -> &'static str {
        "Copilot chats of VS Code, as journals"
    }

    fn about(&self) -> &'static str {
        "JSON lines, one file per chat session, with the chat and the changes to it.\n\
         Where: workspaceStorage/*/chatSessions of VS Code's user folder (or set COPILOT_CHAT_DIR).\n\
         Counted: as copilot-chat, from the state at the end of the file.\n\
         Set aside: the same requests in a chat's JSON file (duplicate).\n\
         Lacks: as copilot-chat."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let keys = head.top_keys();
        let has = |key: &str| keys.iter().any(|known| known == key);
        let is_start = has("kind") && has("v") && !has("k");
        if is_start && head.has_key("requests") && head.has_key("creationDate") { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, _head: &Head<'_>, _options: &ReadOptions) -> Parser {
        Parser::Lines(Box::new(Replay::default()))
    }
}

#[derive(Default)]
struct Replay {
    chat: Value,
    start: Option<Origin>,
}

impl LineParser for Replay {
    fn line(&mut self, line: &[u8], at: Origin, out: &mut Batch) -> Taken {
        let Ok(mut entry) = serde_json::from_slice::<Value>(line) else { return Taken::Malformed };
        if entry.get("kind").is_none() {
            return Taken::Foreign;
        }
        let Some(kind) = entry["kind"].as_u64().filter(|kind| *kind <= 3) else {
            out.reject_record(BAD_CHANGE, at);
            return Taken::Yes;
        };
        let value = entry["v"].take();
        if kind == 0 {
            self.chat = value;
            self.start.get_or_insert(at);
            return Taken::Yes;
        }
        let path = entry.get("k").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        // What was answered is of no use here, and it is long.
        if path.iter().any(|key| key.as_str() == Some("response")) {
            return Taken::Yes;
        }
        let from = entry.get("i").filter(|from| !from.is_null());
        let from = from.map_or(Some(None), |from| from.as_u64().map(|from| usize::try_from(from).ok()));
        let (Some(place), Some(from)) = (place(&mut self.chat, path), from) else {
            out.reject_record(BAD_CHANGE, at);
            return Taken::Yes;
        };
        match (kind, value) {
            (1, value) => *place = value,
            (2, Value::Array(items)) => {
                if !place.is_array() {
                    *place = Value::Array(Vec::new());
                }
                if let Value::Array(list) = place {
                    list.truncate(from.unwrap_or(list.len()));
                    list.extend(items);
                }
            }
            (3, _) => *place = Value::Null,
            _ => {}
        }
        Taken::Yes
    }

    fn long_line(&mut self, line: &mut dyn std::io::Read, at: Origin, out: &mut Batch) -> Taken {
        let mut bytes = Vec::new();
        match line.read_to_end(&mut bytes) {
            Ok(_) => self.line(&bytes, at, out),
            Err(_) => Taken::Malformed,
        }
    }

    fn finish(&mut self, out: &mut Batch) {
        if let Some(at) = self.start {
            COPILOT_CHAT.read_assembled(&self.chat.to_string(), at, out);
        }
    }
}

/// The value at a path, which is made where only its last key is missing.
fn place<'a>(chat: &'a mut Value, path: &[Value]) -> Option<&'a mut Value> {
    let mut at = chat;
    for key in path {
        at = match (key, at) {
            (Value::String(key), Value::Object(entries)) => entries.entry(key.as_str()).or_insert(Value::Null),
            (Value::Number(number), Value::Array(items)) => {
                let index = usize::try_from(number.as_u64()?).ok()?;
                if index == items.len() {
                    items.push(Value::Null);
                }
                items.get_mut(index)?
            }
            _ => return None,
        };
    }
    Some(at)
}
