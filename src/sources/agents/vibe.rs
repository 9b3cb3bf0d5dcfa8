//! Mistral Vibe: `meta.json` of a session, and of each of its agents. Read: mistral-vibe ac8f1a0.
//!
//! A compaction and a step back begin a new session, which names its parent and goes on counting where that one stopped; what the
//! parent counted is taken off. A fork names its parent, too, and counts anew.

use crate::model::bill::Authority;
use crate::model::usage::Grain;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::amount::DOLLARS;

pub(crate) static VIBE: Page = Page {
    id: "mistral-vibe",
    title: "Mistral Vibe sessions",
    about: "meta.json, one per session and per agent of a session; its counts are those of the session so far.\n\
            Where: ~/.vibe/logs/session (VIBE_HOME).\n\
            Counted: one record per session in its newest state, with the tool's own estimate of the cost.\n\
            A session that goes on from another one, after a compaction, counts less what that one has.\n\
            Set aside: sessions without a token (ignored).\n\
            Lacks: requests, days, cached tokens (the input includes them, so the list cost is an upper bound), branch and bill.",
    needs: &[&["session_id", "stats", "session_prompt_tokens", "session_completion_tokens"]],
    lacks: &[],
    read,
};

fn read(session: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(stats) = session.get("stats") else { return false };
    let tokens = DraftTokens {
        input: stats.count("session_prompt_tokens").required(),
        output: stats.count("session_completion_tokens"),
        ..DraftTokens::default()
    };
    let cost = stats.amount("session_cost", DOLLARS);
    if tokens.is_zero() && cost.unless_zero().is_absent() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let Some(start) = session.instant("start_time") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::Transcript, start);
    record.grain = Grain::Session;
    record.charge_period_end = session.instant("end_time").filter(|end| *end > start);
    record.bill.revised_at = record.charge_period_end;
    record.tokens = tokens;
    record.reported_cost = cost;
    record.model = sink.name(session.text("config/active_model"));
    record.provider = sink.name(Some("mistral"));
    record.session = sink.name(session.text("session_id"));
    record.parent_session = sink.name(session.text("parent_session_id"));
    record.cwd = sink.name(session.text("environment/working_directory"));
    let id = session.text("session_id").unwrap_or_default();
    if record.parent_session.is_some() {
        sink.add_continuing(record, &[id], start);
    } else {
        sink.add_named(record, &[id]);
    }
    true
}
