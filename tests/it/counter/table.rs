//! Where each format has its figures, as plain data: which are parts, which are totals of others, which are cumulative, and what a
//! second record with the same id is.
//!
//! A path is made of keys with `>` between them. `[]` after a key stands for each item of its list, and `*` for each value of a map;
//! `#2` is an item or a value by its place, `@name` the value of an attribute in a list of `{key, value}`, and `key!` JSON inside a text.
//! `a|b` is the first that is there. In conditions and ids, `^` starts at the value of the file instead of the record, and `#` alone
//! is the record's own key in its map.

mod agents;
mod further;
mod gateways;
mod sessions;
mod vendors;

/// Every format.
pub(super) fn formats() -> impl Iterator<Item = &'static Format> {
    [agents::FORMATS, sessions::FORMATS, vendors::FORMATS, gateways::FORMATS, further::FORMATS].into_iter().flatten()
}

/// A format and where its records are.
pub(super) struct Format {
    pub(super) id: &'static str,
    pub(super) places: &'static [Place],
}

/// One kind of record in a format.
pub(super) struct Place {
    /// The path from a value of the file to its records.
    pub(super) at: &'static str,
    /// What makes it a record: a path that is there (`!` for one that is not), `path=text`, `path$end` or `path~part`, or
    /// `path%other`, whose text is also at the other path from the value of the file; all hold.
    pub(super) is: &'static [&'static str],
    /// Kind and path of each figure. `read<input` is a part of the input, `think+output` is beside the output, and `think?output` is
    /// inside where a total says so. `output*1000` counts thousands; `cents` are hundredths of `cost`, and `nano credits` billionths
    /// of a cent, of which ten are one of `ticks`. A `charge` is a cost that is both reported and billed, a `spend` one that is both if there are no tokens, and a
    /// `rate` is the cost of each token. `units` are quantities, and `pieces` those that are whole. `calls` are in no sum, but what
    /// is cumulative grows with them.
    pub(super) parts: &'static [(&'static str, &'static str)],
    /// Figures that sum all tokens of the record.
    pub(super) totals: &'static [&'static str],
    /// Figures that hold another one again: `(path, path of the other)`.
    pub(super) copies: &'static [(&'static str, &'static str)],
    /// What a later value of the file is that has the figures of the record, which then is none.
    pub(super) until: &'static str,
    /// What a record is known by.
    pub(super) id: &'static [&'static str],
    /// What a record under another id is known by as a copy of the first one, if it can be.
    pub(super) copy: &'static [&'static str],
    pub(super) again: Again,
    /// Conditions of which any makes a record one that nobody billed.
    pub(super) ignored: &'static [&'static str],
    /// Whether a record without tokens and cost is one that nobody billed.
    pub(super) empty_is_ignored: bool,
    /// Whether it is about the value side: lines and commits, not usage.
    pub(super) is_fact: bool,
    /// Where a cumulative record has what it adds, under the same keys as in the sums: `(path, path of the sums)`. The first record
    /// counts by it, for what was before may be in another file.
    pub(super) added: Option<(&'static str, &'static str)>,
}

/// What a second record with the same id is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Another record.
    Another,
    /// The same record, with the larger count of each kind.
    Same,
    /// Another record right after the first one, else the same.
    NextIsAnother,
    /// All counts are sums since the start of the file, and what grew is the record; if nothing did, it is the same. Where a sum
    /// fell, they are sums since then.
    Cumulative,
}

const PLACE: Place = Place {
    at: "",
    is: &[],
    parts: &[],
    totals: &[],
    copies: &[],
    until: "",
    id: &[],
    copy: &[],
    again: Again::Another,
    ignored: &[],
    empty_is_ignored: false,
    is_fact: false,
    added: None,
};

const CLAUDE_USAGE: &[(&str, &str)] = &[
    ("input", "message>usage>input_tokens"),
    ("read", "message>usage>cache_read_input_tokens"),
    ("write", "message>usage>cache_creation_input_tokens"),
    ("of<write", "message>usage>cache_creation>ephemeral_5m_input_tokens"),
    ("of<write", "message>usage>cache_creation>ephemeral_1h_input_tokens"),
    ("output", "message>usage>output_tokens"),
    ("pieces", "message>usage>server_tool_use>web_search_requests"),
];

