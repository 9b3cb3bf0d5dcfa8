//! Gateways, observability, and what any program may write.

use super::Again::Same;
use super::{Format, PLACE, Place};

const GENERIC: &[(&str, &str)] = &[
    ("input", "input_uncached_tokens|Input Tokens"),
    ("read", "cache_read_input_tokens|cache_read_tokens"),
    ("write", "cache_write_5m_tokens"),
    ("write", "cache_write_1h_tokens"),
    ("write", "cache_write_unspecified_tokens"),
    ("output", "output_tokens|Output Tokens"),
    ("think<output", "reasoning_output_tokens"),
    ("cost", "billed_cost_usd"),
    ("cost", "reported_cost_usd|Cost"),
];

pub(super) static FORMATS: &[Format] = &[
    Format {
        id: "cloudflare-ai-gateway",
        places: &[Place {
            at: "result[]",
            parts: &[("input", "tokens_in"), ("output", "tokens_out"), ("cost", "cost")],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "gemini-telemetry",
        places: &[Place {
            is: &["attributes>event.name=gemini_cli.api_response"],
            parts: &[
                ("input", "attributes>input_token_count"),
                ("input", "attributes>tool_token_count"),
                ("read<input", "attributes>cached_content_token_count"),
                ("output", "attributes>output_token_count"),
                ("think+output", "attributes>thoughts_token_count"),
            ],
            totals: &["attributes>total_token_count"],
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "generic",
        places: &[
            Place { is: &["record_id"], parts: GENERIC, id: &["record_id"], again: Same, ..PLACE },
            Place { is: &["!record_id"], parts: GENERIC, ..PLACE },
        ],
    },
    Format {
        id: "helicone",
        places: &[
            Place {
                is: &["provider=ANTHROPIC"],
                parts: &[
                    ("input", "prompt_tokens"),
                    ("read", "prompt_cache_read_tokens"),
                    ("output", "completion_tokens"),
                    ("cost", "costUSD"),
                ],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["!provider=ANTHROPIC"],
                parts: &[
                    ("input", "prompt_tokens"),
                    ("read<input", "prompt_cache_read_tokens"),
                    ("output", "completion_tokens"),
                    ("cost", "costUSD"),
                ],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "helicone-csv",
        places: &[Place {
            parts: &[("input", "prompt_tokens"), ("output", "completion_tokens"), ("cost", "cost")],
            id: &["response_id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "kong-ai",
        places: &[Place {
            parts: &[
                ("input", "ai>proxy>usage>prompt_tokens"),
                ("output", "ai>proxy>usage>completion_tokens"),
                ("cost", "ai>proxy>usage>cost"),
            ],
            totals: &["ai>proxy>usage>total_tokens", "ai>audit>usage>total_tokens"],
            copies: &[
                ("ai>audit>usage>prompt_tokens", "ai>proxy>usage>prompt_tokens"),
                ("ai>audit>usage>completion_tokens", "ai>proxy>usage>completion_tokens"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "langfuse",
        places: &[Place {
            is: &["type=GENERATION"],
            parts: &[("input", "usage_details>input"), ("output", "usage_details>output"), ("cost", "total_cost")],
            totals: &["usage_details>total"],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "langfuse-csv",
        places: &[Place {
            is: &["type=GENERATION"],
            parts: &[
                ("input", "usage_details!>input"),
                ("read<input", "usage_details!>input_cached_tokens"),
                ("output", "usage_details!>output"),
                ("cost", "total_cost"),
            ],
            totals: &["usage_details!>total"],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "langsmith",
        places: &[Place {
            is: &["run_type=llm"],
            parts: &[
                ("input", "prompt_tokens"),
                ("read<input", "usage_metadata>input_token_details>cache_read"),
                ("output", "completion_tokens"),
            ],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "langsmith-table",
        places: &[Place {
            is: &["run_type=llm"],
            parts: &[
                ("input", "prompt_tokens"),
                ("read<input", "outputs!>usage_metadata>input_token_details>cache_read"),
                ("write<input", "outputs!>usage_metadata>input_token_details>ephemeral_5m_input_tokens"),
                ("write<input", "outputs!>usage_metadata>input_token_details>ephemeral_1h_input_tokens"),
                ("output", "completion_tokens"),
                ("cost", "total_cost"),
            ],
            totals: &["total_tokens"],
            copies: &[
                ("outputs!>usage_metadata>input_tokens", "prompt_tokens"),
                ("outputs!>usage_metadata>output_tokens", "completion_tokens"),
            ],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "litellm",
        places: &[
            Place {
                is: &["metadata!>usage_object"],
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
                is: &["!metadata!>usage_object"],
                parts: &[("input", "prompt_tokens"), ("output", "completion_tokens"), ("spend", "spend")],
                totals: &["total_tokens"],
                id: &["request_id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "litellm-daily",
        places: &[Place {
            at: "[]",
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
        id: "openrouter-activity",
        places: &[Place {
            parts: &[
                ("input", "tokens_prompt"),
                ("read<input", "tokens_cached"),
                ("output", "tokens_completion"),
                ("think<output", "tokens_reasoning"),
                ("cost", "cost_total"),
            ],
            id: &["generation_id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "openrouter-daily",
        places: &[Place {
            parts: &[
                ("input", "Prompt Tokens"),
                ("output", "Completion Tokens"),
                ("think<output", "Reasoning Tokens"),
                ("cost", "Usage"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "openrouter-generation",
        places: &[Place {
            at: "data",
            parts: &[
                ("input", "native_tokens_prompt"),
                ("read<input", "native_tokens_cached"),
                ("output", "native_tokens_completion"),
                ("think<output", "native_tokens_reasoning"),
                ("cost", "total_cost"),
            ],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "otlp",
        places: &[
            Place {
                at: "resourceLogs[]>scopeLogs[]>logRecords[]",
                is: &["attributes>@event.name=api_request"],
                parts: &[
                    ("input", "attributes>@input_tokens"),
                    ("output", "attributes>@output_tokens"),
                    ("read", "attributes>@cache_read_tokens"),
                    ("write", "attributes>@cache_creation_tokens"),
                    ("cost", "attributes>@cost_usd"),
                ],
                id: &["attributes>@request_id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "resourceLogs[]>scopeLogs[]>logRecords[]",
                is: &["attributes>@event.name=codex.sse_event", "attributes>@event.kind=response.completed"],
                parts: &[
                    ("input", "attributes>@input_token_count"),
                    ("read<input", "attributes>@cached_token_count"),
                    ("output", "attributes>@output_token_count"),
                    ("think<output", "attributes>@reasoning_token_count"),
                ],
                totals: &["attributes>@tool_token_count"],
                id: &["attributes>@conversation.id", "timeUnixNano"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "resourceLogs[]>scopeLogs[]>logRecords[]",
                is: &["attributes>@event.name=gemini_cli.api_response"],
                parts: &[
                    ("input", "attributes>@input_token_count"),
                    ("input", "attributes>@tool_token_count"),
                    ("read<input", "attributes>@cached_content_token_count"),
                    ("output", "attributes>@output_token_count"),
                    ("think+output", "attributes>@thoughts_token_count"),
                ],
                totals: &["attributes>@total_token_count"],
                id: &["attributes>@session.id", "timeUnixNano"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "resourceSpans[]>scopeSpans[]>spans[]",
                is: &["attributes>@gen_ai.usage.input_tokens"],
                parts: &[
                    ("input", "attributes>@gen_ai.usage.input_tokens"),
                    ("read<input", "attributes>@gen_ai.usage.cache_read.input_tokens"),
                    ("write<input", "attributes>@gen_ai.usage.cache_creation.input_tokens"),
                    ("output", "attributes>@gen_ai.usage.output_tokens"),
                ],
                id: &["spanId"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "portkey",
        places: &[Place {
            parts: &[("input", "req_units"), ("output", "res_units"), ("cents", "cost")],
            totals: &["total_units"],
            id: &["id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "usage-objects",
        places: &[
            Place {
                at: "usage>iterations[]",
                is: &["!type=message"],
                parts: &[("input", "input_tokens"), ("output", "output_tokens")],
                id: &["^id", "#"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["usage>input_tokens"],
                parts: &[
                    ("input", "usage>input_tokens"),
                    ("read", "usage>cache_read_input_tokens"),
                    ("write", "usage>cache_creation_input_tokens"),
                    ("output", "usage>output_tokens"),
                ],
                id: &["id"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["usage>prompt_tokens"],
                parts: &[
                    ("input", "usage>prompt_tokens"),
                    (
                        "read<input",
                        "usage>prompt_tokens_details>cached_tokens|usage>prompt_token_details>cached_tokens|usage>num_cached_tokens",
                    ),
                    ("output", "usage>completion_tokens"),
                ],
                totals: &["usage>total_tokens"],
                id: &["id"],
                again: Same,
                ..PLACE
            },
            Place {
                is: &["usageMetadata"],
                parts: &[
                    ("input", "usageMetadata>promptTokenCount"),
                    ("output", "usageMetadata>candidatesTokenCount"),
                    ("think+output", "usageMetadata>thoughtsTokenCount"),
                ],
                totals: &["usageMetadata>totalTokenCount"],
                id: &["responseId"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "vercel-report",
        places: &[Place {
            at: "results[]",
            parts: &[
                ("input", "input_tokens"),
                ("read<input", "cached_input_tokens"),
                ("output", "output_tokens"),
                ("cost", "total_cost"),
            ],
            ..PLACE
        }],
    },
];
