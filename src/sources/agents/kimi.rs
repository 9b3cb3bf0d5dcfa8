//! Kimi CLI: `wire.jsonl`, the messages of a session. `input_other` excludes everything cached. The log rarely names the
//! model, which is set in the tool's configuration.
//!
//! What a subagent did is inside `SubagentEvent`s of its parent; in newer versions it also has a log of its own, with the same ids.
//! Read: kimi-cli e056888 and 1.49.

use crate::sources::agents::paths::folder_of;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;

/// The model that Kimi CLI uses unless it is configured otherwise.
const DEFAULT_MODEL: &str = "kimi-for-coding";

pub(crate) static KIMI: Page = Page {
    id: "kimi-cli",
    title: "Kimi CLI sessions",
    about: "JSON lines, one file per session.\n\
            Where: ~/.kimi/sessions (KIMI_SHARE_DIR).\n\
            Counted: one record per message id from the StatusUpdate lines, also those of subagents; fresh, read and written input are separate.\n\
            The log names no model, so kimi-for-coding is assumed, which belongs to a plan and has no list price.\n\
            Lacks: model, folder, branch and bill.",
    needs: &[&["message", "payload", "token_usage"], &["protocol_version", "message", "payload"]],
    lacks: &["sessionId", "session_meta"],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let mut payload = line.at("message/payload");
    let mut subagent = false;
    // Subagents may have subagents.
    while let Some(inner) = payload.get("event/payload") {
        payload = inner;
        subagent = true;
    }
    let Some(usage) = payload.get("token_usage") else {
        return line.has("message/payload") || line.has("protocol_version");
    };
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.tokens = DraftTokens {
        input: usage.count("input_other"),
        cache_read: usage.count("input_cache_read"),
        cache_write_unspecified: usage.count("input_cache_creation"),
        output: usage.count("output"),
        ..DraftTokens::default()
    };
    record.model = sink.name(Some(payload.text("model").unwrap_or(DEFAULT_MODEL)));
    record.session = sink.out.names.intern_some(folder_of(&sink.out.path, &["wire.jsonl"]));
    record.subagent = subagent;
    let id = payload.string("message_id").unwrap_or_else(|| start.to_rfc3339().into());
    // A status that is told twice has the same counts; an id that a relay gives to every answer does not make one of them.
    let counts = ["input_other", "output", "input_cache_read", "input_cache_creation"]
        .map(|name| usage.string(name).unwrap_or_default());
    let [fresh, output, read, written] = &counts;
    sink.add_named(record, &[&id, fresh, output, read, written]);
    true
}
