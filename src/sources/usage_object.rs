//! The `usage` objects of providers, which mean four different things.
//!
//! Anthropic and Bedrock Converse: input excludes cached tokens. OpenAI: cached and reasoning tokens are parts of input and
//! output. Gemini: cached tokens are a part of the prompt, and thoughts are beside the candidates.

pub(super) mod anthropic;
pub(super) mod gemini_cli;

use crate::model::bill::WEB_SEARCHES;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::{BESIDE, Convention, Draft, DraftTokens, INSIDE, MIXED, Written};
use crate::sources::rejection::NO_TIME;
use crate::sources::values::amount::DOLLARS;
use crate::sources::values::count::Count;

pub(crate) static USAGE_OBJECT: Page = Page {
    id: "usage-objects",
    title: "Provider responses with their usage (JSON lines)",
    about: "Export: responses as providers send them, one a line, bare or under body, response, full_response or \
            message: Anthropic, OpenAI chat and Responses, Gemini and Vertex usageMetadata, Bedrock Converse, \
            Cohere; also answers with embeddings and ranks, whose tokens are all input.\n\
            Counted: one record per response. The input of Anthropic and Bedrock excludes cached tokens, that of \
            OpenAI and Gemini includes them; Gemini's thoughts are added to its output. Times: created, \
            created_at, timestamp, logging_time; a response without one is dated at the date of the run.\n\
            Lacks: the bill (OpenRouter's usage.cost is kept as reported), people and sessions.",
    needs: &[
        &["usageMetadata"],
        &["usageMetadata", "candidates", "modelVersion"],
        &["usage_metadata", "prompt_token_count", "model_version"],
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
    let found = bodies.iter().find_map(|path| line.get(path).and_then(|body| Some((body, read_response(body)?))));
    let Some((body, usage)) = found.or_else(|| Some((line, read_response(line)?))) else {
        if line.has_map("usage")
            || line.has_map("meta/billed_units")
            || bodies.iter().any(|path| line.at(path).has_map("usage"))
        {
            sink.check_uncounted(line);
        }
        return false;
    };
    // What a response is wrapped in may have what the response lacks.
    let wrapper = Some(line).filter(|line| !std::ptr::eq(line.0, body.0));
    let times = ["created", "created_at", "createTime", "timestamp", "logging_time", "time"];
    let written = times.iter().find_map(|key| body.instant(key).or_else(|| wrapper?.instant(key)));
    let Some(start) = written.or_else(|| sink.undated()) else {
        sink.reject(NO_TIME);
        return true;
    };
    let models = ["model", "modelVersion", "model_version", "model_id", "deployed_model_id"];
    let model = models.iter().find_map(|key| body.text(key).or_else(|| wrapper?.text(key)));
    let draft = |tokens: DraftTokens, model: Option<&str>, sink: &mut Sink<'_>| {
        let mut record = sink.request(start);
        record.tokens = tokens;
        record.provider = sink.name(usage.provider);
        record.model = sink.name(model);
        record.service_tier = sink.name(body.text("usage/service_tier").or(body.text("service_tier")));
        record.inference_geo = sink.name(body.text("usage/inference_geo"));
        record
    };
    // The text of the line is its key if it has no id: a copied file adds nothing, and equal lines of one file are counted each.
    let id = body.text("id").or(body.text("responseId")).or(body.text("response_id")).or(line.text("id"));
    let whole = if id.is_none() { line.0.identity() } else { String::new() };
    let add = |record: Draft, number: &str, sink: &mut Sink<'_>| match (id, number) {
        (Some(id), "") => sink.add_named(record, &[id]),
        (Some(id), number) => sink.add_named(record, &[id, number]),
        (None, "") => sink.add(record, &[&whole]),
        (None, number) => sink.add(record, &[&whole, number]),
    };
    let mut record = draft(usage.tokens, model, sink);
    // OpenRouter adds what it charges.
    record.reported_cost = body.amount("usage/cost", DOLLARS);
    // A search over many documents is several units.
    record.quantity = body.quantity("meta/billed_units/search_units");
    record.bill.unit = body.get("meta/billed_units/search_units").and_then(|_| sink.name(Some("search_units")));
    // Others charge for searches of the web in other ways.
    if id.is_some_and(|id| id.starts_with("msg_")) {
        record.quantity = anthropic::searches(body.at("usage")).to_quantity();
        record.bill.unit = record.quantity.known().and_then(|_| sink.name(Some(WEB_SEARCHES)));
    }
    add(record, "", sink);
    for ((own, tokens), number) in anthropic::beside(body.at("usage"), model).zip(0_u64..) {
        add(draft(tokens, own.or(model), sink), &number.to_string(), sink);
    }
    true
}

