//! W9 Off-task share: prompts that are no work, corrected for the scorer's errors.

use super::{Measurement, Metric, NEEDS_PROMPTS, Quantity, View};
use crate::measure::off_task::OffTaskPeriod;

/// See [`Metric::about`].
pub(super) struct OffTaskShare;

impl Metric for OffTaskShare {
    fn id(&self) -> &'static str {
        "off-task-share"
    }

    fn code(&self) -> &'static str {
        "W9"
    }

    fn name(&self) -> &'static str {
        "Prompts off task, corrected"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "Prompts flagged as likely off task over prompts looked at, corrected for misses and false alarms: \
         (rate - false alarms) / (hits - false alarms), by the figures of `explain off-task`.\n\
         Sessions with an edit or tied to code are never flagged. The interval draws sessions as wholes; it leaves out that the \
         figures of the scorer were measured on other prompts. Never of a person. Its cost stands in the class off_task of \
         the bar, and is usually small."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(OffTaskPeriod { sums, share }) = view.off_task else {
            return Measurement { missing: Some(NEEDS_PROMPTS), ..Measurement::default() };
        };
        Measurement {
            value: share.map(|(share, ..)| share),
            numerator: Some(Quantity::Count(sums.likely)),
            denominator: Some(Quantity::Count(sums.prompts)),
            n: sums.prompts,
            coverage: Quantity::ratio(sums.prompts - sums.abstained, sums.prompts),
            interval: share.map(|(_, lo, hi)| (lo, hi)),
            basis: "prompts",
            missing: share.is_none().then_some("fewer than 20 sessions with prompts, or none that differ"),
        }
    }
}
