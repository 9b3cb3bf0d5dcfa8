//! Messages whose content is a list of blocks, as Anthropic's API has them → prompts and tool calls.
//!
//! - In: the blocks of one message after another; or calls and results that an agent writes otherwise. Out: events. A call is one
//!   once its result is there.
//! - Refuses: calls without a result, which were not run.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::model::origin::Origin;
use crate::sources::Batch;
use crate::sources::json::access::Json;
use crate::sources::transcript::session::SessionContext;
use crate::sources::transcript::tool_call::ToolCall;

/// The calls of a session that have no result yet: name and arguments by id.
#[derive(Default)]
pub(crate) struct Blocks {
    calls: HashMap<String, (String, String)>,
}

impl Blocks {
    /// Adds the events of a message; `key` tells it from the other messages of the session.
    pub(crate) fn add_message(
        &mut self,
        (message, key): (Json<'_>, &str),
        session: &SessionContext,
        time: DateTime<Utc>,
        at: Origin,
        out: &mut Batch,
    ) {
        let is_prompt = message.text("role") == Some("user");
        for block in message.items("content") {
            match block.text("type") {
                Some("text") if is_prompt => {
                    let prompt = out.prompt(block.text("text").unwrap_or_default());
                    session.add_event(key, prompt, time, at, out);
                }
                Some("tool_use") => {
                    let (Some(id), Some(name)) = (block.text("id"), block.text("name")) else { continue };
                    self.begin_call(id, name, block.at("input").to_string());
                }
                Some("tool_result") => self.add_result(block, session, time, at, out),
                _ => {}
            }
        }
    }

    fn add_result(
        &mut self,
        block: Json<'_>,
        session: &SessionContext,
        time: DateTime<Utc>,
        at: Origin,
        out: &mut Batch,
    ) {
        let Some(id) = block.text("tool_use_id").or(block.text("toolUseID")) else { return };
        let texts = block.items("content").filter_map(|part| part.text("text"));
        let output = ["content", "run/result/output", "run/result", "run/progress/output", "run/progress"];
        let output = output.iter().find_map(|place| block.text(place)).map(str::to_owned);
        let output = output.unwrap_or_else(|| texts.collect::<Vec<_>>().join("\n"));
        let has_code = block.string("run/result/exitCode").is_some_and(|code| code != "0");
        let failed =
            has_code || block.is_true("is_error") || block.text("run/status").is_some_and(|status| status != "done");
        self.end_call((id, &output, failed), session, time, at, out);
    }

    /// Notes a call of a tool, with its arguments as JSON.
    pub(crate) fn begin_call(&mut self, id: &str, name: &str, arguments: String) {
        self.calls.insert(id.to_owned(), (name.to_owned(), arguments));
    }

    /// Adds a further part to the arguments of a call.
    pub(crate) fn continue_call(&mut self, id: &str, part: &str) {
        if let Some((_, arguments)) = self.calls.get_mut(id) {
            arguments.push_str(part);
        }
    }

    /// Adds the events of a call, now that its result is there: its id, what it printed, and whether it failed.
    pub(crate) fn end_call(
        &mut self,
        (id, output, failed): (&str, &str, bool),
        session: &SessionContext,
        time: DateTime<Utc>,
        at: Origin,
        out: &mut Batch,
    ) {
        let Some((name, arguments)) = self.calls.remove(id) else { return };
        let call = ToolCall { key: id, name: &name, arguments: &arguments, output: Some(output), failed };
        call.add_events(session, time, at, out);
    }
}

/// A text, or the texts of a list of parts, a line each.
pub(crate) fn text_of(content: Json<'_>) -> String {
    let parts = || content.items("").filter_map(|part| part.text("text")).collect::<Vec<_>>().join("\n");
    content.text("").map_or_else(parts, str::to_owned)
}
