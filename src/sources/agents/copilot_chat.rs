//! Copilot chats in VS Code (`chatSessions/*.json`, or Chat: Export Chat). No tokens and no money are logged: a record says
//! that a request was made, when, and to which model.

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, request};
use crate::sources::export::NO_TIME;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static COPILOT_CHAT: Agent = Agent {
    page: Page {
        id: "copilot-chat",
        title: "Copilot chats of VS Code",
        about: "JSON files, one a chat session, or the output of `Chat: Export Chat...`.\n\
                Where: workspaceStorage/*/chatSessions of VS Code's user folder.\n\
                Counted: one record per request, with time and model.\n\
                Lacks: tokens, cost, branch: its requests are unpriced. Hand over the AI usage report of the organisation for \
                the money.",
        needs: &[&["requesterUsername", "responderUsername", "requests"]],
        lacks: &[],
        read,
    },
    env: "COPILOT_CHAT_DIR",
    homes: &[],
};

fn read(chat: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if chat.get("requests").is_none() {
        return false;
    }
    let session = chat.text("sessionId");
    for made in chat.items("requests") {
        let Some(start) = made.instant("timestamp").or_else(|| chat.instant("creationDate")) else {
            sink.reject(NO_TIME);
            continue;
        };
        let mut record = request(sink, start, TokenCounts::default());
        record.provider = sink.name(Some("github"));
        record.model = sink.name(made.text("modelId").map(|model| model.trim_start_matches("copilot/")));
        record.session = sink.name(session.or(made.text("result/metadata/sessionId")));
        sink.add(record, &[made.text("requestId").unwrap_or("")]);
    }
    true
}
