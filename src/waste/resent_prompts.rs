//! W10 Re-sent prompts: the same prompt again, because the answer to the first led nowhere.

use chrono::TimeDelta;

use super::{Case, Confidence, Kind};
use crate::model::activity::What;
use crate::model::money::Money;

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
        "A prompt of 20 characters or more that is sent again in its session within 30 minutes, word for word, after a turn \
         that edited nothing: the cost of that turn. Commands that are prompts, such as a skill's name, look the same."
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
            for pair in session.turns.windows(2) {
                let [first, second] = pair else { continue };
                let same = first.has_prompt && second.has_prompt && first.digest == second.digest;
                let changed = first.count(|what| matches!(what, What::Edit { .. } | What::Commit { .. })) > 0;
                if same && !changed && first.chars >= LEAST_CHARS && second.at - first.at <= AGAIN_WITHIN {
                    out.extend(first.records.iter().map(|&at| (at, case.records[at].cost.unwrap_or_default())));
                }
            }
        }
    }
}
