//! Kiro, which is paid in credits: the state of a session of its CLI, with its turns, and executions of its editor.
//!
//! - In: JSON files. Seen: `user_turn_metadatas` of the CLI's second engine and `usageSummary` of the editor, as codeburn (ed8fa3a) reads
//!   them and t3code's captures have them. Out: a record per turn or execution.
//! - Refuses: turns without a time, and damaged counts or credits.
//!
//! Traps:
//! - Credits are not dollars: what one costs depends on the plan.
//! - Counts of tokens are zero where Kiro does not know them. A turn without credits, as when it was killed, is unknown, too.
//! - A session that is resumed writes its turns again.

pub(in crate::sources) mod log;

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{Draft, DraftTokens};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::Quantity;
use crate::sources::values::count::Count;

pub(crate) static KIRO: Page = Page {
    id: "kiro",
    title: "Kiro sessions",
    about: "JSON files, one per session of the CLI, and one per execution of the editor.\n\
            Where: ~/.kiro/sessions/cli (KIRO_HOME), globalStorage/kiro.kiroagent of the editor.\n\
            Counted: one record per turn or execution; credits are kept as credits, never as dollars, and tokens where they are known.\n\
            Set aside: turns that a resumed session has again (duplicate).\n\
            Lacks: tokens of most turns, so they have no list price; requests, branch and bill.",
    needs: &[&["session_id", "session_state", "user_turn_metadatas"], &["executionId", "usageSummary"]],
    lacks: &[],
    read,
};

/// The credits among amounts that may be of other units, too.
fn credits<'a>(items: impl Iterator<Item = Json<'a>>, key: &str) -> Quantity {
    let is_credit = |item: &Json<'_>| item.text("unit").is_none_or(|unit| unit.starts_with("credit"));
    Quantity::sum(items.filter(is_credit).map(|item| item.quantity(key)))
}

fn read(file: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let turns = "session_state/conversation_metadata/user_turn_metadatas";
    if let (Some(session), true) = (file.text("session_id"), file.has(turns)) {
        for turn in file.items(turns) {
            add_turn(session, turn, file, sink);
        }
        return true;
    }
    let (Some(execution), true) = (file.text("executionId"), file.has("usageSummary")) else { return false };
    let Some(start) = file.instant("startTime").or_else(|| sink.undated()) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.request_count = Count::Absent;
    set_credits(&mut record, credits(file.items("usageSummary"), "usage"), sink);
    record.model = sink.name(file.text("modelId").or(file.text("model/id")));
    record.session = sink.name(file.text("chatSessionId").or(file.text("sessionId")));
    sink.add_named(record, &[execution, "execution"]);
    true
}

fn add_turn(session: &str, turn: Json<'_>, file: Json<'_>, sink: &mut Sink<'_>) {
    let ended = turn.instant("end_timestamp");
    let last = || file.instant("updated_at").or_else(|| file.instant("created_at"));
    let Some(written) = ended.or_else(last).or_else(|| sink.undated()) else { return sink.reject(NO_TIME) };
    let names = ["input", "cache_read_input", "cache_write_input", "output"];
    let [input, read, write, output] = names.map(|name| turn.count(&format!("{name}_token_count")));
    let tokens =
        DraftTokens { input, cache_read: read, cache_write_unspecified: write, output, ..DraftTokens::default() };
    let mut record = sink.request(written);
    if !tokens.is_zero() {
        record.tokens = tokens;
    }
    record.request_count = turn.count("total_request_count").unless_zero();
    set_credits(&mut record, credits(turn.items("metering_usage"), "value"), sink);
    let state = file.text("session_state/rts_model_state/model_info/model_id");
    record.model = sink.name(turn.text("model").or(state));
    record.session = sink.name(Some(session));
    record.cwd = sink.name(file.text("cwd"));
    record.subagent = file.text("session_created_reason") == Some("subagent");
    // Its own id tells a turn from others, also in a session that goes on from another one.
    let own = turn.text("result/Ok/id").map(str::to_owned).or_else(|| turn.get("loop_id").map(|id| id.to_string()));
    let when = written.to_rfc3339();
    match (own, ended) {
        (Some(own), _) => sink.add_named(record, &[&own, &when]),
        (None, Some(_)) => sink.add_named(record, &[session, &when]),
        (None, None) => sink.add(record, &[session, "turn"]),
    }
}

/// Gives a record its credits, if it has some. Of a turn that is in several sessions the first counts.
fn set_credits(record: &mut Draft, credits: Quantity, sink: &mut Sink<'_>) {
    record.bill.revises = false;
    record.quantity = credits;
    record.bill.unit = credits.known().and_then(|_| sink.name(Some("credits")));
}
