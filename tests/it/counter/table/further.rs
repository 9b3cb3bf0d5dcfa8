//! Batches, reports of gateways, and hosts. A format without places has fixtures that are worked by hand.

use super::Again::Same;
use super::{Format, PLACE, Place};

const BY_HAND: &[Place] = &[];

pub(super) static FORMATS: &[Format] = &[
    Format { id: "anthropic-batch", places: BY_HAND },
    Format { id: "bedrock-batch", places: BY_HAND },
    Format { id: "cloudflare-logpush", places: BY_HAND },
    Format {
        id: "databricks-endpoint-usage",
        places: &[Place {
            parts: &[("input", "input_token_count"), ("output", "output_token_count")],
            id: &["databricks_request_id"],
            again: Same,
            ..PLACE
        }],
    },
    Format { id: "devin-consumption", places: BY_HAND },
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
    Format { id: "jaeger", places: BY_HAND },
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
    Format { id: "litellm-activity", places: BY_HAND },
    Format { id: "litellm-csv", places: BY_HAND },
    Format {
        id: "litellm-daily-csv",
        places: &[Place {
            parts: &[
                ("input", "prompt_tokens"),
                ("read<input", "cache_read_input_tokens"),
                ("write<input", "cache_creation_input_tokens"),
                ("output", "completion_tokens"),
                ("cost", "spend"),
            ],
            ..PLACE
        }],
    },
    Format { id: "litellm-report", places: BY_HAND },
    Format { id: "litellm-usage", places: BY_HAND },
    Format { id: "litellm-usage-csv", places: BY_HAND },
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
    Format { id: "otel-spans", places: BY_HAND },
];
