//! What each format leaves on purpose, and the keys that each of its records has.

/// What is known of a format beyond what its reader reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::sources) struct Known {
    /// The format.
    format: &'static str,
    /// Paths that are left, with the reason. A path fits at any depth, and so does what is below it; `*` is any key.
    pub(in crate::sources) left: &'static [(&'static str, &'static str)],
    /// Keys that each record has, somewhere; `|` separates alternative names.
    pub(in crate::sources) every: &'static [&'static str],
}

const NOTHING: Known = Known { format: "", left: &[], every: &[] };

impl Known {
    /// What is known of a format.
    pub(in crate::sources) fn of(format: &str) -> Self {
        KNOWN.iter().find(|known| known.format == format).copied().unwrap_or(NOTHING)
    }

    /// Whether the figure at a path is left on purpose.
    pub(in crate::sources) fn is_left(&self, path: &str) -> bool {
        self.left.iter().any(|(left, _)| fits(left, path))
    }
}

/// Whether a path has the keys of a pattern one after another.
fn fits(pattern: &str, path: &str) -> bool {
    let path = path.replace("[]", "");
    if !pattern.contains('*') {
        let found = path.match_indices(pattern);
        let is_end = |end: usize| end == path.len() || path.as_bytes()[end] == b'.';
        return found
            .into_iter()
            .any(|(at, _)| (at == 0 || path.as_bytes()[at - 1] == b'.') && is_end(at + pattern.len()));
    }
    let keys: Vec<&str> = path.split('.').collect();
    let wanted: Vec<&str> = pattern.split('.').collect();
    keys.windows(wanted.len()).any(|keys| keys.iter().zip(&wanted).all(|(key, wanted)| key == wanted || *wanted == "*"))
}

