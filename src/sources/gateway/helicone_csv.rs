//! The table of Helicone's export tool. It names neither the provider nor cached tokens, and quotes inside its JSON cells are
//! doubled twice.

use crate::diagnostics::Severity;
use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::model::usage::TokenCounts;
use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::record::blank;
use crate::sources::table::sheet::Sheet;

pub(crate) static HELICONE_CSV: Sheet = Sheet {
    id: "helicone-csv",
    title: "Helicone requests (CSV)",
    about: "Export: `npx @helicone/export --format csv`.\n\
            Counted: one record per response; cost is the gateway's estimate in dollars; a failed request was not \
            charged. Prefer the JSON lines of the same tool: the table has no cached tokens, so with vendors \
            that count them in prompt_tokens they pass for fresh input.\n\
            Lacks: the provider, cached tokens, sessions, the bill. Its names are known from the tool, not from a \
            customer's file.",
    needs: &[
        "response_id",
        "response_status",
        "request_created_at",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "cost",
    ],
    lacks: &[],
    together: &[],
    key: &["response_id"],
    read: |row, at, out| {
        let when = row.instant("request_created_at")?;
        let mut record = blank("helicone-csv", Authority::Gateway, at, when.at);
        record.time_zone_assumed = when.zone_assumed;
        record.tokens = TokenCounts {
            input: row.count("prompt_tokens")?,
            output: row.count("completion_tokens")?,
            ..TokenCounts::default()
        };
        let message = "the table has no cached tokens; list costs take all input as fresh";
        out.notice(Severity::Note, "cached-untold", message, at.line);
        record.request_count = Some(1);
        record.reported_cost = row.dollars("cost")?;
        if row.count("response_status")?.is_some_and(|status| status >= 400) {
            record.bill.coverage = Coverage::Errored;
        }
        record.model = row.name("model", &mut out.names);
        record.user = row.name("request_user_id", &mut out.names);
        record.request = row.text("response_id").map(hash_text);
        let tag = row.text("request_properties").and_then(properties);
        record.tag = out.names.intern_some(tag.as_deref());
        Ok(Some(record))
    },
};

/// What the request was made for, by its properties.
fn properties(text: &str) -> Option<String> {
    [&text.replace("\"\"", "\""), text].iter().find_map(|json| Json(&Node::Text(json)).tag(&[""]))
}
