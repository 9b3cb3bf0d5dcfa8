//! A transcript line → what the session did besides usage: prompts, tool calls, edits, commits.
//!
//! - In: a line, and the raw content of its message. Out: events with lengths, names and hashes; no text is kept.
//! - Refuses: nothing; content that does not parse shows nothing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::shape::{Envelope, Line, Message};
use crate::model::activity::{Event, What};
use crate::model::hash::hash_text;
use crate::model::name::{Name, Names};
use crate::model::origin::Origin;
use crate::model::usage::RecordId;
use crate::sources::Batch;
use crate::sources::json::lenient::{Flag, Object, Str, Text};
use crate::sources::transcript::{chars, makes_commit, printed_commits, pull_request, replaced_lines};

/// One block of a message's content.
#[derive(Deserialize)]
struct ContentBlock<'a> {
    #[serde(default, borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(default, borrow)]
    text: Text<'a>,
    #[serde(default, borrow)]
    thinking: Text<'a>,
    #[serde(default, borrow)]
    id: Text<'a>,
    #[serde(default, borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    input: Option<&'a RawValue>,
    #[serde(default, borrow)]
    tool_use_id: Text<'a>,
    #[serde(default, borrow)]
    content: Option<&'a RawValue>,
    #[serde(default)]
    is_error: Flag,
}

/// The arguments of the tools that change files or run commands.
#[derive(Deserialize)]
struct ToolInput<'a> {
    #[serde(default, borrow)]
    command: Text<'a>,
    #[serde(default, borrow)]
    file_path: Text<'a>,
    #[serde(default, borrow)]
    notebook_path: Text<'a>,
    #[serde(default, borrow)]
    old_string: Text<'a>,
    #[serde(default, borrow)]
    new_string: Text<'a>,
    #[serde(default, borrow)]
    new_source: Text<'a>,
    #[serde(default, borrow)]
    content: Text<'a>,
    #[serde(default, borrow)]
    edits: Vec<Replacement<'a>>,
}

#[derive(Deserialize)]
struct Replacement<'a> {
    #[serde(default, borrow)]
    old_string: Text<'a>,
    #[serde(default, borrow)]
    new_string: Text<'a>,
}

/// Hash and length of each block that the model wrote: text, thinking, tool arguments.
pub(super) fn visible_blocks(content: &str) -> Vec<(u64, u32)> {
    if content.starts_with('"') {
        return serde_json::from_str::<Text<'_>>(content)
            .ok()
            .and_then(|text| text.get().map(|text| (hash_text(text), chars(text))))
            .into_iter()
            .collect();
    }
    let blocks: Vec<Object<ContentBlock<'_>>> = serde_json::from_str(content).unwrap_or_default();
    blocks
        .iter()
        .filter_map(|block| {
            let block = block.0.as_ref()?;
            let written = block.text.get().or(block.thinking.get()).or(block.input.map(RawValue::get))?;
            Some((hash_text(written), chars(written)))
        })
        .collect()
}

/// What the events of a line have in common.
pub(super) struct EventContext {
    uuid: u64,
    origin: Origin,
    at: DateTime<Utc>,
    session: Option<Name>,
    cwd: Option<Name>,
    branch: Option<Name>,
    request: Option<RecordId>,
    subagent: bool,
}

impl EventContext {
    pub(super) fn new<S: Str, C>(
        line: &Line<S, C>,
        envelope: &Envelope<'_>,
        at: DateTime<Utc>,
        origin: Origin,
        request: Option<RecordId>,
        names: &mut Names,
    ) -> Self {
        // A line without an id is identified by its position.
        let uuid = envelope.uuid.map_or_else(|| hash_text(&format!("{}:{}", origin.file.0, origin.line)), hash_text);
        Self {
            uuid,
            origin,
            at,
            session: names.intern_some(line.session_id.get()),
            cwd: names.intern_some(line.cwd.get()),
            branch: names.intern_some(line.git_branch.get()),
            request,
            subagent: envelope.subagent,
        }
    }

    fn event(&self, ordinal: usize, what: What) -> Event {
        Event {
            id: hash_text(&format!("{}:{ordinal}", self.uuid)),
            origin: self.origin,
            at: self.at,
            session: self.session,
            cwd: self.cwd,
            branch: self.branch,
            request: self.request,
            subagent: self.subagent,
            what,
        }
    }
}

/// What a call does if its result is no failure.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    /// Whether it opens a pull request, whose address the result prints.
    opens: bool,
    /// What it does to pull requests.
    acts: Vec<What>,
}

