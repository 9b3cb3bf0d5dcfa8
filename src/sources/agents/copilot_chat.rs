//! Copilot chats in VS Code: `chatSessions/*.json`, or Chat: Export Chat, and `chatSessions/*.jsonl`, a journal of changes to the same
//! object.
//!
//! Newer versions log the tokens of prompt and answer of a request; of older ones a record says only that a request was made, when,
//! and to which model. The prompt includes what was read from a cache, which is not told apart.

mod journal;

pub(in crate::sources) use journal::Journal;

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;

pub(crate) static COPILOT_CHAT: Page = Page {
    id: "copilot-chat",
    title: "Copilot chats of VS Code",
    about: "JSON files, one per chat session, or the output of `Chat: Export Chat...`.\n\
            Where: workspaceStorage/*/chatSessions of VS Code's user folder (or set COPILOT_CHAT_DIR).\n\
            Counted: one record per request, with time, model and, where they are logged, its tokens.\n\
            Lacks: in older versions tokens, so that requests are unpriced; cached tokens, which the prompt includes, so that \
            list costs are upper bounds; cost and branch. For the money, pass the AI usage report of the organisation.",
    needs: &[
        &["responderUsername", "requests", "initialLocation"],
        &["requesterUsername", "responderUsername", "requests"],
    ],
    lacks: &[],
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
        let metadata = request.at("result/metadata");
        let model = metadata.text("resolvedModel").or_else(|| request.text("modelId"));
        record.model = sink.name(model.map(|model| model.trim_start_matches("copilot/")));
        record.tokens = DraftTokens {
            input: metadata.count("promptTokens").or_else(|| request.count("promptTokens")),
            output: metadata.count("outputTokens").or_else(|| request.count("completionTokens")),
            ..DraftTokens::default()
        };
        record.session = sink.name(session.or(request.text("result/metadata/sessionId")));
        sink.add(record, &[request.text("requestId").unwrap_or("")]);
        sink.check_inside(metadata);
    }
    true
}
