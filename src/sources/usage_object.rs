//! The `usage` objects of providers, in their four meanings (FORMATS-exports section 0).
//!
//! Anthropic: input excludes cache. OpenAI: cached and reasoning are parts. Gemini: thoughts stand beside candidates.
//! Bedrock Converse: cache stands beside input.

use super::export::amount::DOLLARS;
use super::export::{NO_TIME, blank};
use crate::model::bill::Authority;
use crate::model::usage::TokenCounts;
use crate::sources::json::page::{Json, Page, Sink};

pub(crate) static USAGE_OBJECT: Page = Page {
    id: "usage-objects",
    title: "Provider responses with their usage (JSON lines)",
    about: "Export: responses as providers send them, one a line, bare or under body, response, full_response or \
            message: Anthropic, OpenAI chat and Responses, Gemini and Vertex usageMetadata, Bedrock Converse, \
            Cohere.\n\
            Counted: one record per response. The input of Anthropic and Bedrock excludes cached tokens, that of \
            OpenAI and Gemini includes them; Gemini's thoughts are added to its output. Times: created, \
            created_at, timestamp, logging_time; a response without one is dated at the date of the run.\n\
            Lacks: the bill (OpenRouter's usage.cost is kept as reported), people and sessions.",
    needs: &[
        &["usageMetadata"],
        &["usageMetadata", "candidates", "modelVersion"],
        &["usage", "model"],
        &["usage", "metrics"],
        &["usage", "total_tokens"],
        &["usage", "body"],
        &["billed_units"],
    ],
    lacks: &["sessionId", "payload", "parentUuid"],
    read: response,
};

fn response(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    let bodies = ["body", "response/body", "response", "full_response", "message"];
    let body = bodies.iter().find_map(|path| line.get(path).filter(|body| read(*body).is_some())).unwrap_or(line);
    let Some(counts) = read(body) else { return false };
    let times = ["created", "created_at", "createTime", "timestamp", "logging_time", "time"];
    let told = times.iter().find_map(|key| body.instant(key).or(line.instant(key)));
    let line_number = sink.at.line;
    let Some(start) = told.or_else(|| sink.out.undated(line_number).map(|undated| undated.at)) else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = blank(sink.id, Authority::Transcript, sink.at, start);
    record.tokens = counts.tokens;
    record.request_count = Some(1);
    record.provider = sink.name(counts.provider);
    let models = ["model", "modelVersion", "model_id", "deployed_model_id"];
    let model = models.iter().find_map(|key| body.text(key).or(line.text(key)));
    record.model = sink.name(model);
    // OpenRouter writes what it charges into the usage.
    record.reported_cost = body.money("usage/cost", DOLLARS);
    record.service_tier = sink.name(body.text("usage/service_tier").or(body.text("service_tier")));
    record.inference_geo = sink.name(body.text("usage/inference_geo"));
    match body.text("id").or(body.text("responseId")).or(line.text("id")) {
        Some(id) => sink.add_named(record, &[id]),
        // Known by its text; a copied file adds nothing, and equal lines of one file each count.
        None => sink.add(record, &[&format!("{:?}", line.0)]),
    }
    true
}

/// What a usage object tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) tokens: TokenCounts,
    /// The provider, where only one writes that shape.
    pub(super) provider: Option<&'static str>,
}

/// The counts of a response that has a `usage` or `usageMetadata`; `None` when it has none that makes sense.
pub(super) fn read(body: Json<'_>) -> Option<Counts> {
    if let Some(usage) = body.get("usageMetadata") {
        return gemini(usage).map(|tokens| Counts { tokens, provider: None });
    }
    // Cohere bills other counts than it computes.
    let billed = body.get("usage/billed_units").or(body.get("meta/billed_units"));
    if let Some(billed) = billed {
        let tokens = openai(billed, &RESPONSES)?;
        return Some(Counts { tokens, provider: Some("cohere") });
    }
    of(body.get("usage")?)
}

