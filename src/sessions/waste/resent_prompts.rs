//! W10 Re-sent prompts: the same prompt again, because the answer to the first led nowhere.

use chrono::TimeDelta;

use crate::model::activity::What;
use crate::model::money::Money;
use crate::sessions::waste::{Case, Confidence, Kind};

/// A prompt this much later is a new one.
const AGAIN_WITHIN: TimeDelta = TimeDelta::minutes(30);
/// Shorter ones, such as `continue`, are said again for good reasons.
const LEAST_CHARS: u32 = 20;

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
         in between but those of its own turn, which edited nothing: the cost of that turn. Commands that are prompts, such as a skill's name, look the same."
    }

    fn action(&self) -> &'static str {
        "see why first answers break off: aborted runs, limits, or instructions that the agent does not follow"
    }

    fn confidence(&self) -> Confidence {
        Confidence::UpperBound
    }

    fn range(&self) -> (u32, u32) {
        (0, 80)
    }

    fn find(&self, case: &Case<'_>, out: &mut Vec<(usize, Money)>) {
        for session in &case.turns.sessions {
            for (at, first) in session.turns.iter().enumerate().filter(|(_, turn)| turn.has_prompt) {
                // What breaks a turn off may look like a prompt of its own, to which nothing was answered.
                let behind = &session.turns[at + 1..];
                let broken_off = behind.iter().take_while(|turn| turn.records.is_empty()).count();
                let until = (broken_off + 1).min(behind.len());
                let Some(again) =
                    behind[..until].iter().position(|turn| turn.has_prompt && turn.digest == first.digest)
                else {
                    continue;
                };
                let changes = |what: &What| matches!(what, What::Edit { .. } | What::Commit { .. });
                let own = std::iter::once(first).chain(&behind[..again]);
                let changed = own.map(|turn| turn.count(changes)).sum::<usize>() > 0;
                let soon = behind[again].at - first.at <= AGAIN_WITHIN;
                if !changed && soon && first.chars >= LEAST_CHARS {
                    out.extend(first.records.iter().map(|&at| (at, case.records[at].cost.unwrap_or_default())));
                }
            }
        }
    }
}