/// Figures that are there and that no record counts, for others say the same or they are of something else.
pub(super) static LEFT: &[(&str, &[&str])] = &[
    ("aider-analytics", &["properties>total_cost"]),
    ("anthropic-console-cost", &["list_price_usd"]),
    ("bedrock-batch", &["modelInput>max_tokens"]),
    ("claude-enterprise-spend", &["total_gross_spend_usd", "total_prompt_tokens"]),
    (
        "copilot-billing",
        &[
            "usageItems[]>discountAmount",
            "usageItems[]>discountQuantity",
            "usageItems[]>grossAmount",
            "usageItems[]>netQuantity",
            "usageItems[]>pricePerUnit",
        ],
    ),
    (
        "claude-code-headless",
        &["modelUsage>*>maxOutputTokens", "total_cost_usd", "usage>input_tokens", "usage>output_tokens"],
    ),
    (
        "cline-cli",
        &[
            "metadata>aggregateUsage>cacheReadTokens",
            "metadata>aggregateUsage>inputTokens",
            "metadata>aggregateUsage>outputTokens",
            "metadata>aggregateUsage>totalCost",
        ],
    ),
    (
        "continue",
        &[
            "history[]>message>usage>completionTokens",
            "history[]>message>usage>completion_tokens",
            "history[]>message>usage>cost_cents",
            "history[]>message>usage>promptTokens",
            "history[]>message>usage>prompt_tokens",
            "history[]>message>usage>prompt_tokens_details>cache_read_tokens",
            "history[]>message>usage>prompt_tokens_details>cache_write_tokens",
            "history[]>message>usage>total_tokens",
        ],
    ),
    ("copilot-cli", &["data>modelMetrics>*>requests>cost"]),
    (
        "copilot-usage-report",
        &["aic_gross_amount", "aic_quantity", "applied_cost_per_quantity", "discount_amount", "gross_amount"],
    ),
    ("crush", &["sessions[]>completion_tokens", "sessions[]>prompt_tokens"]),
    ("cursor-events", &["totalUsageEventsCount"]),
    ("cursor-team", &["data[]>usageBasedReqs"]),
    ("focus-json", &["data>records[]>EffectiveCost", "data>records[]>ListCost"]),
    (
        "focus",
        &[
            "ContractedCost",
            "ContractedUnitPrice",
            "EffectiveCost",
            "ListCost",
            "ListUnitPrice",
            "PricingQuantity",
            "Tags!>cost_center",
        ],
    ),
    ("gemini-telemetry", &["attributes>gen_ai.usage.input_tokens", "attributes>gen_ai.usage.output_tokens"]),
    ("generic", &["counted_cost_usd", "list_cost_usd"]),
    ("github-metered-usage", &["applied_cost_per_quantity", "discount_amount", "gross_amount"]),
    ("google-cost-table", &["Cost ($)"]),
    ("grok-build", &["params>_meta>totalTokens", "params>update>tokens_used"]),
    ("goose", &["sessions[]>input_tokens", "sessions[]>output_tokens", "sessions[]>total_tokens"]),
    (
        "kimi-cli",
        &[
            "message>payload>context_usage",
            "message>payload>event>payload>context_usage",
            "message>payload>event>payload>event>payload>context_usage",
        ],
    ),
    ("kimi-code", &["maxTokens"]),
    ("kong-ai", &["ai>proxy>usage>time_per_token"]),
    ("langsmith-table", &["completion_cost", "prompt_cost"]),
    ("litellm-report", &["[]>teams[]>total_spend"]),
    ("litellm-usage", &["metadata>summary>total_spend", "metadata>summary>total_tokens"]),
    (
        "mistral-vibe",
        &[
            "stats>context_tokens",
            "stats>input_price_per_million",
            "stats>last_turn_completion_tokens",
            "stats>last_turn_prompt_tokens",
            "stats>output_price_per_million",
            "stats>session_total_llm_tokens",
        ],
    ),
    ("openai-usage", &["data[]>results[]>input_text_tokens", "data[]>results[]>output_text_tokens"]),
    ("langfuse-daily", &["data[]>totalCost"]),
    ("opencode-console", &["cost_micro_cents"]),
    ("openrouter-activity-api", &["data[]>byok_usage_inference"]),
    ("openrouter-generation", &["data>tokens_completion", "data>tokens_prompt"]),
    ("qwen-code", &["systemPayload>uiEvent>input_token_count"]),
    ("vercel-report", &["results[]>market_cost"]),
];
