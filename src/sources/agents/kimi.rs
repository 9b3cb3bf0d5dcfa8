//! Kimi CLI: `wire.jsonl`, the messages of a session. `input_other` excludes everything cached; the model is in the tool's
//! configuration and not in the log.

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, folder_of, request};
use crate::sources::export::NO_TIME;
use crate::sources::json::page::{Json, Page, Sink};

/// The model that Kimi CLI asks unless it is told another.
const DEFAULT_MODEL: &str = "kimi-for-coding";

pub(crate) static KIMI: Agent = Agent {
    page: Page {
        id: "kimi-cli",
        title: "Kimi CLI sessions",
        about: "JSON lines, one file a session.\n\
                Where: ~/.kimi/sessions (KIMI_DATA_DIR).\n\
                Counted: one record per message id from the StatusUpdate lines; fresh, read and written input are apart.\n\
                The log names no model; kimi-for-coding is taken, which is a plan's model and has no list price.\n\
                Lacks: model, folder, branch and bill.",
        needs: &[&["message", "payload", "token_usage"], &["protocol_version", "message", "payload"]],
        lacks: &["sessionId", "session_meta"],
        read,
    },
    env: "KIMI_DATA_DIR",
    homes: &[".kimi/sessions", ".kimi-code/sessions"],
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(usage) = line.get("message/payload/token_usage") else {
        return line.get("message/payload").is_some() || line.get("protocol_version").is_some();
    };
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let tokens = TokenCounts {
        input: usage.count("input_other"),
        cache_read: usage.count("input_cache_read"),
        cache_write_unspecified: usage.count("input_cache_creation"),
        output: usage.count("output"),
        ..TokenCounts::default()
    };
    let mut record = request(sink, start, tokens);
    record.model = sink.name(Some(line.text("message/payload/model").unwrap_or(DEFAULT_MODEL)));
    let path = sink.out.path.clone();
    record.session = sink.name(folder_of(&path, &["wire.jsonl"]));
    let id = line.string("message/payload/message_id").unwrap_or_else(|| start.to_rfc3339().into());
    sink.add(record, &[&id]);
    true
}
