//! W9 Off-task share: prompts that are no work, corrected for the scorer's errors.

use super::{Measurement, Metric, NEEDS_PROMPTS, Quantity, View};
use crate::link::calibrate::wilson;
use crate::model::period::Period;
use crate::sessions::off_task::{OffTask, corrected};
use crate::statistics::interval::{self, Clusters};

/// Sessions with a flag below which they cannot stand for others.
const FEW_FLAGGED: usize = 5;

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
        let Some((found, sums)) = view.off_task else {
            return Measurement { missing: Some(NEEDS_PROMPTS), ..Measurement::default() };
        };
        let share = corrected_share(found, &view.window);
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

/// The corrected share of a period's prompts, and the ends of its interval; `None` for few sessions.
///
/// With flags in a handful of sessions there is no spread to draw from: the interval is then Wilson's, with as many trials as
/// there are sessions, which is wider than its prompts would allow.
#[must_use]
pub fn corrected_share(found: &OffTask, period: &Period) -> Option<(Quantity, Quantity, Quantity)> {
    let by_session = found.by_session(period);
    let (likely, prompts) = by_session.iter().fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
    if by_session.len() < interval::LEAST {
        return None;
    }
    let sessions = by_session.len() as u64;
    let rate = Quantity::ratio(likely, prompts)?.as_f64();
    let flagged = by_session.iter().filter(|(likely, _)| *likely > 0).count();
    let (lo, hi) = if flagged < FEW_FLAGGED {
        wilson((likely * sessions).div_ceil(prompts), sessions)?
    } else {
        Clusters::of_counts(by_session.into_iter()).interval()?
    };
    let (lo, hi) = interval::share(Some((corrected(lo), corrected(hi))))?;
    let (share, _) = interval::share(Some((corrected(rate), 0.0)))?;
    Some((share, lo, hi))
}
