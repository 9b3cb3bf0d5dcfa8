//! The counts of Anthropic: input excludes cached tokens, and requests that an answer took beside its own may be listed.
//!
//! The entries of `iterations` of type `message` are in the counts of the answer. A compaction is not, nor is what another model
//! did: an adviser, or the model that was asked first.

use crate::sources::json::access::Json;
use crate::sources::record::DraftTokens;
use crate::sources::values::count::Count;

/// The counts of an answer, or of one of its requests.
pub(in crate::sources) fn counts(usage: Json<'_>) -> DraftTokens {
    let mut tokens = DraftTokens {
        input: usage.count("input_tokens"),
        cache_read: usage.count("cache_read_input_tokens"),
        cache_write_unspecified: usage.count("cache_creation_input_tokens"),
        output: usage.count("output_tokens"),
        reasoning: usage.count("output_tokens_details/thinking_tokens"),
        ..DraftTokens::default()
    };
    if let Some(split) = usage.get("cache_creation").filter(|split| split.has("ephemeral_5m_input_tokens")) {
        tokens.split_cache_writes(split.count("ephemeral_5m_input_tokens"), split.count("ephemeral_1h_input_tokens"));
    }
    note_parts(usage, None);
    tokens
}

/// Notes the entries that are in the counts of an answer of this model as read with them.
fn note_parts(usage: Json<'_>, model: Option<&str>) {
    let parts = usage.items("iterations").filter(|one| !is_beside(one.text("type"), one.text("model"), model));
    parts.for_each(Json::note_numbers);
}

/// How often the vendor searched the web, unless it did not.
pub(in crate::sources) fn searches(usage: Json<'_>) -> Count {
    usage.count("server_tool_use/web_search_requests").unless_zero()
}

/// The requests that are not in the counts of an answer of this model, with the models that they name.
pub(in crate::sources) fn beside<'a>(
    usage: Json<'a>,
    model: Option<&'a str>,
) -> impl Iterator<Item = (Option<&'a str>, DraftTokens)> {
    note_parts(usage, model);
    let others = usage.items("iterations").filter(move |one| is_beside(one.text("type"), one.text("model"), model));
    others.map(|one| (one.text("model"), counts(one)))
}

/// The same for an answer whose model has the name that a gateway or a cloud gives it, which only its end or nothing compares.
pub(in crate::sources) fn beside_renamed<'a>(
    usage: Json<'a>,
    model: Option<&'a str>,
) -> impl Iterator<Item = (Option<&'a str>, DraftTokens)> {
    let own = model.and_then(|model| model.rsplit('/').next()).filter(|model| model.starts_with("claude"));
    beside(usage, own)
}

/// Whether a request of this kind, made to the model `own`, is beside the counts of an answer of the model `answering`.
pub(in crate::sources) fn is_beside(kind: Option<&str>, own: Option<&str>, answering: Option<&str>) -> bool {
    match (own, answering) {
        // One of the names may have a date behind it.
        (Some(own), Some(answering)) if !own.starts_with(answering) && !answering.starts_with(own) => true,
        _ => !matches!(kind, Some("message" | "fallback_message")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_model_did_and_compactions_are_beside_an_answer() {
        let sonnet = Some("claude-sonnet-4-6");
        assert!(!is_beside(Some("message"), None, sonnet) && !is_beside(Some("message"), sonnet, sonnet));
        assert!(!is_beside(Some("message"), Some("claude-sonnet-4-6-20260501"), sonnet));
        assert!(is_beside(Some("compaction"), None, sonnet) && is_beside(Some("compaction"), sonnet, sonnet));
        assert!(is_beside(Some("advisor_message"), Some("claude-opus-4-7"), sonnet));
        // The model that was asked first declined, and another one answered.
        assert!(is_beside(Some("message"), Some("claude-opus-4-7"), sonnet));
        assert!(!is_beside(Some("fallback_message"), sonnet, sonnet));
    }
}
