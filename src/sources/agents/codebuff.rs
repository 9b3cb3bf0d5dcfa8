//! Codebuff chats: `chat-messages.json`, an array that is rewritten as the chat grows.
//!
//! A message carries its usage in `metadata.usage`, or its run state keeps the provider's own usage object per message of
//! the history. Credits are what Codebuff charges; what a credit costs depends on the plan, so it stays a credit.

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, folder_of, request};
use crate::sources::export::NO_TIME;
use crate::sources::export::amount::scaled;
use crate::sources::json::page::{Json, Page, Sink};
use crate::sources::usage_object;

pub(crate) static CODEBUFF: Agent = Agent {
    page: Page {
        id: "codebuff",
        title: "Codebuff chats",
        about: "chat-messages.json, one a chat.\n\
                Where: ~/.config/manicode/projects (CODEBUFF_DATA_DIR).\n\
                Counted: the usage of each message, else the provider's usage in its run state. Credits are kept as credits.\n\
                Messages of a run state tell no time; they stand at the time of the message that holds them, else at that of \
                the run (undated).\n\
                Lacks: folder, branch and bill.",
        needs: &[
            &["role", "metadata", "credits"],
            &["providerOptions", "codebuff"],
            &["variant", "metadata", "runState"],
        ],
        lacks: &["usageLedger"],
        read,
    },
    env: "CODEBUFF_DATA_DIR",
    homes: &[".config/manicode/projects", ".config/manicode-dev/projects", ".config/manicode-staging/projects"],
};

fn read(message: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if message.get("role").is_none() && message.get("variant").is_none() {
        return false;
    }
    let usage = ["metadata/usage", "metadata/codebuff/usage", "usage"].iter().find_map(|path| message.get(path));
    if let Some(usage) = usage {
        add(message, message.text("metadata/model").or(message.text("model")), usage, 0, sink);
        return true;
    }
    let history = "metadata/runState/sessionState/mainAgentState/messageHistory";
    for (at, past) in message.items(history).enumerate() {
        if let Some(codebuff) = past.get("providerOptions/codebuff")
            && let Some(usage) = codebuff.get("usage")
        {
            add(message, codebuff.text("model"), usage, at, sink);
        }
    }
    true
}

fn add(message: Json<'_>, model: Option<&str>, usage: Json<'_>, at: usize, sink: &mut Sink<'_>) {
    let tokens = if usage.get("inputTokens").is_some() {
        TokenCounts {
            input: usage.count("inputTokens"),
            output: usage.count("outputTokens"),
            cache_read: usage.count("cacheReadInputTokens"),
            cache_write_unspecified: usage.count("cacheCreationInputTokens"),
            ..TokenCounts::default()
        }
    } else {
        usage_object::of(usage).map(|counts| counts.tokens).unwrap_or_default()
    };
    if tokens.total() == 0 {
        return sink.out.ignore("no-tokens", "usage without a token was not billed", sink.at.line);
    }
    let line = sink.at.line;
    let told = message.instant("timestamp").or_else(|| message.instant("createdAt"));
    let Some(start) = told.or_else(|| sink.out.undated(line).map(|undated| undated.at)) else {
        return sink.reject(NO_TIME);
    };
    let mut record = request(sink, start, tokens);
    record.model = sink.name(model);
    let path = sink.out.path.clone();
    let chat = folder_of(&path, &["chat-messages.json"]);
    record.session = sink.name(chat);
    let credits = message.string("credits").and_then(|credits| i64::try_from(scaled(&credits, 6, false)?).ok());
    record.bill.quantity_micros = credits;
    record.bill.unit = credits.and_then(|_| sink.name(Some("credits")));
    let id = message.string("id").unwrap_or_default();
    sink.add(record, &[chat.unwrap_or(""), &id, &at.to_string()]);
}
