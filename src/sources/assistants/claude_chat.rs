//! Claude's apps: the conversations of a data export, and the chats of the compliance API.
//!
//! - In: `conversations.json` of an export, also in its zip; answers of `GET /v1/compliance/apps/chats/{id}/messages`.
//! - Source: platform.claude.com/docs/en/api/compliance/apps/chats/messages, and descriptions of the export by those who read it
//!   (Sinity/polylogue, docs/providers/claude-ai.md).
//! - Refuses: prompts without a time.
//!
//! Traps:
//! - A regenerated answer follows the first one: the prompt counts once, with the last answer.
//! - The compliance API gives the same messages other ids than the export.

use std::collections::HashMap;

use super::Prompt;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::transcript::chars;

pub(crate) static CLAUDE_CHAT: Page = Page {
    id: "claude-chat",
    title: "Claude conversations",
    about: "Export: Settings > Privacy > Export data (conversations.json, also in its zip), for an organization by its owner; or the chats \
            of Anthropic's compliance API with their messages.\n\
            Counted: one record per prompt, which a seat covers: no dollars, and tokens only as estimates from the length of the texts.\n\
            Set aside: what the assistant and its tools wrote; other answers to the same prompt; the same prompt in another export \
            (duplicate).\n\
            Lacks: tokens, bill, folder and branch; the data export has no model.",
    needs: &[&["chat_messages"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if let Some(Json(Node::List(_))) = value.get("chat_messages") {
        value.note_numbers();
        chat(value, sink);
        return true;
    }
    let mut any = false;
    for one in ["data", "conversations"].iter().flat_map(|key| value.items(key)) {
        any |= one.has("chat_messages") && read(one, sink);
    }
    any
}

fn chat(chat: Json<'_>, sink: &mut Sink<'_>) {
    let user = ["user/email_address", "user/id", "account/email_address", "account/uuid"];
    let mut prompts: Vec<Prompt<'_>> = Vec::new();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for message in chat.items("chat_messages") {
        let id = message.text("uuid").or_else(|| message.text("id")).unwrap_or_default();
        let at = message.instant("created_at").or_else(|| chat.instant("created_at"));
        match message.text("sender").or_else(|| message.text("role")) {
            Some("human" | "user") => {
                by_id.insert(id, prompts.len());
                prompts.push(Prompt {
                    provider: "anthropic",
                    id: [id, ""],
                    at,
                    text: Some(text_of(message)),
                    model: chat.text("model"),
                    conversation: chat.text("uuid").or_else(|| chat.text("id")),
                    user: user.iter().find_map(|key| chat.text(key)),
                    ..Prompt::default()
                });
            }
            Some("assistant") => {
                let parent = message.text("parent_message_uuid").and_then(|id| by_id.get(id).copied());
                let asked = parent.or_else(|| prompts.len().checked_sub(1));
                if let Some(prompt) = asked.and_then(|at| prompts.get_mut(at)) {
                    prompt.answer = chars(&text_of(message)).into();
                    prompt.model = message.text("model").or(prompt.model);
                }
            }
            _ => {}
        }
    }
    prompts.into_iter().for_each(|prompt| prompt.add(sink));
}

/// The text of a message; the export has it in one piece and in blocks.
fn text_of(message: Json<'_>) -> String {
    let is_text = |block: &Json<'_>| block.text("type").is_none_or(|kind| kind == "text");
    let blocks = message.items("content").filter(is_text).filter_map(|block| block.text("text"));
    let blocks: Vec<&str> = blocks.collect();
    if blocks.is_empty() { message.text("text").unwrap_or_default().to_owned() } else { blocks.join("\n") }
}
