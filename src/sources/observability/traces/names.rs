//! The attributes under which instrumentations write counts: OpenTelemetry's conventions of several years, and those of
//! OpenInference, OpenLLMetry, the AI SDK, pydantic-ai, Strands and Codex.

use crate::sources::json::access::Json;
use crate::sources::json::node::Node;
use crate::sources::record::{BESIDE, DraftTokens, MIXED, Written};
use crate::sources::values::amount::{Amount, DOLLARS};
use crate::sources::values::count::Count;

/// The names of counts.
pub(super) struct CountNames {
    /// How all of them start.
    starts: &'static [&'static str],
    input: &'static [&'static str],
    read: &'static [&'static str],
    written: &'static [&'static str],
    output: &'static [&'static str],
    reasoning: &'static [&'static str],
    total: &'static [&'static str],
}

/// The counts of Codex' events.
pub(super) const CODEX: CountNames = CountNames {
    starts: &[""],
    input: &["input_token_count"],
    read: &["cached_token_count"],
    written: &["cache_write_token_count"],
    output: &["output_token_count"],
    reasoning: &["reasoning_token_count"],
    total: &[],
};
/// The counts of spans that ask a model.
pub(super) const GEN_AI: CountNames = CountNames {
    starts: &["gen_ai.usage.", "llm.", "ai.usage.", "codex.usage."],
    input: &[
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
        // Embeddings of the AI SDK.
        "ai.usage.tokens",
    ],
    read: &[
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.details.cached_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
        "llm.token_count.prompt_details.cache_input",
        "llm.usage.cache_read_input_tokens",
        "ai.usage.inputTokenDetails.cacheReadTokens",
        "ai.usage.cachedInputTokens",
    ],
    written: &[
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write",
        "llm.usage.cache_creation_input_tokens",
        "ai.usage.inputTokenDetails.cacheWriteTokens",
        "ai.usage.cacheCreationInputTokens",
    ],
    output: &[
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "llm.usage.completion_tokens",
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
    ],
    reasoning: &[
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "codex.usage.reasoning_output_tokens",
        "llm.token_count.completion_details.reasoning",
        "llm.usage.reasoning_tokens",
        "ai.usage.outputTokenDetails.reasoningTokens",
        "ai.usage.reasoningTokens",
    ],
    total: &[
        "gen_ai.usage.total_tokens",
        "llm.usage.total_tokens",
        "codex.usage.total_tokens",
        "llm.token_count.total",
        "ai.usage.totalTokens",
    ],
};
/// The counts of a run of an agent that sums its calls under names of its own, so that nobody adds them to those of the calls.
pub(super) const AGGREGATED: CountNames = CountNames {
    starts: &["gen_ai.aggregated_usage."],
    input: &["gen_ai.aggregated_usage.input_tokens"],
    read: &[
        "gen_ai.aggregated_usage.cache_read.input_tokens",
        "gen_ai.aggregated_usage.cache_read_input_tokens",
        "gen_ai.aggregated_usage.details.cache_read_tokens",
        "gen_ai.aggregated_usage.details.cache_read_input_tokens",
        "gen_ai.aggregated_usage.details.cached_tokens",
    ],
    written: &[
        "gen_ai.aggregated_usage.cache_creation.input_tokens",
        "gen_ai.aggregated_usage.cache_write_input_tokens",
        "gen_ai.aggregated_usage.details.cache_write_tokens",
        "gen_ai.aggregated_usage.details.cache_creation_input_tokens",
    ],
    output: &["gen_ai.aggregated_usage.output_tokens"],
    reasoning: &["gen_ai.aggregated_usage.reasoning.output_tokens", "gen_ai.aggregated_usage.details.reasoning_tokens"],
    total: &["gen_ai.aggregated_usage.total_tokens"],
};

/// The AI SDK's own difference of the input and what was cached of it.
const NOT_CACHED: &str = "ai.usage.inputTokenDetails.noCacheTokens";

/// The names of what a call cost, by the estimate of the instrumentation.
const COSTS: [&str; 4] = ["cost_usd", "gen_ai.usage.cost", "llm.cost.total", "operation.cost"];

impl CountNames {
    /// The names in the order of the counts in [`Written`].
    fn lists(&self) -> [&'static [&'static str]; 6] {
        [self.input, self.read, self.written, self.output, self.reasoning, self.total]
    }

    fn may_be(&self, name: &str) -> bool {
        self.starts.iter().any(|start| name.starts_with(start))
    }

    /// Whether there is a count of input or output.
    pub(super) fn are_in(&self, own: Json<'_>) -> bool {
        let is_known = |name: &str| self.input.contains(&name) || self.output.contains(&name);
        entries(own).iter().any(|(name, value)| self.may_be(name) && is_known(name) && *value != Node::Null)
    }

    /// The buckets; the input includes cached tokens, unless the total shows another way.
    pub(super) fn tokens(&self, own: Json<'_>) -> DraftTokens {
        // Each attribute is looked up once: spans have many, and few of them count anything. Several names of one count are
        // all read, and the first of its list is taken.
        let mut found = [(usize::MAX, Count::Absent); 6];
        for (name, value) in entries(own).iter().filter(|(name, _)| self.may_be(name)) {
            for (place, names) in found.iter_mut().zip(self.lists()) {
                let Some(rank) = names.iter().position(|known| known == name) else { continue };
                let count = Json(value).count("");
                if rank < place.0 && !count.is_absent() {
                    *place = (rank, count);
                }
            }
        }
        let [input, cache_read, cache_write, output, reasoning, total] = found.map(|(_, count)| count);
        let counts = Written { input, cache_read, cache_write, output, reasoning, total };
        match own.count(NOT_CACHED) {
            Count::Absent => counts.settle(MIXED),
            fresh => Written { input: fresh, total: Count::Absent, ..counts }.settle(BESIDE),
        }
    }
}

fn entries<'a>(own: Json<'a>) -> &'a [(&'a str, Node<'a>)] {
    if let Json(Node::Map(map)) = own { map.entries() } else { &[] }
}

/// What a call cost, by the estimate of its instrumentation.
pub(super) fn cost(own: Json<'_>) -> Amount {
    let costs = COSTS.map(|name| own.amount(name, DOLLARS));
    costs.into_iter().find(|cost| !cost.is_absent()).unwrap_or_default()
}
