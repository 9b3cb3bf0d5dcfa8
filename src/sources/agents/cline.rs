//! Tasks of Cline, Roo Code and Kilo Code: `ui_messages.json`, an array that is rewritten as a task goes on, and the
//! conversation beside it (`api_conversation_history.json`).
//!
//! The counts of a request are JSON inside the text of its `api_req_started` message. `tokensIn` excludes everything cached
//! where the tool speaks Anthropic's protocol, and includes it where it says `apiProtocol: openai`. Newer versions of Cline
//! also write the counts into the conversation as `metrics`, at the time when the answer ended, with reads and writes in one
//! figure; they count where the messages of the task are not read. What a restored checkpoint took back was paid for, and is summed
//! in `deleted_api_reqs`, as subagents are in `subagent_usage`.

use crate::model::usage::{Grain, RecordId};
use crate::sources::agents::paths::folder_or_stem;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

/// The files of a task.
const FILES: &[&str] = &["ui_messages.json", "api_conversation_history.json"];

pub(crate) static CLINE: Page = Page {
    id: "cline",
    title: "Cline, Roo Code and Kilo Code tasks",
    about: "ui_messages.json of a task, and api_conversation_history.json where it has metrics.\n\
            Where: tasks/ in the extension's folder below VS Code's globalStorage (saoudrizwan.claude-dev, \
            rooveterinaryinc.roo-cline, kilocode.kilo-code).\n\
            Counted: one record per finished request, by task and time, with the tool's own estimate of the cost; one per sum of \
            deleted requests or of subagents.\n\
            Set aside: requests without counts yet (not usage); metrics of a conversation whose messages are read (duplicate).\n\
            Lacks: in older versions the model, so such requests are unpriced and have the tool's cost only; branch and \
            bill.",
    needs: &[&["ts", "type", "say"], &["role", "content", "modelInfo"], &["role", "content", "metrics"]],
    lacks: &["parentUuid", "parts", "sessionID"],
    read,
};

fn read(message: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if let Some(say @ ("api_req_started" | "deleted_api_reqs" | "subagent_usage")) = message.text("say") {
        let text = message.text("text").and_then(|text| sink.arena.read(text).ok());
        if let Some(counts) = text.as_ref().map(Json).filter(|counts| counts.has("tokensIn")) {
            let names = ["tokensIn", "tokensOut", "cacheReads", "cacheWrites"];
            let tokens = tokens(counts, names, includes_cached(counts, &sink.out.path));
            add(message, counts, tokens, if say == "api_req_started" { Kind::Request } else { Kind::Sum }, sink);
            sink.check_inside(counts);
        }
        return true;
    }
    if let Some(condensed) = message.get("contextCondense") {
        // A request of its own, of which only the cost is written.
        if condensed.has("cost") {
            add(message, condensed, DraftTokens::default(), Kind::Request, sink);
        }
        return true;
    }
    if let Some(metrics) = message.get("metrics") {
        let names = ["tokens/prompt", "tokens/completion", "tokens/cached", "tokens/cacheWrite"];
        add(message, metrics, tokens(metrics, names, false), Kind::Answer, sink);
        return true;
    }
    message.has("say") || message.has("ask") || message.has("role")
}

/// Whether the input includes cached tokens. With OpenAI's protocol it always did; Roo Code and Kilo Code write the whole input for
/// Anthropic's, too, since the end of 2025. Fresh input alone is practically never larger than what was cached.
fn includes_cached(counts: Json<'_>, path: &str) -> bool {
    let cached = Count::sum([counts.count("cacheReads"), counts.count("cacheWrites")]);
    let is_fork = || counts.has("apiProtocol") || path.contains("roo-cline") || path.contains("kilo-code");
    counts.text("apiProtocol") == Some("openai") || counts.count("tokensIn").known() >= cached.known() && is_fork()
}

fn tokens(counts: Json<'_>, [input, output, read, written]: [&str; 4], includes_cached: bool) -> DraftTokens {
    let (read, written) = (counts.count(read), counts.count(written));
    let input = counts.count(input).required();
    let cached = if includes_cached { Count::sum([read, written]) } else { Count::Absent };
    DraftTokens {
        input: input.minus(cached),
        cache_read: read,
        cache_write_unspecified: written,
        output: counts.count(output),
        ..DraftTokens::default()
    }
}

/// What a count is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    /// Several requests, of which no more is known.
    Sum,
    /// A request as the conversation has it.
    Answer,
}

/// The name of the task.
fn task(sink: &Sink<'_>) -> String {
    folder_or_stem(&sink.out.path, FILES).unwrap_or_default().to_owned()
}

/// The requests of a task as its messages have them.
fn messages_of(task: &str) -> RecordId {
    RecordId::of(&["cline", "messages", task])
}

fn add(message: Json<'_>, counts: Json<'_>, tokens: DraftTokens, kind: Kind, sink: &mut Sink<'_>) {
    let cost = counts.amount("cost", DOLLARS);
    if tokens.is_zero() && cost.unless_zero().is_absent() {
        return sink.ignore(NO_TOKENS);
    }
    let Some(start) = message.instant("ts") else { return sink.reject(NO_TIME) };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.reported_cost = cost;
    let model = message.text("modelInfo/modelId").or_else(|| counts.text("modelId").or(counts.text("model")));
    record.model = sink.name(model);
    let task = task(sink);
    record.session = sink.name(Some(&task));
    let when = start.timestamp_millis().to_string();
    match kind {
        Kind::Request => {
            let before = sink.out.accepted();
            sink.add(record, &[&task, &when]);
            if sink.out.accepted() > before && counts.has("tokensIn") {
                sink.out.pending.resolve(messages_of(&task));
            }
        }
        Kind::Sum => {
            record.grain = Grain::Session;
            record.request_count = Count::Absent;
            sink.add(record, &[&task, &when, "sum"]);
        }
        Kind::Answer => sink.add_unless(record, &[&task, &when], messages_of(&task)),
    }
}
