//! Tasks of Cline, Roo Code and Kilo Code: `ui_messages.json`, an array that is rewritten as a task goes on, and the
//! conversation beside it (`api_conversation_history.json`).
//!
//! The counts of a request are JSON inside the text of its `api_req_started` message. `tokensIn` excludes everything cached
//! where the tool speaks Anthropic's protocol and includes it where it says `apiProtocol: openai`. Newer Clines write the
//! counts into the conversation as `metrics` too; those are read where a message has them, under the same time.

use crate::model::usage::TokenCounts;
use crate::sources::agents::agent::{Agent, folder_of, request};
use crate::sources::export::amount::DOLLARS;
use crate::sources::export::{BAD_COUNT, NO_TIME};
use crate::sources::json::page::{Json, Page, Sink};

/// The files of a task.
const FILES: &[&str] = &["ui_messages.json", "api_conversation_history.json"];

pub(crate) static CLINE: Agent = Agent {
    page: Page {
        id: "cline",
        title: "Cline, Roo Code and Kilo Code tasks",
        about: "ui_messages.json of a task, and api_conversation_history.json where it holds metrics.\n\
                Where: tasks/ in the extension's folder below VS Code's globalStorage (saoudrizwan.claude-dev, \
                rooveterinaryinc.roo-cline, kilocode.kilo-code).\n\
                Counted: one record per finished request, by task and time; the tool's own cost beside it.\n\
                Set aside: requests without counts yet (not usage).\n\
                Lacks: in older versions the model, so such requests are unpriced and carry the tool's cost only; branch and \
                bill.",
        needs: &[&["ts", "type", "say"], &["role", "content", "modelInfo"], &["role", "content", "metrics"]],
        lacks: &["parentUuid", "parts", "sessionID"],
        read,
    },
    env: "CLINE_DIR",
    homes: &[
        ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks",
        ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks",
        ".config/Code/User/globalStorage/kilocode.kilo-code/tasks",
    ],
};

fn read(message: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if message.text("say") == Some("api_req_started") {
        let text = message.text("text").and_then(|text| sink.arena.read(text).ok());
        if let Some(counts) = text.as_ref().map(Json).filter(|counts| counts.get("tokensIn").is_some()) {
            let included = counts.text("apiProtocol") == Some("openai");
            let tokens = tokens(counts, ["tokensIn", "tokensOut", "cacheReads", "cacheWrites"], included);
            add(message, counts, tokens, sink);
        }
        return true;
    }
    if let Some(metrics) = message.get("metrics") {
        let names = ["tokens/prompt", "tokens/completion", "tokens/cached", "tokens/cacheWrites"];
        add(message, metrics, tokens(metrics, names, false), sink);
        return true;
    }
    message.get("say").is_some() || message.get("ask").is_some() || message.get("role").is_some()
}

/// The buckets of a request; `None` when the cached tokens exceed an input that should hold them.
fn tokens(counts: Json<'_>, [input, output, read, written]: [&str; 4], included: bool) -> Option<TokenCounts> {
    let (read, written) = (counts.count(read), counts.count(written));
    let all = counts.count(input)?;
    let cached = if included { read.unwrap_or(0) + written.unwrap_or(0) } else { 0 };
    Some(TokenCounts {
        input: Some(all.checked_sub(cached)?),
        cache_read: read,
        cache_write_unspecified: written,
        output: counts.count(output),
        ..TokenCounts::default()
    })
}

fn add(message: Json<'_>, counts: Json<'_>, tokens: Option<TokenCounts>, sink: &mut Sink<'_>) {
    let Some(tokens) = tokens else { return sink.reject(BAD_COUNT) };
    if tokens.total() == 0 {
        return sink.out.ignore("no-tokens", "usage without a token was not billed", sink.at.line);
    }
    let Some(start) = message.instant("ts") else { return sink.reject(NO_TIME) };
    let mut record = request(sink, start, tokens);
    record.reported_cost = counts.money("cost", DOLLARS);
    let model = message.text("modelInfo/modelId").or_else(|| counts.text("modelId").or(counts.text("model")));
    record.model = sink.name(model);
    let task = folder_of(&sink.out.path, FILES).unwrap_or_default().to_owned();
    record.session = sink.name(Some(&task));
    let when = start.timestamp_millis().to_string();
    sink.add(record, &[&task, &when]);
}
