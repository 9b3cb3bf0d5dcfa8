//! The counts of Gemini CLI: cached tokens are inside the input and thoughts beside the output. Prompt tokens of the vendor's
//! own tools are beside the input if the total includes them.

use crate::sources::json::access::Json;
use crate::sources::record::DraftTokens;
use crate::sources::values::count::Count;

/// The buckets of a request from its input, output, cached, thought, tool and total tokens, of which absent ones are zero.
pub(in crate::sources) fn tokens(counts: [Count; 6]) -> DraftTokens {
    let Some([input, output, cached, thoughts, tool, total]) = Count::all_or_zero(counts) else {
        return DraftTokens::INVALID;
    };
    let is_beside = total == 0 || total >= input + output + thoughts + tool;
    let prompt = input + if is_beside { tool } else { 0 };
    let cached = cached.min(prompt);
    DraftTokens {
        input: Count::Known(prompt - cached),
        cache_read: Count::Known(cached),
        output: Count::Known(output + thoughts),
        reasoning: Count::Known(thoughts),
        ..DraftTokens::default()
    }
}

/// The same from the attributes of a `gemini_cli.api_response` event, which must have counts of input and output.
pub(in crate::sources) fn api_response(event: Json<'_>) -> DraftTokens {
    let count = |name: &str| event.count(name);
    tokens([
        count("input_token_count").required(),
        count("output_token_count").required(),
        count("cached_content_token_count"),
        count("thoughts_token_count"),
        count("tool_token_count"),
        count("total_token_count"),
    ])
}
