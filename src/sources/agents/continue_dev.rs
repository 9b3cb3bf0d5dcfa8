//! Continue: `tokensGenerated.jsonl`, the development data that the extension keeps.

use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};

pub(crate) static CONTINUE: Page = Page {
    id: "continue",
    title: "Continue, tokens generated",
    about: "tokensGenerated.jsonl, which Continue writes for every request. Seen: schema 0.2.0.\n\
            Where: ~/.continue/dev_data (CONTINUE_GLOBAL_DIR).\n\
            Counted: one record per request, with time and model; input and output only.\n\
            Set aside: requests without a token (ignored).\n\
            Lacks: cached tokens (the list cost takes all input as fresh), session, folder, branch and bill.",
    needs: &[&["promptTokens", "generatedTokens", "eventName"], &["promptTokens", "generatedTokens", "provider"]],
    lacks: &["messages", "trace_id"],
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if !line.has("promptTokens") {
        return line.has("eventName");
    }
    let tokens = DraftTokens {
        input: line.count("promptTokens"),
        output: line.count("generatedTokens"),
        ..DraftTokens::default()
    };
    if tokens.is_zero() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.model = sink.name(line.text("model"));
    record.provider = sink.name(line.text("provider"));
    let counts = ["promptTokens", "generatedTokens"].map(|key| line.string(key).unwrap_or_default());
    sink.add(record, &[&start.to_rfc3339(), line.text("model").unwrap_or_default(), &counts[0], &counts[1]]);
    true
}
