//! Overpowered model: short answers and sessions of questions on a vendor's most expensive models.

use std::collections::HashMap;

use crate::ledger::Spent;
use crate::model::activity::What;
use crate::model::money::Money;
use crate::model::prompt::WorkType;
use crate::sessions::turns::{SessionTurns, Turn};
use crate::sessions::waste::prices::Model;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// Longer answers are work.
pub(super) const MAX_OUTPUT: u64 = 300;
/// Longer prompts contain a conversation that another model would not have in its cache.
pub(super) const MAX_PROMPT: u64 = 30_000;
/// Provider, part of the name of an expensive model, and smaller models, newest first. The first with a price that day counts.
const SMALLER: &[(&str, &str, &[&str])] = &[
    ("anthropic", "opus", &["claude-sonnet-4-6", "claude-sonnet-4-5", "claude-sonnet-4"]),
    ("openai", "gpt-5", &["gpt-5-mini"]),
    ("openai", "gpt-4.1", &["gpt-4.1-mini"]),
    ("openai", "gpt-4o", &["gpt-4o-mini"]),
    ("openai", "o3", &["o4-mini"]),
    ("google", "pro", &["gemini-3-flash", "gemini-2.5-flash"]),
];
/// Tools that delegate work to another agent, which logs it elsewhere.
const AGENTS: [&str; 3] = ["Task", "Agent", "spawn_agent"];
/// Parts of the names of small models.
const SMALL: [&str; 4] = ["mini", "nano", "flash", "haiku"];

/// A session with at most this many requests …
const FEW_REQUESTS: usize = 20;
/// … and output tokens, and without an edit, consists of questions.
const MAX_SESSION_OUTPUT: u64 = 3_000;
/// What a smaller model needs for the same, in parts per thousand: 15% more tokens, and a tenth of that for retries.
const SMALLER_TAKES: i128 = 1_265;

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
        "Small questions to the most expensive model"
    }

    fn about(&self) -> &'static str {
        "Turns of one request without a tool call, with at most 300 output tokens and 30,000 prompt tokens, on a model with a \
         smaller sibling (such as Sonnet for Opus); if prompts were read, only questions, documents and office work: the \
         list cost less that of the same tokens on the smaller model, which has none of them in its cache. And whole \
         sessions of at most 20 requests and 3,000 output tokens without an edit, a commit, a failed call, a subagent or a \
         repeated prompt: the list cost less that of the session on the smaller model with its own cache, 15% more tokens \
         and a tenth of that for retries. A ceiling: it assumes equal quality."
    }

    fn advice(&self) -> &'static str {
        "Ask small questions of a smaller model"
    }

    fn action(&self) -> &'static str {
        "make a smaller model the default for questions; replay a sample on it before you believe the figure"
    }

    fn who(&self) -> &'static str {
        "platform team"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 80)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        let mut smaller: HashMap<Model, Option<Smaller>> = HashMap::new();
        for session in &context.turns.sessions {
            if asks_only(context, session) {
                for &at in session.turns.iter().flat_map(|turn| &turn.records) {
                    let one = &context.records[at];
                    let Some((provider, models)) = smaller_models(context, one, &mut smaller) else { continue };
                    let other = models.iter().find_map(|model| context.prices.all_on(one, provider, model));
                    if let (Some(own), Some(other)) = (context.prices.with(one, one.counts), other) {
                        out.push((at, own - Money::from_nanos(other.nanos() * SMALLER_TAKES / 1_000)));
                    }
                }
                continue;
            }
            for turn in &session.turns {
                let &[at] = turn.records.as_slice() else { continue };
                let one = &context.records[at];
                let calls = turn.count(|what| matches!(what, What::Tool { .. } | What::Edit { .. }));
                let light = one.counts.output.unwrap_or(u64::MAX) <= MAX_OUTPUT && one.counts.prompt() <= MAX_PROMPT;
                if calls > 0 || !light || !asks(turn) || !turn.has_prompt {
                    continue;
                }
                let Some((provider, models)) = smaller_models(context, one, &mut smaller) else { continue };
                let own = context.prices.with(one, one.counts);
                let other = models.iter().find_map(|model| context.prices.on(one, provider, model));
                if let (Some(own), Some(other)) = (own, other) {
                    out.push((at, own - other));
                }
            }
        }
    }
}

/// A provider and its smaller models, newest first.
pub(super) type Smaller = (&'static str, &'static [&'static str]);

/// The smaller models that could have answered instead of a record's model.
pub(super) fn smaller_models(
    context: &WasteContext<'_>,
    one: &Spent,
    known: &mut HashMap<Model, Option<Smaller>>,
) -> Option<Smaller> {
    *known.entry((one.provider, one.model)).or_insert_with(|| {
        let (provider, model) = context.prices.model(one)?;
        if SMALL.iter().any(|mark| model.contains(mark)) {
            return None;
        }
        let found = SMALLER.iter().find(|(vendor, mark, _)| *vendor == provider && model.contains(mark))?;
        Some((found.0, found.2))
    })
}

/// Whether a turn's prompt asks for something other than code. A prompt that was not read counts as such.
fn asks(turn: &Turn<'_>) -> bool {
    turn.prompt.is_none_or(|prompt| {
        matches!(prompt.work, WorkType::Question | WorkType::Docs | WorkType::Business | WorkType::Continuation)
    })
}

/// Whether a session of several requests consists of questions and answers.
fn asks_only(context: &WasteContext<'_>, session: &SessionTurns<'_>) -> bool {
    let records = || session.turns.iter().flat_map(|turn| &turn.records);
    let output: u64 = records().map(|&at| context.records[at].counts.output.unwrap_or(MAX_SESSION_OUTPUT)).sum();
    let works = |what: &What| {
        matches!(
            what,
            What::Edit { .. } | What::Commit { .. } | What::PullRequest { .. } | What::Result { failed: true, .. }
        )
    };
    let again = session.turns.windows(2).any(|pair| pair[0].has_prompt && pair[0].digest == pair[1].digest);
    let requests = records().count();
    let calls_agent =
        |what: &What| matches!(what, What::Tool { name, .. } if AGENTS.contains(&context.names.text(*name)));
    let delegates = session.turns.iter().any(|turn| turn.count(calls_agent) > 0)
        || session.turns.iter().flat_map(|turn| &turn.events).any(|event| event.subagent)
        || records().any(|&at| context.records[at].subagent);
    (2..=FEW_REQUESTS).contains(&requests)
        && output <= MAX_SESSION_OUTPUT
        && session.turns.iter().all(|turn| turn.count(works) == 0 && (!turn.has_prompt || asks(turn)))
        && session.turns.iter().any(|turn| turn.has_prompt)
        && !again
        && !delegates
}