/// The formats that leave something, or that have keys without which a record is not whole.
static KNOWN: &[Known] = &[
    Known {
        format: "aider-analytics",
        left: &[("properties.total_cost", "the cost of the session so far; cost is that of the message")],
        every: &["prompt_tokens", "completion_tokens"],
    },
    Known {
        format: "amp",
        left: &[
            ("messages.usage.inputTokens", "the ledger has it, too, and is read first"),
            ("messages.usage.outputTokens", "the ledger has it, too, and is read first"),
        ],
        every: &[],
    },
    Known {
        format: "anthropic-batch",
        left: &[("usage.server_tool_use", "requests of the vendor's tools, which have no price here")],
        every: &["input_tokens", "output_tokens"],
    },
    Known {
        format: "anthropic-usage-report",
        left: &[("data.total_tokens", "the sum of the counts in the same row")],
        every: &["output_tokens"],
    },
    Known {
        format: "aws-cur",
        left: &[
            ("lineitem/netunblendedcost", "the cost less discounts, which are rows of their own"),
            ("lineitem/blendedcost", "the cost at the average rate of an organization"),
            ("lineitem/unblendedrate", "a price of one unit"),
            ("lineitem/blendedrate", "a price of one unit"),
            ("pricing/publicondemandcost", "the cost at list price"),
            ("pricing/publicondemandrate", "a price of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "aws-cur-2",
        left: &[
            ("line_item_net_unblended_cost", "the cost less discounts, which are rows of their own"),
            ("line_item_blended_cost", "the cost at the average rate of an organization"),
            ("line_item_unblended_rate", "a price of one unit"),
            ("line_item_blended_rate", "a price of one unit"),
            ("pricing_public_on_demand_cost", "the cost at list price"),
            ("pricing_public_on_demand_rate", "a price of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "azure-cost",
        left: &[
            ("costinpricingcurrency", "the same cost in the currency of prices"),
            ("paygcostinbillingcurrency", "the cost at list price"),
            ("paygcostinusd", "the cost at list price"),
            ("effectiveprice", "a price of one unit"),
            ("unitprice", "a price of one unit"),
            ("paygprice", "a price of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "bedrock-batch",
        left: &[
            ("modelInput", "what was asked"),
            ("usage.server_tool_use", "requests of the vendor's tools, which have no price here"),
            ("usage.cacheDetails", "cache writes by lifetime; the whole is read"),
        ],
        every: &[],
    },
    Known {
        format: "bedrock-invocations",
        left: &[("inputBodyJson", "what was asked"), ("outputBodyJson", "what was answered")],
        // Forms of CloudWatch have the counts inside the text of a message.
        every: &[
            "inputTokenCount|ingestionTime|logEvents|recordsMatched",
            "outputTokenCount|operation|ingestionTime|logEvents|recordsMatched",
        ],
    },
    Known {
        format: "claude-code",
        left: &[
            ("message.usage.server_tool_use.web_fetch_requests", "fetching a page has no fee"),
            ("message.usage.server_tool_use.tool_search_requests", "searching for a tool has no fee"),
            ("message.usage.iterations.server_tool_use", "parts of those of the answer"),
            ("toolUseResult", "what a tool answered; a subagent's usage is in its own lines"),
            ("thinkingMetadata", "settings of thinking"),
            ("compactMetadata", "sizes of the context"),
            ("message.usage.output_tokens_details", "parts of output_tokens"),
            ("message.usage.iterations.output_tokens_details", "parts of output_tokens"),
        ],
        every: &[],
    },
    Known {
        format: "claude-code-headless",
        left: &[
            ("total_cost_usd", "the sum of the costs by model"),
            ("contextWindow", "a size, not use"),
            ("maxOutputTokens", "a limit, not use"),
            ("server_tool_use.web_fetch_requests", "fetching a page has no fee"),
            ("server_tool_use.tool_search_requests", "searching for a tool has no fee"),
            ("tool_use_result", "what a tool answered; a subagent's usage is in its own messages"),
        ],
        every: &[],
    },
    Known {
        format: "cline",
        left: &[
            ("prevContextTokens", "the size of the context before it was condensed"),
            ("newContextTokens", "the size of the context after it was condensed"),
            ("contextTokens", "the size of the context, not what was sent"),
        ],
        every: &[],
    },
    Known {
        format: "cline-cli",
        left: &[
            ("metadata.aggregateUsage", "the sum with subagents, which have sessions of their own"),
            ("metadata.aggregatedAgentsCost", "the sum with subagents, which have sessions of their own"),
            ("metadata.totalCost", "the cost of metadata.usage once more"),
        ],
        every: &[],
    },
    Known {
        format: "codex",
        left: &[
            ("rate_limits", "how much of the plan's limit is used"),
            ("model_context_window", "a size, not use"),
            ("payload.turn_token_usage", "the sum of the turn's requests"),
        ],
        every: &[],
    },
    Known {
        format: "continue",
        left: &[("history.message.usage", "what one answer used, which the session sums or the development data has")],
        every: &[],
    },
    Known {
        format: "copilot-billing",
        left: &[
            ("usageItems.discountAmount", "gross less net, which are read"),
            ("usageItems.discountQuantity", "gross less net quantity"),
            ("usageItems.netQuantity", "the gross quantity is read"),
        ],
        every: &[],
    },
    Known {
        format: "copilot-chat",
        left: &[
            ("completionTokens", "result.metadata.outputTokens is read first"),
            ("promptTokens", "result.metadata.promptTokens is read first"),
            ("contextWindow", "a size, not use"),
        ],
        every: &[],
    },
    Known {
        format: "copilot-cli",
        left: &[
            ("data.conversationTokens", "the size of the context, not what was sent"),
            ("data.currentTokens", "the size of the context, not what was sent"),
            ("data.systemTokens", "the size of the context, not what was sent"),
            ("data.toolDefinitionsTokens", "the size of the context, not what was sent"),
            ("requests.cost", "premium requests of the plan, no dollars"),
            ("totalPremiumRequests", "premium requests of the plan, no dollars"),
        ],
        every: &["inputTokens", "outputTokens"],
    },
    Known {
        format: "copilot-otel",
        left: &[("gen_ai.usage.total_tokens", "the sum of the counts beside it")],
        every: &["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"],
    },
    Known {
        format: "copilot-usage-report",
        left: &[("aic_gross_amount", "the same use in credits beside gross_amount")],
        every: &[],
    },
    Known {
        format: "crush",
        left: &[
            ("prompt_tokens", "the last request's, while the cost is the session's"),
            ("completion_tokens", "the last request's, while the cost is the session's"),
        ],
        every: &[],
    },
    Known {
        format: "cursor-events",
        left: &[("totalUsageEventsCount", "the number of events on all pages")],
        every: &["usageEvents"],
    },
    Known {
        format: "cursor-team",
        left: &[("teamMemberSpend.fastPremiumRequests", "requests of the plan, no dollars")],
        every: &[],
    },
    Known {
        format: "focus",
        left: &[
            ("contractedcost", "the cost before the discounts of the billed cost"),
            ("contractedunitprice", "a price of one unit"),
            ("effectivecost", "the amortised cost of what was billed"),
            ("listunitprice", "a price of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "focus-json",
        left: &[
            ("EffectiveCost", "the amortised cost of what was billed"),
            ("ContractedCost", "the cost before the discounts of the billed cost"),
            ("ContractedUnitPrice", "a price of one unit"),
            ("ListUnitPrice", "a price of one unit"),
            ("Tags.litellm:prompt_tokens", "a part of the consumed quantity"),
            ("Tags.litellm:completion_tokens", "a part of the consumed quantity"),
            ("summary", "sums of the rows"),
        ],
        every: &[],
    },
    Known { format: "gemini-batch", left: GEMINI_BATCH, every: &[] },
    Known { format: "gemini-cli", left: &[], every: &["input", "output"] },
    Known { format: "gemini-telemetry", left: &[], every: &["input_token_count", "output_token_count"] },
    Known {
        format: "generic",
        left: &[
            ("counted_cost_usd", "of this program's own table: the billed cost, else the list cost"),
            ("list_cost_usd", "of this program's own table: it is calculated again"),
            ("gross_cost_usd", "of this program's own table: what was billed is beside it"),
        ],
        every: &[],
    },
    Known {
        format: "github-metered-usage",
        left: &[
            ("applied_cost_per_quantity", "a price of one unit"),
            ("discount_amount", "gross less net, which are read"),
        ],
        every: &[],
    },
    Known {
        format: "google-cost-table",
        left: &[("cost ($)", "the unrounded cost, rounded"), ("cost (€)", "the unrounded cost, rounded")],
        every: &[],
    },
    Known {
        format: "goose",
        left: &[
            ("accumulated_total_tokens", "the sum of the accumulated input and output"),
            ("accumulated_cache_read_tokens", "read where a version has it"),
            ("accumulated_cache_write_tokens", "read where a version has it"),
            ("accumulated_cost", "read where a version has it"),
            ("input_tokens", "the last request's, which is in the accumulated ones"),
            ("output_tokens", "the last request's, which is in the accumulated ones"),
            ("total_tokens", "the last request's, which is in the accumulated ones"),
        ],
        every: &[],
    },
    Known {
        format: "grok-build",
        left: &[
            ("update.usage.costUsdTicks", "the sum of the costs by model"),
            ("update.usage.modelCalls", "the sum of the requests by model"),
            ("update.usage.numTurns", "requests of the main agent alone"),
        ],
        every: &["inputTokens", "outputTokens"],
    },
    Known { format: "helicone", left: &[], every: &["prompt_tokens", "completion_tokens"] },
    Known { format: "jaeger", left: SPANS, every: &[] },
    Known { format: "junie", left: &[], every: &["inputTokens", "outputTokens"] },
    Known {
        format: "kimi-cli",
        left: &[
            ("context_usage", "how full the context is"),
            ("context_tokens", "the size of the context, not what was sent"),
        ],
        every: &["input_other", "output"],
    },
    Known { format: "kiro-log", left: &[], every: &["usage"] },
    Known {
        format: "kong-ai",
        left: &[
            ("ai.*.usage.prompt_tokens", "another plugin's report of the same request"),
            ("ai.*.usage.completion_tokens", "another plugin's report of the same request"),
            ("ai.*.usage.cost", "another plugin's report of the same request"),
        ],
        every: &["prompt_tokens", "completion_tokens"],
    },
    Known { format: "langfuse", left: LANGFUSE, every: &[] },
    Known {
        format: "langfuse-csv",
        left: &[
            ("inputusage", "the input of usage_details once more"),
            ("outputusage", "the output of usage_details once more"),
            ("totalusage", "the total of usage_details once more"),
            ("input_usage", "the input of usage_details once more"),
            ("output_usage", "the output of usage_details once more"),
            ("total_usage", "the total of usage_details once more"),
            ("inputcost", "a part of total_cost"),
            ("outputcost", "a part of total_cost"),
            ("input_cost", "a part of total_cost"),
            ("output_cost", "a part of total_cost"),
            ("inputprice", "a price of one unit"),
            ("outputprice", "a price of one unit"),
            ("totalprice", "a price of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "langfuse-daily",
        left: &[("usage.countTraces", "traces, not tokens")],
        every: &["inputUsage", "outputUsage"],
    },
    Known {
        format: "langsmith",
        left: &[
            ("usage_metadata.input_tokens", "prompt_tokens once more"),
            ("usage_metadata.output_tokens", "completion_tokens once more"),
            ("usage_metadata.total_tokens", "total_tokens once more"),
            ("prompt_cost", "a part of total_cost"),
            ("completion_cost", "a part of total_cost"),
            ("prompt_cost_details", "parts of total_cost"),
            ("completion_cost_details", "parts of total_cost"),
            ("usage_metadata.input_cost", "a part of total_cost"),
            ("usage_metadata.output_cost", "a part of total_cost"),
            ("usage_metadata.total_cost", "total_cost once more"),
        ],
        every: &["prompt_tokens|input_tokens", "completion_tokens|output_tokens"],
    },
    Known {
        format: "langsmith-table",
        left: &[
            ("prompt_cost", "a part of total_cost"),
            ("completion_cost", "a part of total_cost"),
            ("usage_metadata.input_tokens", "prompt_tokens once more"),
            ("usage_metadata.output_tokens", "completion_tokens once more"),
            ("usage_metadata.total_tokens", "total_tokens once more"),
        ],
        every: &[],
    },
    Known {
        format: "litellm",
        left: &[
            ("prompt_tokens", "usage_object has it, too, and is read first"),
            ("completion_tokens", "usage_object has it, too, and is read first"),
            ("total_tokens", "usage_object has it, too, and is read first"),
            ("hidden_params.response_cost", "response_cost once more"),
            ("model_map_information", "prices of a token"),
            ("usage_object.prompt_tokens_details.text_tokens", "the prompt by kind"),
            ("usage_object.completion_tokens_details.text_tokens", "the completion by kind"),
            ("cost_breakdown", "parts of spend"),
        ],
        every: &["prompt_tokens", "completion_tokens"],
    },
    Known {
        format: "litellm-activity",
        left: &[
            ("metadata", "sums of the page, and limits of keys"),
            ("metrics.total_tokens", "the sum of prompt and completion"),
            ("breakdown.providers", "the day by provider once more"),
            ("breakdown.api_keys", "the day by key once more"),
            ("breakdown.entities", "the day by owner once more"),
            ("breakdown.model_groups", "the day by group of models once more"),
            ("breakdown.mcp_servers", "calls of tools, whose spend is in the day's"),
            ("breakdown.endpoints", "the day by endpoint once more"),
        ],
        every: &["prompt_tokens", "completion_tokens"],
    },
    Known { format: "litellm-usage", left: &[("metadata", "sums of the rows, and filters")], every: &[] },
    Known {
        format: "litellm-csv",
        left: &[
            ("model_map_information", "prices of a token"),
            ("usage_object.prompt_tokens_details.text_tokens", "the prompt by kind"),
            ("usage_object.completion_tokens_details.text_tokens", "the completion by kind"),
            ("cost_breakdown", "parts of spend"),
        ],
        every: &[],
    },
    Known { format: "opencode-console", left: &[("cost_micro_cents", "cost_usd once more")], every: &[] },
    Known {
        format: "mimo-usage",
        left: &[
            ("input hit amount", "a part of the consumed amount"),
            ("input miss amount", "a part of the consumed amount"),
            ("output amount", "a part of the consumed amount"),
            ("total tokens", "the sum of the kinds"),
        ],
        every: &[],
    },
    Known {
        format: "mistral-vibe",
        left: &[
            ("config", "the settings, with prices of models"),
            ("stats.session_total_llm_tokens", "the sum of the input and the output"),
            ("stats.context_tokens", "how full the context is"),
            ("stats.last_turn_prompt_tokens", "the last turn's, which is in the session's"),
            ("stats.last_turn_completion_tokens", "the last turn's, which is in the session's"),
            ("stats.last_turn_total_tokens", "the last turn's, which is in the session's"),
            ("stats.input_price_per_million", "a price of the settings"),
            ("stats.output_price_per_million", "a price of the settings"),
        ],
        every: &[],
    },
    Known {
        format: "openai-batch",
        left: &[
            ("prompt_tokens_details.text_tokens", "the prompt by kind"),
            ("completion_tokens_details.text_tokens", "the completion by kind"),
        ],
        every: &["prompt_tokens|input_tokens"],
    },
    Known {
        format: "openai-dashboard-usage",
        left: &[
            ("input_text_tokens", "input_tokens by kind"),
            ("input_audio_tokens", "input_tokens by kind"),
            ("input_image_tokens", "input_tokens by kind"),
            ("output_text_tokens", "output_tokens by kind"),
            ("output_audio_tokens", "output_tokens by kind"),
            ("output_image_tokens", "output_tokens by kind"),
            ("input_cached_text_tokens", "input_cached_tokens by kind"),
            ("input_cached_audio_tokens", "input_cached_tokens by kind"),
            ("input_cached_image_tokens", "input_cached_tokens by kind"),
            ("input_uncached_tokens", "input_tokens less the cached ones"),
        ],
        every: &[],
    },
    Known {
        format: "openai-usage",
        left: &[
            ("results.input_text_tokens", "input_tokens by kind"),
            ("results.input_audio_tokens", "input_tokens by kind"),
            ("results.input_image_tokens", "input_tokens by kind"),
            ("results.output_text_tokens", "output_tokens by kind"),
            ("results.output_audio_tokens", "output_tokens by kind"),
            ("results.output_image_tokens", "output_tokens by kind"),
            ("results.input_cached_text_tokens", "input_cached_tokens by kind"),
            ("results.input_cached_audio_tokens", "input_cached_tokens by kind"),
            ("results.input_cached_image_tokens", "input_cached_tokens by kind"),
            ("results.input_uncached_tokens", "input_tokens less the cached ones"),
        ],
        every: &[],
    },
    Known {
        format: "opencode",
        left: &[
            ("cost", "as a column: the sum of the session, of which what its messages do not have counts"),
            ("tokens_input", "the sum of the session's messages"),
            ("tokens_output", "the sum of the session's messages"),
            ("tokens_reasoning", "the sum of the session's messages"),
            ("tokens_cache_read", "the sum of the session's messages"),
            ("tokens_cache_write", "the sum of the session's messages"),
        ],
        every: &["input", "output"],
    },
    Known {
        format: "openrouter-generation",
        left: &[
            ("data.tokens_prompt", "counted by one tokenizer for all models; native_tokens_prompt is billed"),
            ("data.tokens_completion", "counted by one tokenizer for all models; native_tokens_completion is billed"),
            ("data.usage", "total_cost once more"),
            ("data.upstream_inference_cost", "what the vendor bills for the customer's own key"),
            ("data.cache_discount", "it is taken off total_cost already"),
        ],
        every: &["native_tokens_prompt", "native_tokens_completion"],
    },
    Known { format: "otel-spans", left: SPANS, every: &[] },
    Known { format: "otlp", left: SPANS, every: &[] },
    Known {
        format: "pi",
        left: &[
            ("usage.cost.input", "a part of cost.total"),
            ("usage.cost.output", "a part of cost.total"),
            ("usage.cost.cacheRead", "a part of cost.total"),
            ("usage.cost.cacheWrite", "a part of cost.total"),
        ],
        every: &[],
    },
    Known { format: "portkey", left: &[], every: &["req_units", "res_units"] },
    Known { format: "qwen-code", left: &[], every: &["promptTokenCount", "candidatesTokenCount"] },
    Known {
        format: "qwen-code-headless",
        left: &[
            ("stats.models.*.tokens.thoughts", "a part of the total or of the candidates"),
            ("stats.models.*.tokens.tool", "in the prompt"),
        ],
        every: &[],
    },
    Known {
        format: "usage-objects",
        left: &[
            ("usage.prompt_cache_miss_tokens", "the prompt less prompt_cache_hit_tokens"),
            ("usage.prompt_cache_hit_tokens", "another name of cached_tokens beside it"),
            ("usage.num_cached_tokens", "another name of cached_tokens beside it"),
            ("usage.cached_tokens", "another name of cached_tokens in the details"),
            ("prompt_tokens_details.text_tokens", "the prompt by kind"),
            ("prompt_tokens_details.image_tokens", "the prompt by kind"),
            ("prompt_tokens_details.video_tokens", "the prompt by kind"),
            ("prompt_tokens_details.audio_tokens", "the prompt by kind"),
            ("completion_tokens_details.text_tokens", "the completion by kind"),
            ("usage.cacheDetails", "cache writes by lifetime; the whole is read"),
            ("cacheWriteInputTokenCount", "another name of cacheWriteInputTokens"),
            ("cacheReadInputTokenCount", "another name of cacheReadInputTokens"),
            ("usage.cost_details", "parts of cost"),
            ("pydantic_ai_gateway", "an estimate of another program"),
            ("usage.server_tool_use", "requests of the vendor's tools, which have no price here"),
            ("usage.server_tool_use_details", "calls of tools, which have no price here"),
            ("usage.num_sources_used", "sources of a search, which have no price here"),
            ("usage.tokens", "what Cohere computes; what it bills is read"),
            ("meta.tokens", "what Cohere computes; what it bills is read"),
            ("usageMetadata.cacheTokensDetails", "cached tokens by kind"),
            ("usageMetadata.candidatesTokensDetails", "candidates by kind"),
            ("usageMetadata.promptTokensDetails", "the prompt by kind"),
            ("usageMetadata.promptTokenDetails", "the prompt by kind"),
            ("usageMetadata.toolUsePromptTokensDetails", "the tools' prompt by kind"),
            ("usage_metadata.cache_tokens_details", "cached tokens by kind"),
            ("usage_metadata.candidates_tokens_details", "candidates by kind"),
            ("usage_metadata.prompt_tokens_details", "the prompt by kind"),
            ("usage_metadata.tool_use_prompt_tokens_details", "the tools' prompt by kind"),
        ],
        every: &[],
    },
    Known {
        format: "vertex-billing",
        left: &[
            ("usage.amount_in_pricing_units", "the usage in another unit"),
            ("cost_at_list", "the cost at list price"),
            ("cost_at_effective_price_default", "the cost without a consumption model"),
            ("cost_at_list_consumption_model", "the cost at list price"),
        ],
        every: &[],
    },
    Known {
        format: "vertex-billing-json",
        left: &[
            ("usage.amount_in_pricing_units", "the usage in another unit"),
            ("cost_at_list", "the cost at list price"),
            ("cost_at_effective_price_default", "the cost without a consumption model"),
            ("cost_at_list_consumption_model", "the cost at list price"),
            ("price", "prices of one unit"),
        ],
        every: &[],
    },
    Known {
        format: "zcode",
        left: &[
            ("computed_total_tokens", "the sum of the counts in the same row"),
            ("provider_total_tokens", "the sum of the counts in the same row"),
        ],
        every: &[],
    },
    Known { format: "zed", left: &[], every: &["input_tokens", "output_tokens"] },
];

/// What the batches of Gemini repeat or split.
const GEMINI_BATCH: &[(&str, &str)] = &[
    ("metadata.output", "the answers once more"),
    ("request", "what was asked"),
    ("usageMetadata.cacheTokensDetails", "cached tokens by kind"),
    ("usageMetadata.candidatesTokensDetails", "candidates by kind"),
    ("usageMetadata.promptTokensDetails", "the prompt by kind"),
    ("usageMetadata.toolUsePromptTokensDetails", "the tools' prompt by kind"),
    ("usage_metadata.cache_tokens_details", "cached tokens by kind"),
    ("usage_metadata.candidates_tokens_details", "candidates by kind"),
    ("usage_metadata.prompt_tokens_details", "the prompt by kind"),
    ("usage_metadata.tool_use_prompt_tokens_details", "the tools' prompt by kind"),
];

/// What Langfuse's interfaces repeat beside the details of usage and the whole cost.
const LANGFUSE: &[(&str, &str)] = &[
    ("usage.input", "the input of the details once more"),
    ("usage.output", "the output of the details once more"),
    ("usage.total", "the total of the details once more"),
    ("usage.inputCost", "a part of the total cost"),
    ("usage.outputCost", "a part of the total cost"),
    ("usage.totalCost", "the total cost once more"),
    ("promptTokens", "the input of the details once more"),
    ("completionTokens", "the output of the details once more"),
    ("totalTokens", "the total of the details once more"),
    ("inputUsage", "the input of the details once more"),
    ("outputUsage", "the output of the details once more"),
    ("totalUsage", "the total of the details once more"),
    ("calculatedInputCost", "a part of the total cost"),
    ("calculatedOutputCost", "a part of the total cost"),
    ("calculatedTotalCost", "the total cost once more"),
    ("inputCost", "a part of the total cost"),
    ("outputCost", "a part of the total cost"),
    ("costDetails", "parts of the total cost"),
    ("cost_details", "parts of the total cost"),
    ("inputPrice", "a price of one unit"),
    ("outputPrice", "a price of one unit"),
    ("totalPrice", "a price of one unit"),
];

/// What spans hold beside the counts that are read under one of their names.
const SPANS: &[(&str, &str)] = &[
    ("cumulative_token_count.prompt", "the sum of the spans below"),
    ("cumulative_token_count.completion", "the sum of the spans below"),
    ("cumulative_llm_token_count_prompt", "the sum of the spans below"),
    ("cumulative_llm_token_count_completion", "the sum of the spans below"),
    ("tool_token_count", "the tokens of the whole request once more"),
    ("total_token_count", "the sum of the counts beside it"),
    ("llm.token_count.prompt_details.audio", "the prompt by kind"),
    ("llm.token_count.completion_details.audio", "the completion by kind"),
    ("llm.cost.prompt", "a part of llm.cost.total"),
    ("llm.cost.completion", "a part of llm.cost.total"),
    ("llm.cost.prompt_details", "parts of llm.cost.total"),
    ("llm.cost.completion_details", "parts of llm.cost.total"),
    ("gen_ai.usage.input_cost", "a part of gen_ai.usage.cost"),
    ("gen_ai.usage.output_cost", "a part of gen_ai.usage.cost"),
    ("ai.usage.outputTokenDetails.textTokens", "the output by kind"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::SOURCES;

    #[test]
    fn a_pattern_fits_whole_keys_at_any_depth() {
        assert!(fits("usage.total", "a[].usage.total") && fits("usage", "usage.total") && fits("a.*.b", "x.a.c.b"));
        assert!(!fits("usage.total", "usage.total_tokens") && !fits("sage", "usage") && !fits("a.*.b", "a.b"));
        assert!(fits("gen_ai.usage.total_tokens", "gen_ai.usage.total_tokens"));
    }

    #[test]
    fn what_is_known_is_of_a_format_and_has_a_reason() {
        for known in KNOWN {
            assert!(SOURCES.iter().any(|source| source.id() == known.format), "{}", known.format);
            assert!(known.left.iter().all(|(path, why)| !path.is_empty() && why.len() > 10), "{}", known.format);
        }
    }
}