/// Adds the events of a message: prompts, tool calls, edits, errors, printed commits.
///
/// `awaited` holds the calls whose results say more than they do themselves.
pub(super) fn add_message_events<S: Str, C>(
    context: &EventContext,
    message: &Message<S, C>,
    content: &str,
    automatic: bool,
    awaited: &mut HashMap<u64, Awaited>,
    out: &mut Batch,
) {
    let mut ordinal = 0;
    let mut push = |what: What, out: &mut Batch| {
        out.activity.push(context.event(ordinal, what));
        ordinal += 1;
    };
    let from_person = message.role.is("user") && !automatic && !context.subagent;
    if content.starts_with('"') {
        if from_person && let Ok(text) = serde_json::from_str::<Text<'_>>(content) {
            push(out.prompt(text.get().unwrap_or_default()), out);
        }
        return;
    }
    let Ok(blocks) = serde_json::from_str::<Vec<Object<ContentBlock<'_>>>>(content) else { return };
    for block in blocks.iter().filter_map(|block| block.0.as_ref()) {
        match block.kind.get() {
            Some("text") if from_person => {
                push(out.prompt(block.text.get().unwrap_or_default()), out);
            }
            Some("tool_use") => {
                if let Some(name) = block.name.get() {
                    let call = block.id.get().map_or(0, hash_text);
                    let arguments = block.input.map_or(0, |raw| hash_text(raw.get()));
                    push(What::Tool { name: out.names.intern(name), call, arguments }, out);
                }
                let Some(Ok(input)) = block.input.map(|raw| serde_json::from_str::<ToolInput<'_>>(raw.get())) else {
                    continue;
                };
                let opens = block.name.get().and_then(pull_request::tool_opens);
                let command = input.command.get();
                let opens_one = opens == Some(true) || command.is_some_and(pull_request::opens);
                let named = block.input.filter(|_| opens == Some(false));
                let named = named.and_then(|raw| pull_request::of_arguments(raw.get()));
                let named = named.as_ref().map(|(repository, number)| (repository.as_deref(), *number));
                let acted_on = named.into_iter().chain(command.map(pull_request::acted_on).unwrap_or_default());
                let acts: Vec<What> = acted_on.map(|named| pull_request::event(named, false, &mut out.names)).collect();
                if let Some(id) = block.id.get()
                    && (opens_one || !acts.is_empty() || command.is_some_and(makes_commit))
                {
                    awaited.insert(hash_text(id), Awaited { opens: opens_one, acts });
                }
                if let Some(what) = edit(&input, &mut out.names) {
                    push(what, out);
                }
            }
            Some("tool_result") => {
                let call = block.tool_use_id.get().map(hash_text);
                let size = block.content.map_or(0, |raw| u32::try_from(raw.get().len()).unwrap_or(u32::MAX));
                push(What::Result { call: call.unwrap_or(0), size, failed: block.is_error.0 }, out);
                if let Some(of_call) = call.and_then(|call| awaited.remove(&call)) {
                    let output = block.content.map(|raw| result_text(raw.get())).unwrap_or_default();
                    for sha in printed_commits(&output) {
                        push(What::Commit { sha: out.names.intern(sha) }, out);
                    }
                    if !block.is_error.0 {
                        of_call.acts.into_iter().for_each(|act| push(act, out));
                        let opened = of_call.opens.then(|| pull_request::in_output(&output)).flatten();
                        opened
                            .into_iter()
                            .for_each(|named| push(pull_request::event(named, true, &mut out.names), out));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Adds the events of a line without a message.
pub(super) fn add_line_events<S: Str, C>(line: &Line<S, C>, time: DateTime<Utc>, at: Origin, out: &mut Batch) {
    let what = if line.kind.is("pr-link") {
        let Some(number) = line.pr_number.known() else { return };
        pull_request::event((line.pr_repository.get(), number), true, &mut out.names)
    } else if line.kind.is("system") && line.subtype.is("compact_boundary") {
        What::Compaction
    } else {
        return;
    };
    let envelope = Envelope {
        request: None,
        uuid: line.uuid.get(),
        subagent: line.is_sidechain.0,
        time: Some(time),
        guessed: false,
    };
    let mut context = EventContext::new(line, &envelope, time, at, None, &mut out.names);
    if let What::PullRequest { number, .. } = what {
        // These lines have no id and are written again on resume.
        context.uuid = hash_text(&format!("{:?}:{number}:{time}", line.session_id.get()));
    }
    out.activity.push(context.event(0, what));
}

/// The edit that a tool call makes, if it is one of the file tools.
fn edit(input: &ToolInput<'_>, names: &mut Names) -> Option<What> {
    let path = input.file_path.get().or(input.notebook_path.get())?;
    let written = input.content.get().or(input.new_source.get());
    let mut added = Vec::new();
    let mut deleted = 0;
    let single = Replacement { old_string: input.old_string.clone(), new_string: input.new_string.clone() };
    let replaces = single.old_string.0.is_some() || single.new_string.0.is_some();
    if written.is_none() && !replaces && input.edits.is_empty() {
        return None; // Only read.
    }
    for replacement in replaces.then_some(&single).into_iter().chain(&input.edits) {
        let old = replacement.old_string.get().unwrap_or_default();
        let (more, fewer) = replaced_lines(old, replacement.new_string.get().unwrap_or_default());
        added.extend(more);
        deleted += fewer;
    }
    added.extend(written.map(|text| replaced_lines("", text).0).unwrap_or_default());
    Some(What::Edit { path: names.intern(path), added, deleted })
}

/// The text of a tool result: a string, or the text blocks of a list.
fn result_text(raw: &str) -> String {
    #[derive(Deserialize)]
    struct TextBlock<'a> {
        #[serde(default, borrow)]
        text: Text<'a>,
    }
    if let Ok(text) = serde_json::from_str::<String>(raw) {
        return text;
    }
    let blocks: Vec<Object<TextBlock<'_>>> = serde_json::from_str(raw).unwrap_or_default();
    let texts: Vec<&str> = blocks.iter().filter_map(|block| block.0.as_ref()?.text.get()).collect();
    texts.join("\n")
}
