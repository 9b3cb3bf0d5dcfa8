//! W14 Overpowered model: short answers without work, given by a vendor's dearest models.

use std::collections::HashMap;

use super::prices::Model;
use super::{Case, Confidence, Kind};
use crate::model::activity::What;
use crate::model::money::Money;
use crate::model::prompt::WorkType;

/// Longer answers are work.
const MOST_OUTPUT: u64 = 300;
/// Longer prompts carry a conversation whose cache another model would not have.
const MOST_PROMPT: u64 = 30_000;
/// The smaller model of a vendor for marks in the names of its dearest, newest first; the first with a price that day counts.
const SMALLER: &[(&str, &str, &[&str])] = &[
    ("anthropic", "opus", &["claude-sonnet-4-6", "claude-sonnet-4-5", "claude-sonnet-4"]),
    ("openai", "gpt-5", &["gpt-5-mini"]),
    ("openai", "gpt-4.1", &["gpt-4.1-mini"]),
    ("openai", "gpt-4o", &["gpt-4o-mini"]),
    ("openai", "o3", &["o4-mini"]),
    ("google", "pro", &["gemini-3-flash", "gemini-2.5-flash"]),
];
/// Names that are small already.
const SMALL: [&str; 4] = ["mini", "nano", "flash", "haiku"];

/// See [`Kind::about`].
pub(super) struct Overpowered;

impl Kind for Overpowered {
    fn id(&self) -> &'static str {
        "overpowered-model"
    }

    fn code(&self) -> &'static str {
        "W14"
    }

    fn name(&self) -> &'static str {
        "Small questions to the dearest model"
    }

    fn about(&self) -> &'static str {
        "Turns of one request without a tool call, at most 300 output tokens and 30,000 prompt tokens, whose prompt, where it was \
         looked at, asks a question, about documents or about office work, on a model that has a smaller one beside it: list cost \
         less that of the same tokens on the smaller model (such as Sonnet for Opus), whose cache holds none of them. An upper \
         bound at equal tokens and equal quality, which nothing here shows."
    }

    fn action(&self) -> &'static str {
        "make a smaller model the default for questions; replay a sample on it before you believe the figure"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 80)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        let mut smaller: HashMap<Model, Option<(&str, &[&str])>> = HashMap::new();
        for turn in case.turns.sessions.iter().flat_map(|session| &session.turns) {
            let &[at] = turn.records.as_slice() else { continue };
            let one = &case.records[at];
            let calls = turn.count(|what| matches!(what, What::Tool { .. } | What::Edit { .. }));
            let light = one.counts.output.unwrap_or(u64::MAX) <= MOST_OUTPUT && one.counts.prompt() <= MOST_PROMPT;
            let asks = turn.prompt.is_none_or(|prompt| {
                matches!(prompt.work, WorkType::Question | WorkType::Docs | WorkType::Business | WorkType::Continuation)
            });
            if calls > 0 || !light || !asks || !turn.has_prompt {
                continue;
            }
            let target = *smaller.entry((one.provider, one.model)).or_insert_with(|| {
                let (provider, model) = case.prices.model(one)?;
                if SMALL.iter().any(|mark| model.contains(mark)) {
                    return None;
                }
                let found = SMALLER.iter().find(|(vendor, mark, _)| *vendor == provider && model.contains(mark))?;
                Some((found.0, found.2))
            });
            let Some((provider, models)) = target else { continue };
            let own = case.prices.with(one, one.counts);
            let other = models.iter().find_map(|model| case.prices.on(one, provider, model));
            if let (Some(own), Some(other)) = (own, other) {
                out.push((at, own - other));
            }
        }
    }
}
