//! Prompts sent again: the first answer was of no use.

use chrono::TimeDelta;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::sessions::waste::{Confidence, Kind, WasteContext};

/// After a longer time, the prompt is a new one.
const AGAIN_WITHIN: TimeDelta = TimeDelta::minutes(30);
/// Shorter prompts, such as `continue`, are repeated for good reasons.
const MIN_CHARS: u32 = 20;

/// See [`Kind::about`].
pub(super) struct ResentPrompts;

impl Kind for ResentPrompts {
    fn id(&self) -> &'static str {
        "resent-prompts"
    }

    fn code(&self) -> &'static str {
        "W10"
    }

    fn name(&self) -> &'static str {
        "Prompts sent again"
    }

    fn about(&self) -> &'static str {
        "A prompt of 20 characters or more that is sent again in its session within 30 minutes, word for word, with no request \
         in between except those of its own turn, which edited nothing: the cost of that turn. Commands such as the name of \
         a skill look the same."
    }

    fn advice(&self) -> &'static str {
        "Find out why prompts are sent twice"
    }

    fn action(&self) -> &'static str {
        "find out why first answers fail: aborted runs, limits, or instructions that the agent does not follow"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 80)
    }

    fn find(&self, context: &WasteContext<'_>, out: &mut Vec<(usize, Money)>) {
        for session in &context.turns.sessions {
            for (at, first) in session.turns.iter().enumerate().filter(|(_, turn)| turn.has_prompt) {
                // An interruption may be logged as a prompt without an answer.
                let behind = &session.turns[at + 1..];
                let interruptions = behind.iter().take_while(|turn| turn.records.is_empty()).count();
                let until = (interruptions + 1).min(behind.len());
                let Some(again) =
                    behind[..until].iter().position(|turn| turn.has_prompt && turn.digest == first.digest)
                else {
                    continue;
                };
                let changes = |what: &What| matches!(what, What::Edit { .. } | What::Commit { .. });
                let own = std::iter::once(first).chain(&behind[..again]);
                let changed = own.map(|turn| turn.count(changes)).sum::<usize>() > 0;
                let soon = behind[again].at - first.at <= AGAIN_WITHIN;
                if !changed && soon && first.chars >= MIN_CHARS {
                    out.extend(first.records.iter().map(|&at| (at, context.records[at].cost.unwrap_or_default())));
                }
            }
        }
    }
}
