use super::book;

/// A logged name, and the key that it means, with the region and speed that it contains.
const KNOWN: &[(&str, &str)] = &[
    // As the vendors write them.
    ("claude-opus-4-5-20251101", "claude-opus-4-5"),
    ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
    ("claude-3-5-haiku-latest", "claude-3-5-haiku"),
    ("claude-opus-4-0", "claude-opus-4"),
    ("claude-4-opus-20250514", "claude-opus-4"),
    ("claude-sonnet-5", "claude-sonnet-5"),
    ("claude-sonnet-5-5", "claude-sonnet-5-5"),
    ("claude-opus-4-6[1m]", "claude-opus-4-6"),
    ("gpt-5-2025-08-07", "gpt-5"),
    ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
    ("gpt-4o", "gpt-4o"),
    ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
    ("gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
    ("gpt-5.1-codex-max", "gpt-5.1-codex-max"),
    ("gpt-5-chat-latest", "gpt-5-chat-latest"),
    ("o1-mini-2024-09-12", "o1-mini"),
    ("o3-2025-04-16", "o3"),
    ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"),
    ("gemini-3.1-pro-preview-customtools", "gemini-3.1-pro-preview"),
    ("mistral-large-latest", "mistral-large-latest"),
    ("magistral-small-latest", "magistral-small"),
    ("grok-4-fast-non-reasoning", "grok-4-fast"),
    ("deepseek-v4-flash-20260423", "deepseek-v4-flash"),
    // Gateways.
    ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
    ("anthropic/claude-4.6-sonnet-20260217", "claude-sonnet-4-6"),
    ("anthropic/claude-3.7-sonnet:thinking", "claude-3-7-sonnet"),
    ("openrouter/anthropic/claude-sonnet-4", "claude-sonnet-4"),
    ("openrouter/qwen/qwen3-235b-a22b", "qwen3-235b-a22b"),
    ("openrouter/qwen3-235b-a22b", "qwen3-235b-a22b"),
    ("openai/gpt-5", "gpt-5"),
    ("~openai/gpt-5.6-sol", "gpt-5.6-sol"),
    ("google/gemini-2.5-flash", "gemini-2.5-flash"),
    ("gemini/gemini-3-pro-preview", "gemini-3-pro-preview"),
    ("models/gemini-2.5-pro", "gemini-2.5-pro"),
    ("x-ai/grok-4", "grok-4"),
    ("z-ai/glm-4.6", "glm-4.6"),
    ("deepseek/deepseek-reasoner", "deepseek-reasoner"),
    ("moonshotai/kimi-k2.5", "kimi-k2.5"),
    ("mistralai/mistral-medium-3.1", "mistral-medium-2508"),
    ("generic-copilot/litellm/anthropic/claude-haiku-4.5", "claude-haiku-4-5"),
    ("anthropic/claude-opus-4.8-fast", "claude-opus-4-8 fast"),
    ("minimax/MiniMax-M2.5", "minimax-m2.5"),
    ("accounts/fireworks/routers/glm-5p2-fast", "accounts/fireworks/routers/glm-5p2-fast"),
    // Clouds.
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4 regional"),
    ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5 regional"),
    ("apac.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5 regional"),
    ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
    ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5 us-gov"),
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
    ("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku"),
    ("bedrock/us.anthropic.claude-opus-4-7", "claude-opus-4-7 regional"),
    ("openai.gpt-5.5", "gpt-5.5 regional"),
    (
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-sonnet-4-5 regional",
    ),
    ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-20250514-v1:0", "claude-opus-4"),
    ("vertex_ai/claude-sonnet-4@20250514", "claude-sonnet-4"),
    ("vertex_ai/claude-opus-4-6@default", "claude-opus-4-6"),
    ("publishers/google/models/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"),
    ("projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-5@20251101", "claude-opus-4-5 regional"),
    ("projects/p/locations/global/publishers/anthropic/models/claude-opus-4-5@20251101", "claude-opus-4-5"),
    ("azure/gpt-4.1-2025-04-14", "gpt-4.1"),
    ("azure/eu/gpt-5.4", "gpt-5.4 regional"),
    ("azure/global/gpt-5.1", "gpt-5.1"),
    // Clients.
    ("Claude Opus 4.6", "claude-opus-4-6"),
    ("Claude Sonnet 4.5", "claude-sonnet-4-5"),
    ("Claude Opus 4.6 (fast mode) (preview)", "claude-opus-4-6 fast"),
    ("Claude Opus 4.7 (1M context)(Internal only)", "claude-opus-4-7"),
    ("Claude Sonnet 3.7", "claude-3-7-sonnet"),
    ("Claude-Sonnet-4-[Anthropic]", "claude-sonnet-4"),
    ("GPT-5.4", "gpt-5.4"),
    ("GPT-5 mini", "gpt-5-mini"),
    ("GPT-5.3-Codex", "gpt-5.3-codex"),
    ("Gemini 3 Pro (Preview)", "gemini-3-pro-preview"),
    ("Grok Code Fast 1", "grok-code-fast-1"),
    ("MAI-Code-1-Flash", "mai-code-1-flash"),
    ("Auto: Claude Haiku 4.5", "claude-haiku-4-5"),
    ("Auto: GPT-5.4 mini", "gpt-5.4-mini"),
    ("claude-4.5-opus-high-thinking", "claude-opus-4-5"),
    ("claude-4.6-sonnet-medium-thinking", "claude-sonnet-4-6"),
    ("claude-opus-4-7-thinking-max", "claude-opus-4-7"),
    ("claude-4-sonnet-thinking", "claude-sonnet-4"),
    ("claude-opus-4.6-1m", "claude-opus-4-6"),
    ("gpt-5.5-low", "gpt-5.5"),
    ("gpt-5.1-codex-max-xhigh", "gpt-5.1-codex-max"),
    ("gpt-5.4-high-fast", "gpt-5.4 fast"),
    ("o4-mini-high", "o4-mini"),
];

/// Names that must stay unpriced.
const UNKNOWN: &[&str] = &[
    "claude-opus-4-9",
    "claude-opus",
    "opus",
    "haiku",
    "claude-sonnet-6",
    "gpt-5.9",
    "gpt-5.4-turbo",
    "gpt-4o-mini-transcribe",
    "gpt",
    "m",
    "glm",
    "glm-1",
    "coder-model",
    "composer-1",
    "unknown-model-xyz",
    "gemini/REDACTED",
    "gemini-2.5-flash-preview-04-17",
    "gemini-flash-latest",
    "gemini-2.5-pro-thinking",
    "google/gemini-2.0-flash-exp:free",
    "openai/gpt-oss-20b:free",
    "deepseek/deepseek-r1:free",
    "qwen/qwen-plus-2025-07-28:thinking",
    "anthropic/gpt-5",
    "openai/claude-opus-4-5",
    "groq/deepseek-r1",
    "together_ai/moonshotai/kimi-k2-instruct",
    "azure_ai/deepseek-r1",
    "bedrock/us.deepseek.r1-v1:0",
    "ollama/deepseek-r1",
    "ollama/gpt-4o",
    "qwen3:0.6b",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl",
    "Code Review model",
    "GPT-4o (Audio)",
    "gpt-5-2025",
    "claude-opus-4-5-v",
    "",
];

#[test]
fn every_known_name_is_resolved() {
    let book = book();
    assert!(KNOWN.len() >= 60);
    for (name, expected) in KNOWN {
        let resolved = book.resolve(None, name).unwrap_or_else(|| panic!("`{name}` is unknown"));
        let parts = [Some(book.name_of(resolved).1), resolved.geo, resolved.speed];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        assert_eq!(parts.join(" "), *expected, "{name}");
    }
}

#[test]
fn similar_names_are_not_guessed() {
    let book = book();
    for name in UNKNOWN {
        let resolved = book.resolve(None, name);
        assert_eq!(resolved.map(|r| book.name_of(r)), None, "{name}");
    }
}

#[test]
fn the_provider_s_own_field_is_believed_only_where_prices_differ() {
    let book = book();
    let key = |provider, model| book.resolve(Some(provider), model).map(|r| book.name_of(r).1);
    assert_eq!(key("anthropic", "claude-opus-4-5"), Some("claude-opus-4-5"));
    assert_eq!(key("openai", "claude-opus-4-5"), Some("claude-opus-4-5"));
    assert_eq!(key("github-copilot", "gpt-5.3-codex"), Some("gpt-5.3-codex"));
    assert_eq!(key("amazon-bedrock", "claude-opus-4-5"), Some("claude-opus-4-5"));
    assert_eq!(key("openrouter", "deepseek/deepseek-r1"), Some("deepseek-r1"));
    assert_eq!(key("groq", "deepseek-r1"), None);
    assert_eq!(key("ollama", "deepseek-r1"), None);
}

#[test]
fn a_bill_names_the_model_that_a_log_names() {
    let book = book();
    for (written, model) in [
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("Claude Sonnet 4.5", "claude-sonnet-4-5"),
        ("claude-4.5-sonnet", "claude-sonnet-4-5"),
        ("Claude4.5Sonnet", "claude-sonnet-4-5"),
        ("Claude Sonnet 4.5 (Amazon Bedrock Edition)", "claude-sonnet-4-5"),
        ("Claude3Haiku", "claude-3-haiku"),
        ("Claude Opus 4.6 Input Tokens", "claude-opus-4-6"),
        ("gpt-5.4 Outp glbl Tokens", "gpt-5.4"),
        ("gpt-5-mini inp glbl Tokens", "gpt-5-mini"),
        ("gpt 4.1 mini cached Inp Data Zone Tokens", "gpt-4.1-mini"),
        ("gpt-5-mini-2025-08-07, input", "gpt-5-mini"),
        ("Gemini 2.5 Flash Text Input", "gemini-2.5-flash"),
        ("Gemini 2.5 Pro Text Output - Predictions", "gemini-2.5-pro"),
        ("Generate content input token count gemini 2.5 flash short context", "gemini-2.5-flash"),
        // Whoever serves it.
        ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
    ] {
        let found = book.identify(written).map(|model| book.name_of(model).1);
        assert_eq!(found, Some(model), "{written}");
    }
    for written in
        ["Web search", "gpt-5-mini-ours", "Claude Sonnet 9.9", "Tokens", "", "NovaPro", "code execution hours"]
    {
        assert_eq!(book.identify(written), None, "{written}");
    }
    assert_eq!(crate::pricing::reduced("NovaPro"), crate::pricing::reduced("us.amazon.nova-pro-v1:0"));
    assert_ne!(crate::pricing::reduced("NovaPro"), crate::pricing::reduced("amazon.nova-lite-v1:0"));
}
