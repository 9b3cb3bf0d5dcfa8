//! W14 Overpowered model: short answers and sessions without work, given by a vendor's dearest models.

use std::collections::HashMap;

use crate::ledger::Spent;
use crate::model::activity::What;
use crate::model::money::Money;
use crate::model::prompt::WorkType;
use crate::sessions::turns::{SessionTurns, Turn};
use crate::sessions::waste::prices::Model;
use crate::sessions::waste::{Case, Confidence, Kind};

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
/// Tools that hand work on to another agent, whose doing stands elsewhere.
const AGENTS: [&str; 3] = ["Task", "Agent", "spawn_agent"];
/// Names that are small already.
const SMALL: [&str; 4] = ["mini", "nano", "flash", "haiku"];

/// A session of no more than so many requests …
const FEW_REQUESTS: usize = 20;
/// … and so many output tokens without an edit is one of questions.
const MOST_SESSION_OUTPUT: u64 = 3_000;
/// What a smaller model takes for the same, in parts per thousand: 15% more tokens, and a tenth of it again for second tries.
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
        "Small questions to the dearest model"
    }

    fn about(&self) -> &'static str {
        "Turns of one request without a tool call, at most 300 output tokens and 30,000 prompt tokens, whose prompt, where it was \
         looked at, asks a question, about documents or about office work, on a model that has a smaller one beside it: list cost \
         less that of the same tokens on the smaller model (such as Sonnet for Opus), whose cache holds none of them. And whole \
         sessions of at most 20 requests and 3,000 output tokens without an edit, a commit, a failed call, a subagent or a prompt sent again: list \
         cost less that of the whole session on the smaller model, its own cache included, with 15% more tokens and a tenth of \
         it again for second tries. An upper bound at equal quality, which nothing here shows."
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
        let mut smaller: HashMap<Model, Option<Smaller>> = HashMap::new();
        for session in &case.turns.sessions {
            if asks_only(case, session) {
                for &at in session.turns.iter().flat_map(|turn| &turn.records) {
                    let one = &case.records[at];
                    let Some((provider, models)) = target(case, one, &mut smaller) else { continue };
                    let other = models.iter().find_map(|model| case.prices.all_on(one, provider, model));
                    if let (Some(own), Some(other)) = (case.prices.with(one, one.counts), other) {
                        out.push((at, own - Money::from_nanos(other.nanos() * SMALLER_TAKES / 1_000)));
                    }
                }
                continue;
            }
            for turn in &session.turns {
                let &[at] = turn.records.as_slice() else { continue };
                let one = &case.records[at];
                let calls = turn.count(|what| matches!(what, What::Tool { .. } | What::Edit { .. }));
                let light = one.counts.output.unwrap_or(u64::MAX) <= MOST_OUTPUT && one.counts.prompt() <= MOST_PROMPT;
                if calls > 0 || !light || !asks(turn) || !turn.has_prompt {
                    continue;
                }
                let Some((provider, models)) = target(case, one, &mut smaller) else { continue };
                let own = case.prices.with(one, one.counts);
                let other = models.iter().find_map(|model| case.prices.on(one, provider, model));
                if let (Some(own), Some(other)) = (own, other) {
                    out.push((at, own - other));
                }
            }
        }
    }
}

/// A vendor, and its smaller models from the newest.
type Smaller = (&'static str, &'static [&'static str]);

/// What could have answered instead of a record's model.
fn target(case: &Case<'_>, one: &Spent, known: &mut HashMap<Model, Option<Smaller>>) -> Option<Smaller> {
    *known.entry((one.provider, one.model)).or_insert_with(|| {
        let (provider, model) = case.prices.model(one)?;
        if SMALL.iter().any(|mark| model.contains(mark)) {
            return None;
        }
        let found = SMALLER.iter().find(|(vendor, mark, _)| *vendor == provider && model.contains(mark))?;
        Some((found.0, found.2))
    })
}

/// Whether a prompt, where it was looked at, asks for no work on code.
fn asks(turn: &Turn<'_>) -> bool {
    turn.prompt.is_none_or(|prompt| {
        matches!(prompt.work, WorkType::Question | WorkType::Docs | WorkType::Business | WorkType::Continuation)
    })
}

/// Whether a session of several requests asked and was answered, and nothing else.
fn asks_only(case: &Case<'_>, session: &SessionTurns<'_>) -> bool {
    let records = || session.turns.iter().flat_map(|turn| &turn.records);
    let output: u64 = records().map(|&at| case.records[at].counts.output.unwrap_or(MOST_SESSION_OUTPUT)).sum();
    let works = |what: &What| {
        matches!(
            what,
            What::Edit { .. } | What::Commit { .. } | What::PullRequest { .. } | What::Result { failed: true, .. }
        )
    };
    let again = session.turns.windows(2).any(|pair| pair[0].has_prompt && pair[0].digest == pair[1].digest);
    let requests = records().count();
    let calls_agent = |what: &What| matches!(what, What::Tool { name, .. } if AGENTS.contains(&case.names.text(*name)));
    let delegates = session.turns.iter().any(|turn| turn.count(calls_agent) > 0)
        || session.turns.iter().flat_map(|turn| &turn.events).any(|event| event.subagent)
        || records().any(|&at| case.records[at].subagent);
    (2..=FEW_REQUESTS).contains(&requests)
        && output <= MOST_SESSION_OUTPUT
        && session.turns.iter().all(|turn| turn.count(works) == 0 && (!turn.has_prompt || asks(turn)))
        && session.turns.iter().any(|turn| turn.has_prompt)
        && !again
        && !delegates
}
