//! Summaries of sessions that Claude Code's `/insights` writes beside its transcripts: `usage-data/session-meta/<session>.json`.
//!
//! Traps:
//! - They sum lines, of which a message has several, so their counts are often too high. A transcript is always better.
//! - Transcripts are deleted after 30 days, and these files are not.

use super::answers::session_usage;
use crate::model::usage::Grain;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::count::Count;

pub(in crate::sources) static SESSION_META: Page = Page {
    id: "claude-session-meta",
    title: "Claude Code, summaries of sessions",
    about: "One JSON file per session, written by /insights.\n\
            Where: ~/.claude/usage-data/session-meta; no default folder is searched.\n\
            Counted: one record per session whose transcript was not read.\n\
            Set aside: sessions whose transcript is given as well (duplicate).\n\
            Lacks: model (so sessions are unpriced), cached tokens, requests, days, branch and bill; its counts may be too high.",
    needs: &[&[
        "session_id",
        "start_time",
        "user_message_count",
        "assistant_message_count",
        "input_tokens",
        "output_tokens",
    ]],
    lacks: &["sessionId", "model"],
    read,
};

fn read(session: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let (Some(id), true) = (session.text("session_id"), session.has("assistant_message_count")) else { return false };
    let tokens = DraftTokens {
        input: session.count("input_tokens"),
        output: session.count("output_tokens"),
        ..DraftTokens::default()
    };
    if tokens.is_zero() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let Some(start) = session.instant("start_time") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.grain = Grain::Session;
    record.request_count = Count::Absent;
    record.session = sink.name(Some(id));
    record.cwd = sink.name(session.text("project_path"));
    sink.add_unless(record, &[id], session_usage(id));
    true
}
