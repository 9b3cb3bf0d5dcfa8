//! Logs of agents.

use super::Again::{Cumulative, NextIsAnother, Same};
use super::{CLAUDE_USAGE, Format, PLACE, Place};

const CLINE_SUM: &[(&str, &str)] = &[
    ("input", "text!>tokensIn"),
    ("output", "text!>tokensOut"),
    ("read", "text!>cacheReads"),
    ("write", "text!>cacheWrites"),
    ("cost", "text!>cost"),
];

const OPENCODE: &[(&str, &str)] = &[
    ("input", "tokens>input"),
    ("output", "tokens>output"),
    ("think?output", "tokens>reasoning"),
    ("read", "tokens>cache>read"),
    ("write", "tokens>cache>write"),
    ("cost", "cost"),
];

const CODEX: &str = "payload>info>total_token_usage";

const GEMINI_CLI: &[(&str, &str)] = &[
    ("input", "tokens>input"),
    ("input", "tokens>tool"),
    ("read<input", "tokens>cached"),
    ("output", "tokens>output"),
    ("think+output", "tokens>thoughts"),
];

const DSH: &[(&str, &str)] = &[
    ("input", "data>usage>inputTokens"),
    ("output", "data>usage>outputTokens"),
    ("read", "data>usage>cacheReadTokens"),
    ("think+output", "data>usage>reasoningTokens"),
];

const DSH_CHUNK: &[(&str, &str)] = &[("input", "chunk>usage>inputTokens"), ("output", "chunk>usage>outputTokens")];

const KIMI_STATUS: &[&str] = &[
    "message_id",
    "token_usage>input_other",
    "token_usage>output",
    "token_usage>input_cache_read",
    "token_usage>input_cache_creation",
];

const KIMI: &[(&str, &str)] = &[
    ("input", "token_usage>input_other"),
    ("output", "token_usage>output"),
    ("read", "token_usage>input_cache_read"),
    ("write", "token_usage>input_cache_creation"),
];

const PI: &[(&str, &str)] = &[
    ("input", "message>usage>input"),
    ("output", "message>usage>output"),
    ("read", "message>usage>cacheRead"),
    ("write", "message>usage>cacheWrite"),
    ("cost", "message>usage>cost>total"),
];

const PI_MESSAGE: Place = Place {
    totals: &["message>usage>totalTokens"],
    id: &[
        "id",
        "timestamp",
        "message>usage>input",
        "message>usage>output",
        "message>usage>cacheRead",
        "message>usage>cacheWrite",
    ],
    again: Same,
    ..PLACE
};

