//! Copilot chats in VS Code (`chatSessions/*.json`, or Chat: Export Chat). They log no tokens and no money: a record says that
//! a request was made, when, and to which model.

use crate::sources::json::access::Json;
use crate::sources::json::page::{Folders, Page, Sink};
use crate::sources::rejection::NO_TIME;

pub(crate) static COPILOT_CHAT: Page = Page {
    id: "copilot-chat",
    title: "Copilot chats of VS Code",
    about: "JSON files, one per chat session, or the output of `Chat: Export Chat...`.\n\
            Where: workspaceStorage/*/chatSessions of VS Code's user folder (or set COPILOT_CHAT_DIR).\n\
            Counted: one record per request, with time and model.\n\
            Lacks: tokens, cost and branch: its requests are unpriced. For the money, pass the AI usage report of the \
            organisation.",
    needs: &[&["requesterUsername", "responderUsername", "requests"]],
    lacks: &[],
    folders: Some(Folders { env: "COPILOT_CHAT_DIR", homes: &[] }),
    read,
};

fn read(chat: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !chat.has("requests") {
        return false;
    }
    let session = chat.text("sessionId");
    for request in chat.items("requests") {
        let Some(start) = request.instant("timestamp").or_else(|| chat.instant("creationDate")) else {
            sink.reject(NO_TIME);
            continue;
        };
        let mut record = sink.request(start);
        record.provider = sink.name(Some("github"));
        record.model = sink.name(request.text("modelId").map(|model| model.trim_start_matches("copilot/")));
        record.session = sink.name(session.or(request.text("result/metadata/sessionId")));
        sink.add(record, &[request.text("requestId").unwrap_or("")]);
    }
    true
}
