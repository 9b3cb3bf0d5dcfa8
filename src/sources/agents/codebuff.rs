//! Codebuff chats: `chat-messages.json`, an array that is rewritten as the chat grows.
//!
//! A message has its usage in `metadata.usage`, or its run state keeps the provider's own usage object for each message of
//! the history. Credits are what Codebuff charges; what a credit costs depends on the plan, so they are not dollars.
//! What was done is in the `blocks` of messages; those of an agent that was started have its blocks inside. Read: codebuff 03cb53d.
//! A chat is named by the time at which it began, which dates messages that have only an hour.

use chrono::{DateTime, Utc};

use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::transcript::blocks::{Blocks, text_of};
use crate::sources::transcript::session::SessionContext;
use crate::sources::usage_object::{self, anthropic};
use crate::sources::values::amount::Quantity;
use crate::sources::values::instant::Instant;

/// The file of a chat, in a folder that names it.
const FILE: &str = "chat-messages.json";

pub(crate) static CODEBUFF: Page = Page {
    id: "codebuff",
    title: "Codebuff chats",
    about: "chat-messages.json, one per chat.\n\
            Where: ~/.config/manicode/projects (CODEBUFF_DATA_DIR).\n\
            Counted: the usage of each message, or else the provider's usage in its run state; advisers and compactions \
            are requests of their own. Credits are kept as credits.\n\
            Messages of a run state have no time; they get that of the message that holds them, or else that of the run \
            (undated).\n\
            Lacks: folder, branch and bill.",
    needs: &[
        &["role", "metadata", "credits"],
        &["providerOptions", "codebuff"],
        &["variant", "metadata", "runState"],
        &["variant", "metadata", "usage"],
    ],
    lacks: &["usageLedger"],
    read,
};

fn read(message: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !message.has("role") && !message.has("variant") {
        return false;
    }
    if sink.out.wants_activity {
        add_activity(message, sink);
    }
    let usage = ["metadata/usage", "metadata/codebuff/usage", "usage"].iter().find_map(|path| message.get(path));
    if let Some(usage) = usage {
        add(message, message.text("metadata/model").or(message.text("model")), usage, 0, sink);
        return true;
    }
    let history = "metadata/runState/sessionState/mainAgentState/messageHistory";
    for (number, past) in message.items(history).enumerate() {
        if let Some(codebuff) = past.get("providerOptions/codebuff")
            && let Some(usage) = codebuff.get("usage")
        {
            add(message, codebuff.text("model"), usage, number, sink);
        }
    }
    true
}

/// What a message asks for, or says was done.
fn add_activity(message: Json<'_>, sink: &mut Sink<'_>) {
    let chat = folder_of(&sink.out.path, &[FILE]).map(str::to_owned);
    let Some(time) = written(message).or_else(|| chat.as_deref().and_then(beginning)) else { return };
    let cwd = message.text("metadata/runState/sessionState/fileContext/projectRoot");
    let session = SessionContext { id: chat, cwd: cwd.map(str::to_owned), ..SessionContext::default() };
    let is_prompt = [message.text("variant"), message.text("role")].contains(&Some("user"));
    // A command that a person runs in the chat asks nothing.
    if is_prompt && message.has("content") && !message.has("metadata/bashCwd") {
        let prompt = sink.out.prompt(&text_of(message.at("content")));
        session.add_event(message.text("id").unwrap_or_default(), prompt, time, sink.at, sink.out);
    }
    add_blocks(message, &session, time, sink);
}

fn add_blocks(parent: Json<'_>, session: &SessionContext, time: DateTime<Utc>, sink: &mut Sink<'_>) {
    let mut calls = Blocks::default();
    for block in parent.items("blocks") {
        match (block.text("type"), block.text("toolCallId"), block.text("toolName")) {
            (Some("tool"), Some(id), Some(name)) if block.has("output") || block.has("outputRaw") => {
                calls.begin_call(id, name, block.at("input").to_string());
                let (output, failed) = result(block);
                calls.end_call((id, &output, failed), session, time, sink.at, sink.out);
            }
            (Some("agent"), ..) => {
                let started = SessionContext { subagent: true, ..session.clone() };
                add_blocks(block, &started, time, sink);
            }
            _ => {}
        }
    }
}

