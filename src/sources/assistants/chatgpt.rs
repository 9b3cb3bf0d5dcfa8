//! ChatGPT: the conversations of a data export, and those of the compliance API and its log.
//!
//! - In: `conversations.json` of an export, also in parts and in its zip, whose messages are a tree; pages, conversations and
//!   single messages of the compliance API, whose messages are a list.
//! - Source: descriptions of the export by those who read it (mitkury/chatgpt-export-parser, TomzxCode/llm-conversations-viewer) and
//!   the sample of the compliance log in Sumo Logic's documentation of its ChatGPT Compliance app.
//! - Refuses: prompts without a time.
//!
//! Traps:
//! - A regenerated answer is a second child of the prompt: the prompt counts once, with the answer that is shown.
//! - An edited prompt is a second child of the answer before it. It was sent, too, so it is a prompt of its own.
//! - Custom instructions and hidden messages have the role of the user.

use std::collections::{HashMap, HashSet};

use super::Prompt;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::transcript::chars;

pub(crate) static CHATGPT: Page = Page {
    id: "chatgpt",
    title: "ChatGPT conversations",
    about: "Export: Settings > Data controls > Export data (conversations.json, also in its zip and in parts); for a workspace, the \
            conversations of OpenAI's compliance API and the log of its messages.\n\
            Counted: one record per prompt, which a seat covers: no dollars, and tokens only as estimates from the length of the texts.\n\
            Set aside: what the assistant, tools, custom instructions and hidden messages wrote; other answers to the same prompt; the same \
            prompt in another export (duplicate).\n\
            Lacks: tokens, bill, folder and branch; the export of one person does not name the person.",
    needs: &[
        &["mapping", "children", "message"],
        &["last_active_at", "workspace_id", "messages"],
        &["last_active_at", "workspace_id", "message"],
    ],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.has_map("mapping") {
        value.note_numbers();
        Tree::new(value).read(sink);
        return true;
    }
    let is_conversation = |one: Json<'_>| one.has("last_active_at") && (one.has("messages") || one.has("message"));
    if is_conversation(value) {
        value.note_numbers();
        listed(value, sink);
        return true;
    }
    // A page of the compliance API.
    let mut any = false;
    for one in value.items("data").filter(|one| is_conversation(*one)) {
        one.note_numbers();
        listed(one, sink);
        any = true;
    }
    any
}

fn conversation_id(conversation: Json<'_>) -> Option<&str> {
    conversation.text("conversation_id").or_else(|| conversation.text("id"))
}

fn role(message: Json<'_>) -> Option<&str> {
    message.text("author/role").or_else(|| message.text("role"))
}

/// Whether a person wrote it, and not the program in the person's name.
fn is_prompt(message: Json<'_>) -> bool {
    let kind = message.text("content/content_type").or_else(|| message.text("content/type"));
    role(message) == Some("user")
        && !["is_visually_hidden_from_conversation", "is_user_system_message"]
            .iter()
            .any(|flag| message.at("metadata").is_true(flag))
        && !matches!(kind, Some("user_editable_context" | "model_editable_context"))
}

/// The text of a message: of its parts, or the one text that it has.
fn text_of(message: Json<'_>) -> String {
    let content = message.at("content");
    let whole = ["value", "text", ""].iter().find_map(|key| content.text(key));
    let parts: Vec<&str> =
        content.items("parts").filter_map(|part| part.text("").or_else(|| part.text("text"))).collect();
    whole.filter(|_| parts.is_empty()).map_or_else(|| parts.join("\n"), str::to_owned)
}

/// What an answer says, in characters; what goes to a tool is not said.
fn said(message: Json<'_>) -> u64 {
    let is_said = role(message) == Some("assistant") && message.text("recipient").is_none_or(|to| to == "all");
    if is_said { chars(&text_of(message)).into() } else { 0 }
}

fn model(message: Json<'_>) -> Option<&str> {
    message.text("metadata/model_slug").or_else(|| message.text("model"))
}

/// A conversation whose messages are a tree.
struct Tree<'a> {
    conversation: Json<'a>,
    nodes: &'a [(&'a str, Node<'a>)],
    by_id: HashMap<&'a str, Json<'a>>,
    /// The nodes from the last one that is shown up to the first.
    shown: HashSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn new(conversation: Json<'a>) -> Self {
        let nodes: &[(&str, Node<'_>)] = match conversation.at("mapping").0 {
            Node::Map(nodes) => nodes,
            _ => &[],
        };
        let by_id: HashMap<&str, Json<'_>> = nodes.iter().map(|(id, node)| (*id, Json(node))).collect();
        let mut shown = HashSet::new();
        let mut next = conversation.text("current_node");
        while let Some(id) = next.filter(|id| shown.insert(*id)) {
            next = by_id.get(id).and_then(|node| node.text("parent"));
        }
        Self { conversation, nodes, by_id, shown }
    }

    fn read(&self, sink: &mut Sink<'_>) {
        for (id, node) in self.nodes {
            let node = Json(node);
            let message = node.at("message");
            if !is_prompt(message) {
                continue;
            }
            let (answer, model) = self.answer(node);
            Prompt {
                provider: "openai",
                id: [message.text("id").unwrap_or(id), ""],
                at: ["create_time", "update_time"]
                    .iter()
                    .find_map(|key| message.instant(key))
                    .or_else(|| self.conversation.instant("create_time"))
                    .or_else(|| self.conversation.instant("update_time")),
                text: Some(text_of(message)),
                answer,
                model,
                conversation: conversation_id(self.conversation),
                user: None,
            }
            .add(sink);
        }
    }

    /// Length and model of the answer to a prompt: of several the one that is shown, else the last.
    fn answer(&self, prompt: Json<'a>) -> (u64, Option<&'a str>) {
        let (mut length, mut by) = (0, None);
        let mut node = prompt;
        for _ in 0..self.nodes.len() {
            let children = || node.items("children").filter_map(|child| child.text(""));
            let child = children().find(|id| self.shown.contains(id)).or_else(|| children().last());
            let Some(child) = child.and_then(|id| self.by_id.get(id)) else { break };
            let message = child.at("message");
            if is_prompt(message) {
                break;
            }
            length += said(message);
            by = by.or_else(|| model(message));
            node = *child;
        }
        (length, by)
    }
}

/// A conversation whose messages are a list, oldest first, or a single message.
fn listed(conversation: Json<'_>, sink: &mut Sink<'_>) {
    let single = conversation.get("message");
    let list = || conversation.items("messages/data").chain(conversation.items("messages")).chain(single);
    let mut messages: Vec<Json<'_>> = list().collect();
    messages.sort_by_key(|message| message.instant("created_at"));
    let mut open: Option<Prompt<'_>> = None;
    for message in messages {
        if is_prompt(message) {
            let id = message.text("id").unwrap_or_default();
            let next = Prompt {
                provider: "openai",
                id: [id, ""],
                at: message.instant("created_at").or_else(|| conversation.instant("created_at")),
                text: Some(text_of(message)),
                conversation: conversation_id(conversation),
                user: conversation.text("user_email").or_else(|| conversation.text("user_id")),
                ..Prompt::default()
            };
            if let Some(prompt) = open.replace(next) {
                prompt.add(sink);
            }
        } else if let Some(prompt) = &mut open {
            prompt.answer += said(message);
            prompt.model = prompt.model.or_else(|| model(message));
        }
    }
    if let Some(prompt) = open {
        prompt.add(sink);
    }
}
