//! Names of models in trailers, footers and authors' names.

/// The tool's id where a marker shows that a tool assisted but not which.
pub(super) const OTHER_TOOL: &str = "other";

/// First words of models' names.
const MODEL_WORDS: &[&str] = &[
    "opus",
    "sonnet",
    "haiku",
    "fable",
    "gpt",
    "gemini",
    "glm",
    "kimi",
    "qwen",
    "grok",
    "deepseek",
    "minimax",
    "llama",
    "mistral",
    "devstral",
    "codestral",
    "mimo",
    "claude",
];

/// The tool behind a model that signs alone: Claude Code for Claude's models, else unknown.
pub(super) fn tool_of_model(model: &str) -> &'static str {
    if model.to_ascii_lowercase().starts_with("claude") { "claude-code" } else { OTHER_TOOL }
}

/// The part of a marker that names a model, in the marker's own spelling.
///
/// Tried in this order: the text in parentheses, before `via`, after `with` and `&`, after a colon, the whole text. A
/// model's name begins with a word of [`MODEL_WORDS`] and has a version or a second such word.
pub(super) fn model_in(text: &str) -> Option<String> {
    let inner = text.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    let via = text.split_once(" via ").map(|(model, _)| model);
    let with = text.split_once(" with ").or_else(|| text.split_once("& ")).map(|(_, model)| model);
    let colon = text
        .split_once(':')
        .filter(|(_, model)| !model.starts_with("//"))
        .map(|(_, model)| model.split_once(" [").map_or(model, |(model, _)| model));
    let parts = [inner, via, with, colon, Some(text)];
    // aider puts the model's name in parentheses, which may be a name that is not known here.
    let aider = text.to_ascii_lowercase().starts_with("aider (");
    let found = inner.filter(|_| aider).or_else(|| parts.into_iter().flatten().find(|part| is_model(part)))?;
    let found = found.trim().trim_matches(['.', ',', ':']).trim();
    (!found.is_empty()).then(|| found.to_owned())
}

fn is_model(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    // A gateway may put its own name before the model's.
    let lower = lower.rsplit_once('/').map_or(lower.as_str(), |(_, model)| model);
    let words = || lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_word = |word: &str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        MODEL_WORDS.contains(&letters)
    };
    let known = words().filter(|word| is_word(word)).count();
    let version = lower.contains(|c: char| c.is_ascii_digit());
    let starts = words().next().is_some_and(is_word);
    starts && (known >= 2 || version && known >= 1)
}
