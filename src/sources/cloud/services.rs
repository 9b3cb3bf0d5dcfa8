//! Which services of a cloud's bill are AI, by the names of services, products, models and publishers.
//!
//! - In: a name as a bill writes it. Out: whether it is of AI, or of a cloud that sells everything.
//! - A bill names a partner's model in place of a service: "Claude Sonnet 4.5 (Amazon Bedrock Edition)".

use std::cell::RefCell;

use crate::sources::values::remembered::Remembered;

/// Words in the names of services, models and makers of models.
const AI: &[&str] = &[
    "ai21",
    "amazon nova",
    "amazon q",
    "anthropic",
    "azure ai",
    "bedrock",
    "claude",
    "codestral",
    "codewhisperer",
    "cognitive services",
    "cohere",
    "copilot",
    "cursor",
    "deepseek",
    "foundry models",
    "foundry tools",
    "ai foundry",
    "microsoft foundry",
    "gemini",
    "gemma",
    "generative",
    "gpt",
    "grok",
    "jamba",
    "kimi",
    "kiro",
    "llama",
    "machine learning",
    "ministral",
    "mistral",
    "moonshot",
    "openai",
    "openrouter",
    "perplexity",
    "qwen",
    "vertex ai",
    "xai",
];

/// Words in the names of clouds.
const CLOUDS: &[&str] =
    &["alibaba", "amazon", "aws", "azure", "gcp", "google", "ibm", "microsoft", "oracle", "tencent"];

/// Whether a name is of a service, a model or a maker of AI.
pub(super) fn is_ai(name: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<Remembered<bool>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| known.get(name, |name| has_word(name, AI)))
}

/// Whether a name is of a cloud, or of a service that bears the name of one.
pub(super) fn is_cloud(name: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<Remembered<bool>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| known.get(name, |name| has_word(name, CLOUDS)))
}

/// Whether a text has one of the words, which are in lower case, without further letters around it.
fn has_word(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphabetic)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_models_of_ai_are_known_by_their_words() {
        for name in [
            "Amazon Bedrock",
            "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
            "Vertex AI",
            "Gemini API",
            "Azure OpenAI Service",
            "Foundry Models",
            "Llama3 70B",
            "claude-sonnet-4-5 output tokens",
            "Mistral Large 3",
            "Cohere Command A",
        ] {
            assert!(is_ai(name), "{name}");
        }
        for name in
            ["Amazon Elastic Compute Cloud", "Oracle Coherence", "Cloud Foundry", "Virtual Machines", "Datadog Pro", ""]
        {
            assert!(!is_ai(name), "{name}");
        }
        assert!(is_cloud("AWS") && is_cloud("Google Cloud") && is_cloud("Amazon S3") && !is_cloud("Cloudish"));
    }
}
