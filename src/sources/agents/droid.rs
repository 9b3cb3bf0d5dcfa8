//! Droid (Factory): `<session>.settings.json` with the sums of a session, rewritten as it goes on.
//!
//! There is no truth by day: the whole session stands at the time of `providerLockTimestamp`. Input excludes everything
//! cached; thinking stands beside output and is added to it.

use crate::model::usage::{Grain, TokenCounts};
use crate::sources::agents::agent::{Agent, request, stem};
use crate::sources::export::NO_TIME;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static DROID: Agent = Agent {
    page: Page {
        id: "droid",
        title: "Droid (Factory) session settings",
        about: "JSON files, one a session, with its sums.\n\
                Where: ~/.factory/sessions (DROID_SESSIONS_DIR).\n\
                Counted: one record a session, named by its file, the newest state of it; thinking is added to output.\n\
                Set aside: sessions without a token (ignored), older states (duplicate).\n\
                Lacks: requests, days (a session stands at the time its provider was chosen), folder, branch and bill.",
        needs: &[&["tokenUsage", "providerLock"], &["tokenUsage", "inputTokens", "model"]],
        lacks: &["userEmail", "usageEvents", "tokenUsageEvents"],
        read,
    },
    env: "DROID_SESSIONS_DIR",
    homes: &[".factory/sessions"],
};

fn read(session: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(usage) = session.get("tokenUsage") else { return false };
    let thinking = usage.count("thinkingTokens");
    let output = usage.count("outputTokens");
    let tokens = TokenCounts {
        input: usage.count("inputTokens"),
        cache_read: usage.count("cacheReadTokens"),
        cache_write_unspecified: usage.count("cacheCreationTokens"),
        output: output.map(|output| output + thinking.unwrap_or(0)),
        reasoning: thinking,
        ..TokenCounts::default()
    };
    if tokens.total() == 0 {
        sink.out.ignore("no-tokens", "usage without a token was not billed", sink.at.line);
        return true;
    }
    let Some(start) = session.instant("providerLockTimestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = request(sink, start, tokens);
    record.grain = Grain::Session;
    record.request_count = None;
    record.bill.revised_at = Some(start);
    let model = session.text("model").map(plain);
    record.model = sink.name(model.as_deref());
    record.provider = sink.name(session.text("providerLock"));
    let path = sink.out.path.clone();
    let name = stem(&path).unwrap_or("");
    record.session = sink.name(Some(name));
    sink.add(record, &[name]);
    true
}

/// `custom:Claude-Opus-4.5-[Anthropic]-0` names a model, its vendor in brackets and a slot.
fn plain(model: &str) -> String {
    let model = model.strip_prefix("custom:").unwrap_or(model);
    let bare = model.split('[').next().unwrap_or(model);
    bare.trim_end_matches('-').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendor_in_brackets_is_no_part_of_a_model() {
        assert_eq!(plain("Claude-Sonnet-4-[Anthropic]"), "claude-sonnet-4");
        assert_eq!(plain("custom:Claude-Opus-4.5-[Anthropic]-0"), "claude-opus-4.5");
        assert_eq!(plain("gpt-5"), "gpt-5");
    }
}
