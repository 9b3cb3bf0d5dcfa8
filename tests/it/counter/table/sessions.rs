//! Databases, summaries and output that agents keep beside their logs or instead of them.

use super::Again::Same;
use super::{CLAUDE_USAGE, Format, PLACE, Place};

const CHAT: &[(&str, &str)] = &[
    ("input", "result>metadata>promptTokens|promptTokens"),
    ("output", "result>metadata>outputTokens|completionTokens"),
];

const HERMES: &[(&str, &str)] = &[
    ("input", "input_tokens"),
    ("output", "output_tokens"),
    ("read", "cache_read_tokens"),
    ("write", "cache_write_tokens"),
    ("think<output", "reasoning_tokens"),
    ("cost", "actual_cost_usd|estimated_cost_usd"),
];

const GROK: &[(&str, &str)] = &[
    ("input", "inputTokens"),
    ("read<input", "cachedReadTokens"),
    ("write<input", "cacheCreationTokens"),
    ("output", "outputTokens"),
    ("think<output", "reasoningTokens"),
    ("ticks", "costUsdTicks"),
    ("calls", "modelCalls"),
];

pub(super) static FORMATS: &[Format] = &[
    // Its figures are in messages of bytes.
    Format { id: "antigravity", places: &[] },
    Format {
        id: "claude-code-headless",
        places: &[
            Place {
                is: &["type=assistant", "message>usage"],
                parts: CLAUDE_USAGE,
                id: &["message>id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "modelUsage>*",
                is: &["^type=result"],
                parts: &[
                    ("input", "inputTokens"),
                    ("read", "cacheReadInputTokens"),
                    ("write", "cacheCreationInputTokens"),
                    ("output", "outputTokens"),
                    ("pieces", "webSearchRequests"),
                    ("cost", "costUSD"),
                ],
                ..PLACE
            },
        ],
    },
    Format {
        id: "claude-session-meta",
        places: &[Place {
            parts: &[("input", "input_tokens"), ("output", "output_tokens")],
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "cline-cli",
        places: &[
            Place {
                at: "messages[]",
                is: &["metrics"],
                parts: &[
                    ("input", "metrics>inputTokens"),
                    ("read<input", "metrics>cacheReadTokens"),
                    ("write<input", "metrics>cacheWriteTokens"),
                    ("output", "metrics>outputTokens"),
                    ("cost", "metrics>cost"),
                ],
                ..PLACE
            },
            Place {
                is: &["metadata>usage"],
                parts: &[
                    ("input", "metadata>usage>inputTokens"),
                    ("read<input", "metadata>usage>cacheReadTokens"),
                    ("write<input", "metadata>usage>cacheWriteTokens"),
                    ("output", "metadata>usage>outputTokens"),
                    ("cost", "metadata>usage>totalCost"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
    Format { id: "copilot-chat", places: &[Place { at: "requests[]", parts: CHAT, ..PLACE }] },
    // Of the changes only the requests that are added whole; those that change others are worked by hand.
    Format { id: "copilot-chat-journal", places: &[Place { at: "v[]", is: &["^kind=2"], parts: CHAT, ..PLACE }] },
    Format {
        id: "copilot-cli-store",
        places: &[Place {
            at: "assistant_usage_events[]",
            parts: &[
                ("input", "input_tokens"),
                ("read<input", "cache_read_tokens"),
                ("write<input", "cache_write_tokens"),
                ("output", "output_tokens"),
                ("think<output", "reasoning_tokens"),
                ("nano credits", "total_nano_aiu"),
            ],
            id: &["id", "session_id"],
            again: Same,
            ..PLACE
        }],
    },
    // It dates the sums that droid keeps beside it, and has no figures of its own.
    Format { id: "droid-session", places: &[] },
    Format {
        id: "grok-build",
        places: &[
            Place {
                at: "params>update>usage>modelUsage>*",
                parts: GROK,
                totals: &["totalTokens"],
                id: &["^params>update>prompt_id", "#"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "params>update>usage",
                is: &["!modelUsage"],
                parts: GROK,
                totals: &["totalTokens"],
                id: &["^params>update>prompt_id"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "hermes",
        places: &[Place { at: "sessions[]", parts: HERMES, id: &["id"], again: Same, empty_is_ignored: true, ..PLACE }],
    },
    Format {
        id: "junie",
        places: &[Place {
            at: "event>agentEvent>modelUsage[]",
            is: &["^kind=SessionA2uxEvent"],
            parts: &[
                ("input", "inputTokens"),
                ("read", "cacheInputTokens"),
                ("write", "cacheCreateTokens"),
                ("output", "outputTokens"),
                ("think<output", "reasoningTokens"),
                ("cost", "cost"),
            ],
            id: &[
                "^timestampMs",
                "model",
                "inputTokens",
                "cacheInputTokens",
                "cacheCreateTokens",
                "outputTokens",
                "cost",
            ],
            again: Same,
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "kiro",
        places: &[
            Place {
                at: "session_state>conversation_metadata>user_turn_metadatas[]",
                parts: &[
                    ("input", "input_token_count"),
                    ("output", "output_token_count"),
                    ("read", "cache_read_input_token_count"),
                    ("write", "cache_write_input_token_count"),
                    ("units", "metering_usage>#0>value"),
                    ("units", "metering_usage>#1>value"),
                ],
                id: &["result>Ok>id", "end_timestamp"],
                again: Same,
                ..PLACE
            },
            Place {
                parts: &[("units", "usageSummary>#0>usage"), ("units", "usageSummary>#1>usage")],
                is: &["executionId"],
                id: &["executionId"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "kiro-log",
        places: &[Place {
            is: &["payload>type=usage_summary"],
            parts: &[("units", "payload>promptTurnSummaries>#0>usage")],
            id: &["payload>executionId"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "zcode",
        places: &[Place {
            at: "model_usage[]",
            parts: &[
                ("input", "input_tokens"),
                ("read<input", "cache_read_input_tokens"),
                ("write<input", "cache_creation_input_tokens"),
                ("output", "output_tokens"),
                ("think<output", "reasoning_tokens"),
            ],
            totals: &["computed_total_tokens"],
            copies: &[("provider_total_tokens", "computed_total_tokens")],
            id: &[
                "started_at",
                "completed_at",
                "model_id",
                "input_tokens",
                "output_tokens",
                "reasoning_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
            ],
            again: Same,
            empty_is_ignored: true,
            ..PLACE
        }],
    },
];
