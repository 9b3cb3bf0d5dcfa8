//! What `claude -p` prints with `--output-format stream-json` or `json`, as lines or as one array: the log that a CI job keeps.
//!
//! - In: messages of Claude Code's SDK; the shapes are those of its types, version 2.1. Out: a record per message, and per model of a
//!   `result` one for what its messages do not have.
//! - Refuses: damaged counts, and records without a time where no date is given for them.
//!
//! Trap: the same session in `~/.claude/projects` has more detail, and counts instead.

use super::answers::session_usage;
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::transcript::printed::{Dialect, is_output, open_output};
use crate::sources::usage_object::anthropic;
use crate::sources::{Parser, ReadOptions, Sniff, Source};

const ID: &str = "claude-code-headless";

/// The format of Claude Code's output without a terminal.
#[derive(Debug)]
pub(in crate::sources) struct Headless;

impl Source for Headless {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Claude Code, output of `claude -p`"
    }

    fn about(&self) -> &'static str {
        "JSON lines, an array, or one object that a run of Claude Code without a terminal prints.\n\
         Export: claude -p --output-format stream-json --verbose > run.jsonl, or --output-format json; the execution file of \
         claude-code-action.\n\
         Counted: one record per message id, the largest value per field, and per model of a result what its messages do \
         not have; advisers and compaction as requests of their own.\n\
         Set aside: sessions whose transcript in ~/.claude is given as well, which has times (duplicate).\n\
         Lacks: time, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        // Other agents print the same messages, with other counts.
        let is_foreign = head.has_key("sessionId") || head.has_key("qwen_code_version");
        let own = ["modelUsage", "claude_code_version", "input_tokens"];
        if is_output(head) && !is_foreign && own.iter().any(|key| head.has_key(key)) { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        open_output(head, &OWN)
    }
}

static OWN: Dialect = Dialect {
    id: ID,
    version: "claude_code_version",
    counts: anthropic::counts,
    models: "modelUsage",
    model_counts: |metrics| DraftTokens {
        input: metrics.count("inputTokens"),
        cache_read: metrics.count("cacheReadInputTokens"),
        cache_write_unspecified: metrics.count("cacheCreationInputTokens"),
        output: metrics.count("outputTokens"),
        ..DraftTokens::default()
    },
    session: session_usage,
    is_in_parts: false,
};
