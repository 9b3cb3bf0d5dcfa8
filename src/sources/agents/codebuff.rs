//! Codebuff chats: `chat-messages.json`, an array that is rewritten as the chat grows.
//!
//! A message has its usage in `metadata.usage`, or its run state keeps the provider's own usage object for each message of
//! the history. Credits are what Codebuff charges; what a credit costs depends on the plan, so they are not dollars.

use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::usage_object;

pub(crate) static CODEBUFF: Page = Page {
    id: "codebuff",
    title: "Codebuff chats",
    about: "chat-messages.json, one per chat.\n\
            Where: ~/.config/manicode/projects (CODEBUFF_DATA_DIR).\n\
            Counted: the usage of each message, or else the provider's usage in its run state. Credits are kept as credits.\n\
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
    let credits = message.quantity("credits");
    if tokens.is_zero() && credits.unless_zero().is_absent() {
        return sink.ignore(NO_TOKENS);
    }
    let written = message.instant("timestamp").or_else(|| message.instant("createdAt"));
    let Some(start) = written.or_else(|| sink.undated()) else { return sink.reject(NO_TIME) };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.model = sink.name(model);
    let path = sink.out.path.clone();
    let chat = folder_of(&path, &["chat-messages.json"]);
    record.session = sink.name(chat);
    record.quantity = credits;
    record.bill.unit = record.quantity.known().and_then(|_| sink.name(Some("credits")));
    let id = message.string("id").unwrap_or_default();
    let number = number.to_string();
    match written {
        // Id and time identify a message also in a copy of the chat under another name.
        Some(written) if !id.is_empty() => {
            sink.add(record, &["", &id, &number, &written.timestamp_micros().to_string()])
        }
        _ => sink.add(record, &[chat.unwrap_or(""), &id, &number]),
    }
}
