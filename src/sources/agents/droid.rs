//! Droid (Factory): `<session>.settings.json` with the sums of a session, rewritten as it goes on.
//!
//! The file does not say on which day the tokens were used, so the whole session is dated at `providerLockTimestamp`, and where that is
//! missing at the last message of the session beside it, `<session>.jsonl`. Input excludes everything cached. Thinking is separate from
//! output, and is added to it.

pub(in crate::sources) mod session;

use crate::model::usage::Grain;
use crate::sources::agents::paths::file_stem;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::{NO_TIME, NO_TOKENS};
use crate::sources::values::count::Count;

pub(crate) static DROID: Page = Page {
    id: "droid",
    title: "Droid (Factory) session settings",
    about: "JSON files, one per session, with its sums.\n\
            Where: ~/.factory/sessions (DROID_SESSIONS_DIR).\n\
            Counted: one record per session, named by its file, in its newest state; thinking is added to output.\n\
            Set aside: sessions without a token (ignored), older states (duplicate).\n\
            Lacks: requests, days (a session is dated at the time its provider was chosen, or else of its last message), branch and bill; the folder is in the session beside it.",
    needs: &[
        &["tokenUsage", "providerLock"],
        &["tokenUsage", "inputTokens", "model"],
        &["tokenUsage", "thinkingTokens"],
    ],
    lacks: &["userEmail", "usageEvents", "tokenUsageEvents"],
    read,
};

fn read(session: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let Some(usage) = session.get("tokenUsage") else { return false };
    let thinking = usage.count("thinkingTokens");
    let tokens = DraftTokens {
        input: usage.count("inputTokens"),
        cache_read: usage.count("cacheReadTokens"),
        cache_write_unspecified: usage.count("cacheCreationTokens"),
        output: usage.count("outputTokens").plus(thinking),
        reasoning: thinking,
        ..DraftTokens::default()
    };
    if tokens.is_zero() {
        sink.ignore(NO_TOKENS);
        return true;
    }
    let written = session.instant("providerLockTimestamp");
    let Some(start) = written.or_else(|| sink.out.undated.map(|undated| undated.at)) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.request(start);
    record.tokens = tokens;
    record.grain = Grain::Session;
    record.request_count = Count::Absent;
    record.bill.revised_at = Some(start);
    let model = session.text("model").map(model_name);
    record.model = sink.name(model.as_deref());
    record.provider = sink.name(session.text("providerLock"));
    let path = sink.out.path.clone();
    let name = file_stem(&path).unwrap_or("");
    record.session = sink.name(Some(name));
    if written.is_some() {
        sink.add(record, &[name]);
    } else {
        sink.add_dated(record, &[name], session::session_time(name));
    }
    true
}

/// `custom:Claude-Opus-4.5-[Anthropic]-0` is made of a model, its vendor in brackets, and the number of a slot.
fn model_name(model: &str) -> String {
    let model = model.strip_prefix("custom:").unwrap_or(model);
    let bare = model.split('[').next().unwrap_or(model);
    bare.trim_end_matches('-').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendor_in_brackets_is_not_a_part_of_the_model() {
        assert_eq!(model_name("Claude-Sonnet-4-[Anthropic]"), "claude-sonnet-4");
        assert_eq!(model_name("custom:Claude-Opus-4.5-[Anthropic]-0"), "claude-opus-4.5");
        assert_eq!(model_name("gpt-5"), "gpt-5");
    }
}