/// What a call printed, and whether it failed. Older versions keep only the text that they show.
fn result(block: Json<'_>) -> (String, bool) {
    let shown = block.text("output").unwrap_or_default();
    let Some(value) = block.items("outputRaw").find_map(|part| part.get("value")) else {
        let is_error = |line: &str| line.trim_start_matches(['-', ' ', '{', '[', '"']).starts_with("errorMessage");
        return (shown.to_owned(), shown.lines().any(is_error));
    };
    let printed: String = ["stdout", "stderr"].iter().filter_map(|name| value.text(name)).collect();
    (if printed.is_empty() { shown.to_owned() } else { printed }, value.has("errorMessage"))
}

/// When a message was written, if it says so.
fn written(message: Json<'_>) -> Option<DateTime<Utc>> {
    message.instant("timestamp").or_else(|| message.instant("createdAt"))
}

/// When a chat began, by its name: `2026-03-04T08-00-00.000Z`.
fn beginning(chat: &str) -> Option<DateTime<Utc>> {
    let (day, time) = chat.split_once('T')?;
    Instant::rfc3339(&format!("{day}T{}", time.replace('-', ":")))
}

fn add(message: Json<'_>, model: Option<&str>, usage: Json<'_>, number: usize, sink: &mut Sink<'_>) {
    let tokens = if usage.has("inputTokens") {
        DraftTokens {
            input: usage.count("inputTokens"),
            output: usage.count("outputTokens"),
            cache_read: usage.count("cacheReadInputTokens"),
            cache_write_unspecified: usage.count("cacheCreationInputTokens"),
            ..DraftTokens::default()
        }
    } else {
        usage_object::read_usage(usage).map(|usage| usage.tokens).unwrap_or_default()
    };
    // They are those of the message, whose run state may hold several requests.
    let credits = if number == 0 { message.quantity("credits") } else { Quantity::Absent };
    if tokens.is_zero() && credits.unless_zero().is_absent() {
        return sink.ignore(NO_TOKENS);
    }
    let path = sink.out.path.clone();
    let chat = folder_of(&path, &[FILE]);
    let written = written(message);
    let dated = written.or_else(|| chat.and_then(beginning)).or_else(|| sink.undated());
    let Some(start) = dated else { return sink.reject(NO_TIME) };
    let id = message.string("id").unwrap_or_default();
    let number = number.to_string();
    // Id and time identify a message also in a copy of the chat under another name.
    let when = written.filter(|_| !id.is_empty()).map(|written| written.timestamp_micros().to_string());
    let mut key = match &when {
        Some(when) => vec!["", &id, &number, when],
        None => vec![chat.unwrap_or(""), &id, &number],
    };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.model = sink.name(model);
    record.session = sink.name(chat);
    record.quantity = credits;
    record.bill.unit = record.quantity.known().and_then(|_| sink.name(Some("credits")));
    sink.add(record, &key);
    key.push("beside");
    for ((own, tokens), number) in anthropic::beside_renamed(usage, model).zip(0_u64..) {
        let mut record = sink.request(start);
        record.tokens = tokens;
        record.model = sink.name(own.or(model));
        record.session = sink.name(chat);
        sink.add(record, &[&key[..], &[&*number.to_string()]].concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_named_by_the_time_at_which_it_began() {
        let at = |chat| beginning(chat).map(|at| at.to_rfc3339());
        assert_eq!(at("2026-03-04T08-15-30.250Z").as_deref(), Some("2026-03-04T08:15:30.250+00:00"));
        assert_eq!((at("main"), at("2026-03-04")), (None, None));
    }
}