/// The counts of a bare usage object, in the meaning that its keys tell.
pub(super) fn of(usage: Json<'_>) -> Option<Counts> {
    let counts = |tokens: Option<TokenCounts>, provider| tokens.map(|tokens| Counts { tokens, provider });
    if usage.get("inputTokens").is_some() || usage.get("outputTokens").is_some() {
        return counts(Some(converse(usage)), None);
    }
    if usage.get("promptTokenCount").is_some() || usage.get("candidatesTokenCount").is_some() {
        return counts(gemini(usage), None);
    }
    let anthropic = ["cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation"];
    if anthropic.iter().any(|key| usage.get(key).is_some()) && usage.get("prompt_tokens").is_none() {
        return counts(Some(claude(usage)), None);
    }
    if usage.get("prompt_tokens").is_some() {
        return counts(openai(usage, &CHAT), None);
    }
    counts(openai(usage, &RESPONSES), None)
}

fn claude(usage: Json<'_>) -> TokenCounts {
    let split = usage.get("cache_creation").filter(|split| split.get("ephemeral_5m_input_tokens").is_some());
    TokenCounts {
        input: usage.count("input_tokens"),
        cache_read: usage.count("cache_read_input_tokens"),
        cache_write_5m: split.and_then(|split| split.count("ephemeral_5m_input_tokens")),
        cache_write_1h: split.and_then(|split| split.count("ephemeral_1h_input_tokens")),
        cache_write_unspecified: if split.is_some() { None } else { usage.count("cache_creation_input_tokens") },
        output: usage.count("output_tokens"),
        reasoning: None,
    }
}

/// The names of the counts in one of OpenAI's interfaces, and of what tells their parts.
struct Names {
    input: &'static str,
    input_parts: &'static str,
    output: &'static str,
    output_parts: &'static str,
}

const CHAT: Names = Names {
    input: "prompt_tokens",
    input_parts: "prompt_tokens_details",
    output: "completion_tokens",
    output_parts: "completion_tokens_details",
};
const RESPONSES: Names = Names {
    input: "input_tokens",
    input_parts: "input_tokens_details",
    output: "output_tokens",
    output_parts: "output_tokens_details",
};

fn openai(usage: Json<'_>, names: &Names) -> Option<TokenCounts> {
    let parts = usage.get(names.input_parts);
    let read = parts.and_then(|parts| parts.count("cached_tokens"));
    let read = read.or_else(|| {
        usage.first(&[
            "prompt_tokens_details/cached_tokens",
            "input_tokens_details/cached_tokens",
            "prompt_cache_hit_tokens",
            "cached_tokens",
            // Mistral, which also writes the first, and in the singular.
            "num_cached_tokens",
            "prompt_token_details/cached_tokens",
        ])
    });
    let written = parts.and_then(|parts| parts.first(&["cache_write_tokens", "cache_creation_tokens"]));
    let all = usage.count(names.input);
    let output_tokens = usage.count(names.output);
    if all.is_none() && output_tokens.is_none() {
        return None;
    }
    let fresh = match all {
        Some(all) => Some(all.checked_sub(read.unwrap_or(0) + written.unwrap_or(0))?),
        None => None,
    };
    Some(TokenCounts {
        input: fresh,
        cache_read: read,
        cache_write_unspecified: written,
        output: output_tokens,
        reasoning: usage.get(names.output_parts).and_then(|parts| parts.count("reasoning_tokens")),
        ..TokenCounts::default()
    })
}

fn gemini(usage: Json<'_>) -> Option<TokenCounts> {
    let read = usage.count("cachedContentTokenCount");
    let prompt = usage.count("promptTokenCount").unwrap_or(0) + usage.count("toolUsePromptTokenCount").unwrap_or(0);
    let thoughts = usage.count("thoughtsTokenCount");
    Some(TokenCounts {
        input: Some(prompt.checked_sub(read.unwrap_or(0))?),
        cache_read: read,
        output: Some(usage.count("candidatesTokenCount").unwrap_or(0) + thoughts.unwrap_or(0)),
        reasoning: thoughts,
        ..TokenCounts::default()
    })
}

fn converse(usage: Json<'_>) -> TokenCounts {
    TokenCounts {
        input: usage.count("inputTokens"),
        cache_read: usage.first(&["cacheReadInputTokens", "cacheReadInputTokenCount"]),
        cache_write_unspecified: usage.first(&["cacheWriteInputTokens", "cacheWriteInputTokenCount"]),
        output: usage.count("outputTokens"),
        ..TokenCounts::default()
    }
}
