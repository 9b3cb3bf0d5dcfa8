//! What `qwen -p` prints with `--output-format stream-json` or `json`: the messages that Claude Code prints, with other counts.
//!
//! - In: messages as Claude Code's SDK has them; the shapes are those of Qwen Code's `BaseJsonOutputAdapter`, 0.23. Out: a record per
//!   answer, and one of what a result has beyond its answers.
//! - Refuses: damaged counts, and records without a time where no date is given for them.
//!
//! Traps:
//! - `input_tokens` includes what is cached, and `output_tokens` may lack thoughts, which the total has.
//! - An answer is a message for its thoughts, one for its text and one for its calls; the last of them has the counts.
//! - Ids are random, so that nothing but the session ties an answer to the chat log, which has more detail and counts instead.
//! - A result sums the whole process with its subagents, whose messages have no counts; by model only with `--output-format json`.

use super::session_usage;
use crate::sources::reading::detect::Head;
use crate::sources::record::DraftTokens;
use crate::sources::transcript::printed::{Dialect, is_output, open_output};
use crate::sources::values::count::Count;
use crate::sources::{Parser, ReadOptions, Sniff, Source};

const ID: &str = "qwen-code-headless";

/// The format of Qwen Code's output without a terminal.
#[derive(Debug)]
pub(in crate::sources) struct QwenHeadless;

static DIALECT: Dialect = Dialect {
    id: ID,
    version: "qwen_code_version",
    counts: |usage| {
        tokens(
            ["input_tokens", "output_tokens", "cache_read_input_tokens", "total_tokens"].map(|name| usage.count(name)),
        )
    },
    models: "stats/models",
    model_counts: |metrics| {
        tokens(["prompt", "candidates", "cached", "total"].map(|name| metrics.at("tokens").count(name)))
    },
    session: session_usage,
    is_in_parts: true,
};

impl Source for QwenHeadless {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Qwen Code, output of `qwen -p`"
    }

    fn about(&self) -> &'static str {
        "JSON lines or an array that a run of Qwen Code without a terminal prints.\n\
         Export: qwen -p PROMPT --output-format stream-json > run.jsonl, or --output-format json.\n\
         Counted: one record per answer, and per result what it has beyond its answers, such as subagents; cached input \
         separately from input.\n\
         Set aside: sessions whose chat in ~/.qwen is given as well, which has times (duplicate).\n\
         Lacks: time, branch and bill."
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if is_output(head) && head.has_key("qwen_code_version") { Sniff::Yes } else { Sniff::No }
    }

    fn open(&self, head: &Head<'_>, _options: &ReadOptions) -> Parser {
        open_output(head, &DIALECT)
    }
}

/// The buckets of input, output, cached and total tokens, of which absent ones are zero.
fn tokens(counts: [Count; 4]) -> DraftTokens {
    let Some([input, output, cached, total]) = Count::all_or_zero(counts) else { return DraftTokens::INVALID };
    let cached = cached.min(input);
    DraftTokens {
        input: Count::Known(input - cached),
        cache_read: Count::Known(cached),
        output: Count::Known(output.max(total.saturating_sub(input))),
        ..DraftTokens::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_that_only_the_total_has_are_output() {
        let output = |counts: [u64; 4]| tokens(counts.map(Count::Known)).output.known();
        assert_eq!(output([100, 20, 0, 150]), Some(50));
        assert_eq!(output([100, 20, 0, 120]), Some(20));
        assert_eq!(output([100, 20, 0, 0]), Some(20));
    }
}