pub(super) static FORMATS: &[Format] = &[
    Format {
        id: "aider",
        places: &[Place {
            is: &["sent"],
            parts: &[("input", "sent"), ("read<input", "cache hit"), ("output", "received"), ("cost", "message")],
            ..PLACE
        }],
    },
    Format {
        id: "aider-analytics",
        places: &[Place {
            is: &["event=message_send"],
            parts: &[
                ("input", "properties>prompt_tokens"),
                ("output", "properties>completion_tokens"),
                ("cost", "properties>cost"),
            ],
            totals: &["properties>total_tokens"],
            id: &["user_id", "time", "properties"],
            again: NextIsAnother,
            ..PLACE
        }],
    },
    Format {
        id: "amp",
        places: &[
            Place {
                at: "usageLedger>events[]",
                is: &["!toMessageId"],
                parts: &[("input", "tokens>input"), ("output", "tokens>output"), ("units", "credits")],
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "messages[]",
                is: &["usage", "!^usageLedger"],
                parts: &[
                    ("input", "usage>inputTokens"),
                    ("output", "usage>outputTokens"),
                    ("read", "usage>cacheReadInputTokens"),
                    ("write", "usage>cacheCreationInputTokens"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "claude-code",
        places: &[
            Place {
                is: &["type=assistant", "message>usage"],
                parts: CLAUDE_USAGE,
                id: &["message>id"],
                again: Same,
                ignored: &["message>model=<synthetic>", "isApiErrorMessage=true"],
                ..PLACE
            },
            // Advisers and compactions; the others are parts of the answer.
            Place {
                at: "message>usage>iterations[]",
                is: &["^type=assistant", "!type=message"],
                parts: &[
                    ("input", "input_tokens"),
                    ("read", "cache_read_input_tokens"),
                    ("write", "cache_creation_input_tokens"),
                    ("of<write", "cache_creation>ephemeral_5m_input_tokens"),
                    ("of<write", "cache_creation>ephemeral_1h_input_tokens"),
                    ("output", "output_tokens"),
                ],
                id: &["^message>id", "#"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "data>message",
                is: &["type=assistant", "message>usage"],
                parts: CLAUDE_USAGE,
                id: &["message>id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "cline",
        places: &[
            Place {
                at: "[]",
                is: &["say=api_req_started", "text!>tokensIn", "!text!>apiProtocol"],
                parts: &[
                    ("input", "text!>tokensIn"),
                    ("output", "text!>tokensOut"),
                    ("write", "text!>cacheWrites"),
                    ("read", "text!>cacheReads"),
                    ("cost", "text!>cost"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "[]",
                is: &["say=api_req_started", "text!>tokensIn", "text!>apiProtocol=openai"],
                parts: &[
                    ("input", "text!>tokensIn"),
                    ("output", "text!>tokensOut"),
                    ("read<input", "text!>cacheReads"),
                    ("cost", "text!>cost"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
            // What a restored checkpoint took back.
            Place { at: "[]", is: &["say=deleted_api_reqs"], parts: CLINE_SUM, empty_is_ignored: true, ..PLACE },
            Place { at: "[]", is: &["say=subagent_usage"], parts: CLINE_SUM, empty_is_ignored: true, ..PLACE },
            // The conversation.
            Place {
                at: "[]",
                is: &["metrics>tokens"],
                parts: &[
                    ("input", "metrics>tokens>prompt"),
                    ("output", "metrics>tokens>completion"),
                    ("read", "metrics>tokens>cached"),
                    ("cost", "metrics>cost"),
                ],
                id: &["ts"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "codebuff",
        places: &[
            Place {
                at: "[]",
                is: &["metadata>usage"],
                parts: &[
                    ("input", "metadata>usage>inputTokens"),
                    ("output", "metadata>usage>outputTokens"),
                    ("write", "metadata>usage>cacheCreationInputTokens"),
                    ("read", "metadata>usage>cacheReadInputTokens"),
                    ("units", "credits"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "[]>metadata>runState>sessionState>mainAgentState>messageHistory[]",
                is: &["providerOptions>codebuff>usage>prompt_tokens"],
                parts: &[
                    ("input", "providerOptions>codebuff>usage>prompt_tokens"),
                    ("read<input", "providerOptions>codebuff>usage>prompt_tokens_details>cached_tokens"),
                    ("output", "providerOptions>codebuff>usage>completion_tokens"),
                ],
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "[]>metadata>runState>sessionState>mainAgentState>messageHistory[]>providerOptions>codebuff>usage",
                is: &["input_tokens"],
                parts: &[("input", "input_tokens"), ("output", "output_tokens")],
                ..PLACE
            },
            Place {
                at: "[]>metadata>runState>sessionState>mainAgentState>messageHistory[]>providerOptions>codebuff>usage>iterations[]",
                is: &["!type=message"],
                parts: &[("input", "input_tokens"), ("output", "output_tokens")],
                ..PLACE
            },
        ],
    },
    Format {
        id: "codex",
        places: &[
            Place {
                is: &["payload>type=token_count", CODEX],
                parts: &[
                    ("input", "payload>info>total_token_usage>input_tokens"),
                    ("read<input", "payload>info>total_token_usage>cached_input_tokens"),
                    ("write<input", "payload>info>total_token_usage>cache_write_input_tokens"),
                    ("output", "payload>info>total_token_usage>output_tokens"),
                    ("think<output", "payload>info>total_token_usage>reasoning_output_tokens"),
                ],
                totals: &["payload>info>total_token_usage>total_tokens"],
                again: Cumulative,
                added: Some(("payload>info>last_token_usage", CODEX)),
                ..PLACE
            },
            // A report of limits alone.
            Place {
                is: &["payload>type=token_count", "!payload>info"],
                ignored: &["payload>type=token_count"],
                ..PLACE
            },
        ],
    },
    Format {
        id: "codex-exec",
        places: &[Place {
            is: &["type=turn.completed"],
            parts: &[
                ("input", "usage>input_tokens"),
                ("read<input", "usage>cached_input_tokens"),
                ("write<input", "usage>cache_write_input_tokens"),
                ("output", "usage>output_tokens"),
                ("think<output", "usage>reasoning_output_tokens"),
            ],
            // All turns of a run are of one thread, whose sum the last one has.
            id: &["thread_id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "continue",
        places: &[
            Place {
                is: &["promptTokens"],
                parts: &[("input", "promptTokens"), ("output", "generatedTokens")],
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                at: "usage",
                is: &["^history"],
                parts: &[
                    ("input", "promptTokens"),
                    ("output", "completionTokens"),
                    ("read", "promptTokensDetails>cachedTokens"),
                    ("write", "promptTokensDetails>cacheWriteTokens"),
                    ("cost", "totalCost"),
                ],
                id: &["^sessionId"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "copilot-cli",
        places: &[
            Place {
                at: "data>modelMetrics>*",
                is: &["^type=session.shutdown"],
                parts: &[
                    ("input", "usage>inputTokens"),
                    ("read<input", "usage>cacheReadTokens"),
                    ("write<input", "usage>cacheWriteTokens"),
                    ("output", "usage>outputTokens"),
                    ("think<output", "usage>reasoningTokens"),
                    ("calls", "requests>count"),
                ],
                // Sums of the session by model.
                id: &["#"],
                again: Cumulative,
                ..PLACE
            },
            // Answers of a run that was killed.
            Place {
                is: &["type=assistant.message", "data>outputTokens", "!data>outputTokens=0"],
                parts: &[("output", "data>outputTokens")],
                until: "type=session.shutdown",
                id: &["data>messageId"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "copilot-otel",
        places: &[Place {
            is: &["attributes>gen_ai.operation.name=chat"],
            parts: &[
                ("input", "attributes>gen_ai.usage.input_tokens"),
                ("read<input", "attributes>gen_ai.usage.cache_read.input_tokens"),
                ("output", "attributes>gen_ai.usage.output_tokens"),
            ],
            id: &["spanId", "traceId"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "crush",
        places: &[Place {
            at: "sessions[]",
            parts: &[("cost", "cost")],
            id: &["id"],
            again: Same,
            ignored: &["parent_session_id"],
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "droid",
        places: &[Place {
            parts: &[
                ("input", "tokenUsage>inputTokens"),
                ("output", "tokenUsage>outputTokens"),
                ("write", "tokenUsage>cacheCreationTokens"),
                ("read", "tokenUsage>cacheReadTokens"),
                ("think+output", "tokenUsage>thinkingTokens"),
            ],
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "dsh",
        places: &[
            Place {
                is: &["type=assistant/message", "data>usage", "!surfaceOp=replace"],
                parts: DSH,
                id: &["data>turn", "data>step"],
                again: Same,
                ..PLACE
            },
            // What was tried again.
            Place {
                at: "data>stream[]",
                is: &["chunk>usage", "^type=assistant/attempt"],
                parts: DSH_CHUNK,
                id: &["^data>turn", "^data>step", "^time"],
                again: Same,
                ..PLACE
            },
            // Of an answer that is being written.
            Place {
                is: &["type=assistant/chunk", "data>chunk>usage"],
                parts: &[("input", "data>chunk>usage>inputTokens"), ("output", "data>chunk>usage>outputTokens")],
                id: &["data>turn", "data>step"],
                again: Same,
                ..PLACE
            },
            // In place of another answer.
            Place { is: &["surfaceOp=replace", "data>usage"], ignored: &["data>usage"], ..PLACE },
        ],
    },
    Format {
        id: "gemini-cli",
        places: &[
            Place { is: &["tokens"], parts: GEMINI_CLI, totals: &["tokens>total"], id: &["id"], again: Same, ..PLACE },
            Place {
                at: "messages[]",
                is: &["tokens"],
                parts: GEMINI_CLI,
                totals: &["tokens>total"],
                id: &["id"],
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "goose",
        places: &[Place {
            at: "sessions[]",
            // Sums of the session; the columns without `accumulated` are of its last request.
            parts: &[("input", "accumulated_input_tokens"), ("output", "accumulated_output_tokens")],
            totals: &["accumulated_total_tokens"],
            id: &["id"],
            again: Same,
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "kimi-cli",
        places: &[
            Place { at: "message>payload", is: &["token_usage"], parts: KIMI, id: KIMI_STATUS, again: Same, ..PLACE },
            // Subagents, and theirs.
            Place {
                at: "message>payload>event>payload",
                is: &["token_usage"],
                parts: KIMI,
                id: KIMI_STATUS,
                again: Same,
                ..PLACE
            },
            Place {
                at: "message>payload>event>payload>event>payload",
                is: &["token_usage"],
                parts: KIMI,
                id: KIMI_STATUS,
                again: Same,
                ..PLACE
            },
        ],
    },
    Format {
        id: "kimi-code",
        places: &[Place {
            is: &["type=usage.record"],
            parts: &[
                ("input", "usage>inputOther"),
                ("output", "usage>output"),
                ("read", "usage>inputCacheRead"),
                ("write", "usage>inputCacheCreation"),
            ],
            id: &[
                "time",
                "model",
                "usage>inputOther",
                "usage>output",
                "usage>inputCacheRead",
                "usage>inputCacheCreation",
            ],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "mistral-vibe",
        places: &[Place {
            is: &["stats"],
            parts: &[
                ("input", "stats>session_prompt_tokens"),
                ("output", "stats>session_completion_tokens"),
                ("cost", "stats>session_cost"),
            ],
            empty_is_ignored: true,
            ..PLACE
        }],
    },
    Format {
        id: "muse-code",
        places: &[Place {
            is: &["payload>event>kind=model_completed"],
            parts: &[
                ("input", "payload>event>usage>input_tokens"),
                ("read<input", "payload>event>usage>cache_read_tokens"),
                ("write<input", "payload>event>usage>cache_write_tokens"),
                ("output", "payload>event>usage>output_tokens"),
                ("think<output", "payload>event>usage>reasoning_tokens"),
            ],
            copies: &[("payload>event>usage>cached_tokens", "payload>event>usage>cache_read_tokens")],
            ..PLACE
        }],
    },
    Format {
        id: "opencode",
        places: &[
            Place {
                is: &["tokens", "!role=user"],
                parts: OPENCODE,
                totals: &["tokens>total"],
                id: &["id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "messages[]>info",
                is: &["tokens", "!role=user"],
                parts: OPENCODE,
                totals: &["tokens>total"],
                id: &["id"],
                again: Same,
                ..PLACE
            },
            Place {
                at: "message[]>data!",
                is: &["tokens", "!role=user"],
                parts: OPENCODE,
                totals: &["tokens>total"],
                ..PLACE
            },
            // Of version 2.
            Place { at: "session_message[]>data!", is: &["tokens"], parts: OPENCODE, ..PLACE },
        ],
    },
    Format {
        id: "pi",
        places: &[
            Place { is: &["type=message", "message>usage"], parts: PI, ..PI_MESSAGE },
            Place {
                at: "transcript_events[]>event_json!",
                is: &["type=message", "message>usage", "!message>provider=openclaw"],
                parts: PI,
                ..PI_MESSAGE
            },
            // What the agent itself wrote.
            Place {
                at: "transcript_events[]>event_json!",
                is: &["message>usage", "message>provider=openclaw"],
                ignored: &["message>usage"],
                ..PLACE
            },
        ],
    },
    Format {
        id: "qwen-code",
        places: &[Place {
            is: &["usageMetadata"],
            parts: &[
                ("input", "usageMetadata>promptTokenCount"),
                ("read<input", "usageMetadata>cachedContentTokenCount"),
                ("output", "usageMetadata>candidatesTokenCount"),
                ("think?output", "usageMetadata>thoughtsTokenCount"),
            ],
            totals: &["usageMetadata>totalTokenCount"],
            id: &["uuid"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "qwen-code-headless",
        places: &[Place {
            is: &["message>usage>total_tokens"],
            parts: &[
                ("input", "message>usage>input_tokens"),
                ("read<input", "message>usage>cache_read_input_tokens"),
                ("output", "message>usage>output_tokens"),
            ],
            totals: &["message>usage>total_tokens"],
            id: &["message>id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "zed",
        places: &[
            Place {
                at: "threads[]",
                is: &["!data~request_token_usage"],
                parts: &[
                    ("input", "data!>cumulative_token_usage>input_tokens"),
                    ("output", "data!>cumulative_token_usage>output_tokens"),
                    ("write", "data!>cumulative_token_usage>cache_creation_input_tokens"),
                    ("read", "data!>cumulative_token_usage>cache_read_input_tokens"),
                ],
                id: &["id"],
                // Another thread that is equal at the same time is a copy.
                copy: &["updated_at", "data!>cumulative_token_usage"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
            Place {
                // What versions without that sum keep.
                at: "threads[]",
                is: &["data~request_token_usage"],
                parts: &[
                    ("input", "data!>request_token_usage>#0>input_tokens"),
                    ("output", "data!>request_token_usage>#0>output_tokens"),
                    ("write", "data!>request_token_usage>#0>cache_creation_input_tokens"),
                    ("input", "data!>request_token_usage>#1>input_tokens"),
                    ("output", "data!>request_token_usage>#1>output_tokens"),
                    ("read", "data!>request_token_usage>#1>cache_read_input_tokens"),
                ],
                id: &["id"],
                copy: &["updated_at", "data!>request_token_usage"],
                again: Same,
                empty_is_ignored: true,
                ..PLACE
            },
        ],
    },
];
