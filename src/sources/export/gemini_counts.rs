//! The counts of Gemini CLI: cached tokens stand inside the input, thoughts beside the output, and the prompt tokens of the
//! vendor's own tools beside the input where the total holds them.

use crate::model::usage::TokenCounts;
use crate::sources::json::page::Json;

/// The buckets of a request from its input, output, cached, thought, tool and total tokens, each zero where it is not told.
pub(in crate::sources) fn tokens([input, output, cached, thoughts, tool, total]: [u64; 6]) -> TokenCounts {
    let apart = total == 0 || total >= input + output + thoughts + tool;
    let prompt = input + if apart { tool } else { 0 };
    let cached = cached.min(prompt);
    TokenCounts {
        input: Some(prompt - cached),
        cache_read: Some(cached),
        output: Some(output + thoughts),
        reasoning: Some(thoughts),
        ..TokenCounts::default()
    }
}

/// The same from the attributes of a `gemini_cli.api_response` event; `None` when it has no count of input or output.
pub(in crate::sources) fn api_response(event: Json<'_>) -> Option<TokenCounts> {
    let (input, output) = (event.count("input_token_count")?, event.count("output_token_count")?);
    let rest = ["cached_content_token_count", "thoughts_token_count", "tool_token_count", "total_token_count"];
    let [cached, thoughts, tool, total] = rest.map(|name| event.count(name).unwrap_or(0));
    Some(tokens([input, output, cached, thoughts, tool, total]))
}
