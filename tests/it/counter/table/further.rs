//! Batches, reports of gateways, and hosts. A format without places has fixtures that are worked by hand.

use super::Again::Same;
use super::{Format, PLACE, Place};

const BY_HAND: &[Place] = &[];

const CLAUDE_ANSWER: &[(&str, &str)] = &[
    ("input", "usage>input_tokens"),
    ("read", "usage>cache_read_input_tokens"),
    ("write", "usage>cache_creation_input_tokens"),
    ("of<write", "usage>cache_creation>ephemeral_5m_input_tokens"),
    ("of<write", "usage>cache_creation>ephemeral_1h_input_tokens"),
    ("output", "usage>output_tokens"),
];

/// Without a model or without the parts of all tokens nothing but the charge says what they cost.
const SPENT: &[(&str, &str)] = &[("input", "Prompt Tokens"), ("output", "Completion Tokens"), ("charge", "Spend ($)")];

const SPENT_UNDIVIDED: &[(&str, &str)] = &[("pieces", "Total Tokens"), ("charge", "Spend ($)")];

pub(super) static FORMATS: &[Format] = &[
    Format {
        id: "anthropic-batch",
        places: &[
            Place { at: "result>message", is: &["usage"], parts: CLAUDE_ANSWER, id: &["id"], again: Same, ..PLACE },
            Place {
                at: "result>message>usage>iterations[]",
                is: &["!type=message"],
                parts: &[("input", "input_tokens"), ("output", "output_tokens")],
                id: &["^result>message>id", "#"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "augment-credits",
        places: &[Place { at: "records[]", parts: &[("units", "credits_consumed")], ..PLACE }],
    },
    Format { id: "aws-cost-explorer", places: BY_HAND },
    Format { id: "azure-cost-analysis", places: BY_HAND },
    Format {
        id: "bedrock-batch",
        places: &[
            Place {
                at: "modelOutput",
                is: &["usage>input_tokens"],
                parts: &[("input", "usage>input_tokens"), ("output", "usage>output_tokens")],
                id: &["id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "modelOutput",
                is: &["inputTextTokenCount"],
                parts: &[("input", "inputTextTokenCount"), ("output", "results>#0>tokenCount")],
                ..PLACE
            },
        ],
    },
    Format { id: "chatgpt", places: BY_HAND },
    Format { id: "claude-chat", places: BY_HAND },
    Format {
        id: "cloudflare-logpush",
        places: &[
            Place { is: &["Cached=false", "StatusCode=200"], parts: &[("charge", "Metrics>cost")], ..PLACE },
            // Its own cache is free, and a failure was not charged.
            Place { is: &["Cached=true"], parts: &[("cost", "Metrics>cost")], ..PLACE },
            Place { is: &["Cached=false", "StatusCode=500"], parts: &[("cost", "Metrics>cost")], ..PLACE },
        ],
    },
    Format { id: "cloudzero-cbf", places: BY_HAND },
    Format { id: "databricks-billing", places: BY_HAND },
    Format {
        id: "databricks-endpoint-usage",
        places: &[Place {
            parts: &[("input", "input_token_count"), ("output", "output_token_count")],
            id: &["databricks_request_id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "devin-consumption",
        places: &[
            Place { at: "consumption_by_date[]", parts: &[("units", "acus")], ..PLACE },
            Place { at: "consumption_by_date>*", parts: &[("units", "")], ..PLACE },
        ],
    },
    Format {
        id: "fireworks-metrics",
        places: &[Place {
            parts: &[("input", "prompt_tokens"), ("output", "completion_tokens"), ("units", "accelerator_seconds")],
            ..PLACE
        }],
    },
    Format {
        id: "gemini-batch",
        places: &[Place {
            is: &["response>usageMetadata"],
            parts: &[
                ("input", "response>usageMetadata>promptTokenCount"),
                ("read<input", "response>usageMetadata>cachedContentTokenCount"),
                ("output", "response>usageMetadata>candidatesTokenCount"),
                ("think+output", "response>usageMetadata>thoughtsTokenCount"),
            ],
            totals: &["response>usageMetadata>totalTokenCount"],
            id: &["response>responseId"],
            again: Same,
            ..PLACE
        }],
    },
    Format { id: "gemini-workspace", places: BY_HAND },
    Format {
        id: "jaeger",
        places: &[Place {
            at: "data[]>spans[]",
            is: &["tags>@gen_ai.usage.input_tokens"],
            parts: &[
                ("input", "tags>@gen_ai.usage.input_tokens"),
                ("read<input", "tags>@gen_ai.usage.cache_read.input_tokens"),
                ("output", "tags>@gen_ai.usage.output_tokens"),
            ],
            id: &["spanID"],
            again: Same,
            ..PLACE
        }],
    },
    Format { id: "langdock-usage", places: &[Place { parts: &[("cost", "total_cost_usd")], ..PLACE }] },
    Format {
        id: "langfuse-daily",
        places: &[Place {
            at: "data[]>usage[]",
            parts: &[("input", "inputUsage"), ("output", "outputUsage"), ("cost", "totalCost")],
            totals: &["totalUsage"],
            ..PLACE
        }],
    },
    Format { id: "langsmith-usage", places: &[Place { at: "usage[]", parts: &[("units", "traces")], ..PLACE }] },
    Format { id: "litellm-activity", places: BY_HAND },
    Format {
        id: "litellm-csv",
        places: &[
            Place {
                is: &["!cache_hit=True", "metadata!>usage_object"],
                parts: &[
                    ("input", "metadata!>usage_object>prompt_tokens"),
                    ("read<input", "metadata!>usage_object>prompt_tokens_details>cached_tokens"),
                    ("output", "metadata!>usage_object>completion_tokens"),
                    ("spend", "spend"),
                ],
                totals: &["metadata!>usage_object>total_tokens", "total_tokens"],
                copies: &[
                    ("prompt_tokens", "metadata!>usage_object>prompt_tokens"),
                    ("completion_tokens", "metadata!>usage_object>completion_tokens"),
                ],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "metadata!>usage_object>iterations[]",
                is: &["!type=message"],
                parts: &[("input", "input_tokens"), ("output", "output_tokens")],
                id: &["^request_id", "#"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["!cache_hit=True", "!metadata!>usage_object"],
                parts: &[("input", "prompt_tokens"), ("output", "completion_tokens"), ("spend", "spend")],
                totals: &["total_tokens"],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
            // An answer of the gateway's own cache.
            Place {
                is: &["cache_hit=True"],
                parts: &[("input", "prompt_tokens"), ("output", "completion_tokens"), ("cost", "spend")],
                totals: &["total_tokens"],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "litellm-daily-csv",
        places: &[Place {
            parts: &[
                ("input", "prompt_tokens"),
                ("read<input", "cache_read_input_tokens"),
                ("write<input", "cache_creation_input_tokens"),
                ("output", "completion_tokens"),
                ("spend", "spend"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "litellm-report",
        places: &[Place {
            at: "[]>teams[]>metadata[]",
            parts: &[("charge", "spend"), ("pieces", "total_tokens")],
            ..PLACE
        }],
    },
    Format {
        id: "litellm-usage",
        places: &[
            Place { at: "data[]", is: &["Prompt Tokens"], parts: SPENT, totals: &["Total Tokens"], ..PLACE },
            Place { at: "data[]", is: &["!Prompt Tokens"], parts: SPENT_UNDIVIDED, ..PLACE },
        ],
    },
    Format {
        id: "litellm-usage-csv",
        places: &[
            Place { is: &["Prompt Tokens"], parts: SPENT, totals: &["Total Tokens"], ..PLACE },
            Place { is: &["!Prompt Tokens"], parts: SPENT_UNDIVIDED, ..PLACE },
        ],
    },
    Format { id: "m365-copilot", places: BY_HAND },
    Format { id: "mimo-usage", places: BY_HAND },
    Format {
        id: "openai-legacy-usage",
        places: &[Place {
            at: "data[]",
            parts: &[
                ("input", "n_context_tokens_total"),
                ("read<input", "n_cached_context_tokens_total"),
                ("output", "n_generated_tokens_total"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "opencode-console",
        places: &[Place {
            parts: &[
                ("input", "input_tokens"),
                ("read", "cache_read_tokens"),
                ("write", "cache_write_5m_tokens"),
                ("write", "cache_write_1h_tokens"),
                ("output", "output_tokens"),
                ("cost", "cost_usd"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "openrouter-activity-api",
        places: &[Place {
            at: "data[]",
            parts: &[
                ("input", "prompt_tokens"),
                ("output", "completion_tokens"),
                ("think<output", "reasoning_tokens"),
                ("cost", "usage"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "otel-spans",
        places: &[
            // Go's exporter.
            Place {
                is: &["Attributes>@gen_ai.usage.input_tokens"],
                parts: &[
                    ("input", "Attributes>@gen_ai.usage.input_tokens"),
                    ("read<input", "Attributes>@gen_ai.usage.cache_read.input_tokens"),
                    ("output", "Attributes>@gen_ai.usage.output_tokens"),
                ],
                id: &["SpanContext>SpanID"],
                again: Same,
                ..PLACE
            },
            // Phoenix.
            Place {
                at: "data[]",
                is: &["attributes>llm.token_count.prompt"],
                parts: &[
                    ("input", "attributes>llm.token_count.prompt"),
                    ("read<input", "attributes>llm.token_count.prompt_details.cache_read"),
                    ("write<input", "attributes>llm.token_count.prompt_details.cache_write"),
                    ("output", "attributes>llm.token_count.completion"),
                ],
                totals: &["attributes>llm.token_count.total"],
                id: &["context>span_id"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["attributes.llm.token_count.prompt"],
                parts: &[
                    ("input", "attributes.llm.token_count.prompt"),
                    ("output", "attributes.llm.token_count.completion"),
                ],
                totals: &["attributes.llm.token_count.total"],
                id: &["context.span_id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format { id: "snowflake-cortex", places: BY_HAND },
    Format {
        id: "xai-batch",
        places: &[Place {
            at: "results[]>batch_result>response>chat_get_completion",
            is: &["usage"],
            parts: &[
                ("input", "usage>prompt_tokens"),
                ("read<input", "usage>prompt_tokens_details>cached_tokens"),
                ("output", "usage>completion_tokens"),
                ("think?output", "usage>completion_tokens_details>reasoning_tokens"),
            ],
            totals: &["usage>total_tokens"],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
];
