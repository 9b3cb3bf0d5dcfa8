//! The telemetry file of Gemini CLI: log records, spans and metrics as the OpenTelemetry library holds them, written out one
//! after the other as indented JSON.
//!
//! A call is reported by an `api_response` record, a gen_ai record and a span; the first says most and is always there, so
//! it alone counts.

use crate::model::bill::Authority;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::json::page::{Page, Sink};
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::usage_object::gemini_cli;
use crate::sources::values::count::Count;

pub(crate) static GEMINI_TELEMETRY: Page = Page {
    id: "gemini-telemetry",
    title: "Gemini CLI telemetry file",
    about: "Export: set telemetry.enabled and telemetry.outfile in settings.json (or GEMINI_TELEMETRY_OUTFILE), and Gemini \
            CLI writes its events there. What it sends to a collector is read as otlp.\n\
            Counted: one record per gemini_cli.api_response; thoughts are output, cached tokens are taken out of the \
            input. Set aside: spans, metrics and all other records, which repeat these or have no usage (not read).\n\
            Lacks: folder, branch and bill.",
    needs: &[&["hrTimeObserved", "event.name"]],
    lacks: &["resourceSpans", "resourceLogs", "resourceMetrics"],
    read,
};

fn read(record: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(event) = record.get("attributes") else { return record.has("scopeMetrics") };
    if event.text("event.name") != Some("gemini_cli.api_response") {
        return true;
    }
    let Some(start) = event.instant("event.timestamp").or_else(|| record.instant("hrTime")) else {
        sink.reject(NO_TIME);
        return true;
    };
    let tokens = gemini_cli::api_response(event);
    if tokens.is_zero() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let mut usage = sink.draft(Authority::Telemetry, start);
    usage.tokens = tokens;
    usage.request_count = Count::Known(1);
    usage.model = sink.name(event.text("model"));
    let session = event.text("session.id");
    usage.session = sink.name(session);
    usage.user = sink.name(event.text("user.email"));
    usage.client_version = sink.name(version(record));
    let when = start.to_rfc3339();
    sink.add(usage, &[session.unwrap_or_default(), &when, event.text("prompt_id").unwrap_or_default()]);
    true
}

/// The version of the service among the attributes of the resource, which are pairs.
fn version(record: Json<'_>) -> Option<&str> {
    record.items("resource/_rawAttributes").find_map(|pair| match pair {
        Json(Node::List([Node::Text("service.version"), Node::Text(version)])) => Some(*version),
        _ => None,
    })
}