/// What a response says about its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProviderUsage {
    pub(super) tokens: DraftTokens,
    /// The provider, if no other one writes this shape.
    pub(super) provider: Option<&'static str>,
}

/// The usage of a response that has a `usage` or `usageMetadata`; `None` if it has no count.
pub(super) fn read_response(body: Json<'_>) -> Option<ProviderUsage> {
    if let Some(usage) = body.get("usageMetadata").or(body.get("usage_metadata")) {
        return Some(ProviderUsage { tokens: gemini(usage), provider: None });
    }
    // Cohere bills other counts than it computes.
    if let Some(billed) = body.get("usage/billed_units").or(body.get("meta/billed_units")) {
        let tokens = openai(billed, &RESPONSES).or_else(|| billed.has("search_units").then(DraftTokens::default))?;
        return Some(ProviderUsage { tokens, provider: Some("cohere") });
    }
    if let Some(tokens) = invoked(body) {
        return Some(ProviderUsage { tokens, provider: None });
    }
    let usage = body.get("usage")?;
    read_usage(usage).or_else(|| {
        // Embeddings and ranks have no output, and some vendors write no more than the total.
        let is_list = ["data", "embeddings", "results"].iter().any(|key| body.has(key)) && !body.has("choices");
        let input = usage.count("total_tokens");
        let tokens = DraftTokens { input, ..DraftTokens::default() };
        (is_list && !input.is_absent()).then_some(ProviderUsage { tokens, provider: None })
    })
}

/// The counts of models on Bedrock that write them without a usage object: Titan's and Llama's.
fn invoked(body: Json<'_>) -> Option<DraftTokens> {
    let input = body.first_count(&["inputTextTokenCount", "prompt_token_count"]);
    let of_results = Count::sum(body.items("results").map(|result| result.count("tokenCount")));
    let output = body.count("generation_token_count").or(of_results);
    (!input.is_absent()).then_some(DraftTokens { input, output, ..DraftTokens::default() })
}

/// The usage of a bare usage object, whose keys say what it means; `None` if it has no count.
pub(super) fn read_usage(usage: Json<'_>) -> Option<ProviderUsage> {
    let has_any = |keys: &[&str]| keys.iter().any(|key| usage.has(key));
    let tokens = if has_any(&["inputTokens", "outputTokens"]) {
        converse(usage)
    } else if has_any(&["promptTokenCount", "candidatesTokenCount"]) {
        gemini(usage)
    } else if has_any(&["prompt_tokens"]) {
        openai(usage, &CHAT)?
    } else if has_any(&["cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation"]) {
        anthropic::counts(usage)
    } else {
        openai(usage, &RESPONSES)?
    };
    Some(ProviderUsage { tokens, provider: None })
}

/// The names of counts in one of OpenAI's interfaces, and of the objects that hold their parts.
struct CountNames {
    input: &'static str,
    input_parts: &'static str,
    output: &'static str,
    output_parts: &'static str,
}

