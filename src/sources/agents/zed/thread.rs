//! What a thread of Zed did: the prompts, tool calls and results of its messages.
//!
//! - In: the `messages` of a thread, of version 0.3.0 or of those before it. Read: zed 000e783 and 0642ec7.
//! - Out: events, all at one time, for messages have none of their own.
//!
//! Traps:
//! - Files are named by the folder of the project that they are in (`shop/src/till.rs`).
//! - `edit_file` used to describe an edit to another model, so that only its result (`output`) has the lines.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::model::origin::Origin;
use crate::model::path;
use crate::sources::Batch;
use crate::sources::json::access::Json;
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::SessionContext;

/// A thread whose messages are read.
pub(super) struct Thread<'a> {
    pub(super) session: SessionContext,
    /// The folders of its project.
    pub(super) folders: Vec<&'a str>,
    pub(super) time: DateTime<Utc>,
    pub(super) at: Origin,
}

impl Thread<'_> {
    /// Adds what the thread did.
    pub(super) fn add_activity(&self, data: Json<'_>, out: &mut Batch) {
        let mut blocks = Blocks::default();
        for (message, number) in data.items("messages").zip(1_u32..) {
            if let Some(prompt) = prompt(message) {
                let prompt = out.prompt(&prompt);
                self.session.add_event(&number.to_string(), prompt, self.time, self.at, out);
            }
            self.add_calls(message, &mut blocks, out);
        }
    }

    fn add_calls(&self, message: Json<'_>, blocks: &mut Blocks, out: &mut Batch) {
        let results = results(message);
        let parts = message.items("Agent/content").filter_map(|part| part.get("ToolUse"));
        for call in parts.chain(message.items("tool_uses")) {
            let (Some(id), Some(name)) = (call.text("id"), call.text("name")) else { continue };
            let result = results.iter().find(|(known, _)| *known == id);
            let written = result.and_then(|(_, result)| result.get("output"));
            blocks.begin_call(id, name, self.arguments(call.at("input"), written));
        }
        for (id, result) in results {
            let output = content_of(result.at("content"));
            let failed = result.is_true("is_error") || result.has("output/error");
            blocks.end_call((id, &output, failed), &self.session, self.time, self.at, out);
        }
    }

    /// The arguments of a call as JSON, with a whole path and the text before and after an edit.
    fn arguments(&self, input: Json<'_>, written: Option<Json<'_>>) -> String {
        let text = input.to_string();
        let Some(path) = input.text("path") else { return text };
        let Ok(Value::Object(mut arguments)) = serde_json::from_str(&text) else { return text };
        arguments.insert("path".to_owned(), self.whole_path(path).into());
        let whole = |key| written.and_then(|written| written.at(key).0.as_text());
        if let (Some(old), Some(new)) = (whole("old_text"), whole("new_text")) {
            arguments.retain(|key, _| key != "edits" && key != "content");
            arguments.insert("old_text".to_owned(), old.into());
            arguments.insert("new_text".to_owned(), new.into());
        }
        Value::Object(arguments).to_string()
    }

    fn whole_path<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let (first, rest) = path.split_once(['/', '\\']).unwrap_or((path, ""));
        let folder = self.folders.iter().find(|folder| path::last_part(folder) == first);
        folder.map_or(Cow::Borrowed(path), |folder| Cow::Owned(format!("{folder}/{rest}")))
    }
}

/// What a person wrote in a message.
fn prompt(message: Json<'_>) -> Option<String> {
    let texts: Vec<&str> = if message.text("role") == Some("user") {
        // Version 0.1.0 has the results of tools in messages of the user.
        if message.is_true("is_hidden") || message.items("tool_results").next().is_some() {
            return None;
        }
        message.items("segments").filter_map(|segment| segment.text("text")).chain(message.text("text")).collect()
    } else {
        message.items("User/content").filter_map(|part| part.text("Text")).collect()
    };
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The results of the calls of a message by their ids.
fn results<'a>(message: Json<'a>) -> Vec<(&'a str, Json<'a>)> {
    let known = message.at("Agent/tool_results").0.sorted();
    let earlier = message.items("tool_results").filter_map(|result| Some((result.text("tool_use_id")?, result)));
    known.into_iter().map(|(id, result)| (id, Json(result))).chain(earlier).collect()
}

/// The text of a result: as it is, as `{"Text": …}`, or a list of these.
fn content_of(content: Json<'_>) -> String {
    let parts: Vec<&str> = content.items("").filter_map(|part| part.text("Text").or(part.text(""))).collect();
    match content.text("Text") {
        Some(text) => text.to_owned(),
        None if parts.is_empty() => text_of(content),
        None => parts.join("\n"),
    }
}
