//! Exports and bills of vendors and clouds.

use super::Again::Same;
use super::{Format, PLACE, Place};

const AWS: [&str; 2] = ["lineItem/UsageAmount", "lineItem/UnblendedCost"];

const AWS_2: [&str; 2] = ["line_item_usage_amount", "line_item_unblended_cost"];

const CURSOR_TOKENS: &[(&str, &str)] = &[
    ("write", "Input (w/ Cache Write)"),
    ("input", "Input (w/o Cache Write)"),
    ("read", "Cache Read"),
    ("output", "Output Tokens"),
];

const CURSOR_CHARGED: &[(&str, &str)] = &[
    ("write", "Input (w/ Cache Write)"),
    ("input", "Input (w/o Cache Write)"),
    ("read", "Cache Read"),
    ("output", "Output Tokens"),
    ("cost", "Cost"),
];

pub(super) static FORMATS: &[Format] = &[
    Format { id: "anthropic-console-cost", places: &[Place { parts: &[("cost", "cost_usd")], ..PLACE }] },
    Format {
        id: "anthropic-console-usage",
        places: &[Place {
            parts: &[
                ("input", "usage_input_tokens_no_cache"),
                ("write", "usage_input_tokens_cache_write_5m"),
                ("write", "usage_input_tokens_cache_write_1h"),
                ("read", "usage_input_tokens_cache_read"),
                ("output", "usage_output_tokens"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "anthropic-cost-report",
        places: &[Place { at: "data[]>results[]", parts: &[("cents", "amount")], ..PLACE }],
    },
    Format {
        id: "anthropic-usage-report",
        places: &[Place {
            at: "data[]>results[]",
            parts: &[
                ("input", "uncached_input_tokens"),
                ("read", "cache_read_input_tokens"),
                ("write", "cache_creation>ephemeral_5m_input_tokens"),
                ("write", "cache_creation>ephemeral_1h_input_tokens"),
                ("output", "output_tokens"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "aws-cur",
        places: &[Place {
            is: &["lineItem/UsageType$-output-tokens", "pricing/unit=1K tokens"],
            parts: &[("output*1000", AWS[0]), ("cost", AWS[1])],
            ..PLACE
        }],
    },
    Format {
        id: "aws-cur-2",
        places: &[
            Place {
                is: &["line_item_usage_type$-cache-read-input-token-count", "pricing_unit=1K tokens"],
                parts: &[("read*1000", AWS_2[0]), ("cost", AWS_2[1])],
                ..PLACE
            },
            Place {
                is: &["line_item_usage_type$-Units", "line_item_product_code=AmazonBedrock"],
                parts: &[("cost", AWS_2[1])],
                ..PLACE
            },
        ],
    },
    Format {
        id: "azure-apim",
        places: &[
            Place {
                at: "[]",
                is: &["DeploymentName", "PromptTokens"],
                parts: &[("input", "PromptTokens"), ("output", "CompletionTokens")],
                totals: &["TotalTokens"],
                ..PLACE
            },
            Place { at: "tables[]>rows[]", is: &["#3", "#4"], parts: &[("input", "#4"), ("output", "#5")], ..PLACE },
        ],
    },
    Format {
        id: "azure-cost",
        places: &[Place {
            is: &["MeterSubCategory~OpenAI"],
            parts: &[("cost", "CostInBillingCurrency"), ("units", "Quantity")],
            ..PLACE
        }],
    },
    Format {
        id: "bedrock-invocations",
        places: &[Place {
            parts: &[
                ("input", "input>inputTokenCount"),
                ("read", "input>cacheReadInputTokenCount"),
                ("write", "input>cacheWriteInputTokenCount"),
                ("output", "output>outputTokenCount"),
            ],
            id: &["requestId"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "claude-code-analytics",
        places: &[
            Place {
                at: "data[]>model_breakdown[]",
                parts: &[
                    ("input", "tokens>input"),
                    ("output", "tokens>output"),
                    ("read", "tokens>cache_read"),
                    ("write", "tokens>cache_creation"),
                    ("cents", "estimated_cost>amount"),
                ],
                ..PLACE
            },
            Place {
                at: "data[]",
                parts: &[
                    ("sessions", "core_metrics>num_sessions"),
                    ("added", "core_metrics>lines_of_code>added"),
                    ("agent", "core_metrics>lines_of_code>added"),
                    ("removed", "core_metrics>lines_of_code>removed"),
                    ("commits", "core_metrics>commits_by_claude_code"),
                    ("pulls", "core_metrics>pull_requests_by_claude_code"),
                    ("accepts", "tool_actions>edit_tool>accepted"),
                    ("accepts", "tool_actions>write_tool>accepted"),
                    ("rejects", "tool_actions>edit_tool>rejected"),
                    ("rejects", "tool_actions>write_tool>rejected"),
                ],
                is_fact: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "claude-enterprise-spend",
        places: &[Place {
            parts: &[
                ("input", "total_uncached_input_tokens"),
                ("read", "total_cache_read_tokens"),
                ("write", "total_cache_write_5m_tokens"),
                ("write", "total_cache_write_1h_tokens"),
                ("output", "total_completion_tokens"),
                ("cost", "total_net_spend_usd"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "copilot-billing",
        places: &[Place {
            at: "usageItems[]",
            is: &["product=Copilot"],
            parts: &[("cost", "netAmount"), ("units", "grossQuantity")],
            ..PLACE
        }],
    },
    Format {
        id: "copilot-metrics",
        places: &[Place {
            parts: &[
                ("added", "loc_added_sum"),
                ("removed", "loc_deleted_sum"),
                ("accepts", "code_acceptance_activity_count"),
                ("tab", "totals_by_feature>#0>loc_added_sum"),
                ("agent", "totals_by_feature>#1>loc_added_sum"),
            ],
            is_fact: true,
            ..PLACE
        }],
    },
    Format { id: "copilot-requests", places: &[Place { parts: &[("units", "Requests Used")], ..PLACE }] },
    Format {
        id: "copilot-usage-report",
        places: &[Place { parts: &[("cost", "net_amount"), ("units", "quantity")], ..PLACE }],
    },
    Format {
        id: "cursor-code-commits",
        places: &[Place {
            parts: &[
                ("one commits", "commit_hash"),
                ("added", "total_lines_added"),
                ("removed", "total_lines_deleted"),
                ("tab", "tab_lines_added"),
                ("agent", "composer_lines_added"),
                ("non_ai", "non_ai_lines_added"),
            ],
            is_fact: true,
            ..PLACE
        }],
    },
    Format {
        id: "cursor-code-tracking",
        places: &[Place {
            at: "items[]",
            parts: &[
                ("one commits", "commitHash"),
                ("added", "totalLinesAdded"),
                ("removed", "totalLinesDeleted"),
                ("tab", "tabLinesAdded"),
                ("agent", "composerLinesAdded"),
                ("non_ai", "nonAiLinesAdded"),
            ],
            is_fact: true,
            ..PLACE
        }],
    },
    Format {
        id: "cursor-events",
        places: &[Place {
            at: "usageEvents[]",
            is: &["kind=Usage-based"],
            parts: &[
                ("input", "tokenUsage>inputTokens"),
                ("output", "tokenUsage>outputTokens"),
                ("write", "tokenUsage>cacheWriteTokens"),
                ("read", "tokenUsage>cacheReadTokens"),
                ("cents", "tokenUsage>totalCents"),
                ("cents", "cursorTokenFee"),
                ("units", "requestsCosts"),
            ],
            ..PLACE
        }],
    },
    Format {
        id: "cursor-team",
        places: &[
            Place { at: "teamMemberSpend[]", parts: &[("cents", "spendCents")], ..PLACE },
            Place {
                at: "data[]",
                parts: &[
                    ("added", "totalLinesAdded"),
                    ("removed", "totalLinesDeleted"),
                    ("agent", "acceptedLinesAdded"),
                    ("accepts", "totalAccepts"),
                    ("rejects", "totalRejects"),
                ],
                is_fact: true,
                ..PLACE
            },
        ],
    },
    Format {
        id: "cursor-usage",
        places: &[
            Place { is: &["Kind=On-Demand"], parts: CURSOR_CHARGED, totals: &["Total Tokens"], ..PLACE },
            // What is included in the plan or went wrong costs nothing, whatever the column says.
            Place { is: &["!Kind=On-Demand"], parts: CURSOR_TOKENS, totals: &["Total Tokens"], ..PLACE },
        ],
    },
    Format {
        id: "deepseek-usage",
        places: &[
            Place { is: &["type=request_count"], ..PLACE },
            Place { is: &["type=output_tokens"], parts: &[("output", "amount"), ("rate", "price")], ..PLACE },
        ],
    },
    Format {
        id: "focus",
        places: &[Place { parts: &[("cost", "BilledCost"), ("units", "ConsumedQuantity")], ..PLACE }],
    },
    Format {
        id: "focus-json",
        places: &[Place {
            at: "data>records[]",
            parts: &[("cost", "BilledCost"), ("units", "ConsumedQuantity")],
            ..PLACE
        }],
    },
    Format {
        id: "openai-batch",
        places: &[Place {
            is: &["response>body>usage"],
            parts: &[
                ("input", "response>body>usage>prompt_tokens"),
                ("output", "response>body>usage>completion_tokens"),
            ],
            totals: &["response>body>usage>total_tokens"],
            id: &["response>body>id"],
            again: Same,
            ..PLACE
        }],
    },
    Format {
        id: "openai-costs",
        places: &[Place { at: "data[]>results[]", parts: &[("cost", "amount>value")], ..PLACE }],
    },
    Format {
        id: "openai-dashboard-cost",
        places: &[Place { is: &["amount_value"], parts: &[("cost", "amount_value"), ("units", "quantity")], ..PLACE }],
    },
    Format {
        id: "openai-dashboard-usage",
        places: &[Place {
            parts: &[("input", "input_tokens"), ("read<input", "input_cached_tokens"), ("output", "output_tokens")],
            ..PLACE
        }],
    },
    Format {
        id: "openai-usage",
        places: &[Place {
            at: "data[]>results[]",
            parts: &[("input", "input_tokens"), ("read<input", "input_cached_tokens"), ("output", "output_tokens")],
            ..PLACE
        }],
    },
    Format {
        id: "vertex-billing",
        places: &[Place {
            is: &["service.description=Vertex AI"],
            parts: &[("cost", "cost"), ("units", "usage.amount")],
            ..PLACE
        }],
    },
];