const CHAT: CountNames = CountNames {
    input: "prompt_tokens",
    input_parts: "prompt_tokens_details",
    output: "completion_tokens",
    output_parts: "completion_tokens_details",
};
const RESPONSES: CountNames = CountNames {
    input: "input_tokens",
    input_parts: "input_tokens_details",
    output: "output_tokens",
    output_parts: "output_tokens_details",
};

fn openai(usage: Json<'_>, names: &CountNames) -> Option<DraftTokens> {
    let (input, output) = (usage.count(names.input), usage.count(names.output));
    if input.is_absent() && output.is_absent() {
        return None;
    }
    let (cache_read, cache_write) = cached(usage, names);
    let output_parts = usage.get(names.output_parts);
    let reasoning = output_parts.map_or(Count::Absent, |parts| parts.count("reasoning_tokens"));
    let total = usage.count("total_tokens");
    let usual = if usage.has("cache_read_input_tokens") || usage.has("cache_creation_input_tokens") {
        // Anthropic's names beside OpenAI's: a gateway passes on what several vendors write.
        MIXED
    } else {
        INSIDE
    };
    let mut tokens = Written { input, cache_read, cache_write, output, reasoning, total }.settle(usual);
    let split = usage.get(names.input_parts).and_then(|parts| parts.get("cache_creation_token_details"));
    if let Some(split) = split {
        tokens.split_cache_writes(split.count("ephemeral_5m_input_tokens"), split.count("ephemeral_1h_input_tokens"));
    }
    Some(tokens)
}

/// The tokens that were read from and written to a cache.
fn cached(usage: Json<'_>, names: &CountNames) -> (Count, Count) {
    let parts = usage.get(names.input_parts);
    let elsewhere = [
        "prompt_tokens_details/cached_tokens",
        "input_tokens_details/cached_tokens",
        "prompt_cache_hit_tokens",
        "cached_tokens",
        // Mistral, which also writes the first one, and the last one in the singular.
        "num_cached_tokens",
        "prompt_token_details/cached_tokens",
    ];
    let read = parts.map_or(Count::Absent, |parts| parts.count("cached_tokens"));
    let read = read.or_else(|| usage.first_count(&elsewhere));
    let written =
        parts.map_or(Count::Absent, |parts| parts.first_count(&["cache_write_tokens", "cache_creation_tokens"]));
    // LiteLLM writes these for all vendors, and the parts only for some.
    (larger(read, usage.count("cache_read_input_tokens")), larger(written, usage.count("cache_creation_input_tokens")))
}

/// The larger one; damage if one is damaged.
fn larger(one: Count, other: Count) -> Count {
    if !one.is_invalid() && (other.is_invalid() || other.known() > one.known()) { other } else { one }
}

fn gemini(usage: Json<'_>) -> DraftTokens {
    // Python writes the same names with underscores.
    let count = |name: &str, in_python: &str| usage.first_count(&[name, in_python]);
    let written = Written {
        input: count("promptTokenCount", "prompt_token_count")
            .or_zero()
            .plus(count("toolUsePromptTokenCount", "tool_use_prompt_token_count")),
        cache_read: count("cachedContentTokenCount", "cached_content_token_count"),
        output: count("candidatesTokenCount", "candidates_token_count").or_zero(),
        reasoning: count("thoughtsTokenCount", "thoughts_token_count"),
        total: count("totalTokenCount", "total_token_count"),
        ..Written::default()
    };
    written.settle(Convention { reasoning_inside: false, ..INSIDE })
}

fn converse(usage: Json<'_>) -> DraftTokens {
    let written = Written {
        input: usage.count("inputTokens"),
        cache_read: usage.first_count(&["cacheReadInputTokens", "cacheReadInputTokenCount"]),
        cache_write: usage.first_count(&["cacheWriteInputTokens", "cacheWriteInputTokenCount"]),
        output: usage.count("outputTokens"),
        total: usage.count("totalTokens"),
        ..Written::default()
    };
    written.settle(BESIDE)
}
