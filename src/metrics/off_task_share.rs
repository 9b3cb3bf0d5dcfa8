//! From what prompts are about, corrected for the errors of the classifier.

use super::{Measurement, Metric, NEEDS_PROMPTS, Quantity};
use crate::link::calibrate::wilson;
use crate::model::basis::Form;
use crate::model::period::Period;
use crate::sessions::off_task::{OffTask, corrected};
use crate::statistics::interval::{self, Clusters};

/// Fewer flagged sessions cannot stand for the others.
const MIN_FLAGGED: usize = 5;

pub(super) static OFF_TASK_SHARE: Metric = Metric {
    id: "off-task-share",
    code: "W9",
    name: "Off-task prompts, corrected",
    unit: "share",
    about: "Prompts flagged as likely off task over all prompts read, corrected for misses and false alarms: \
            (rate - false alarms) / (hits - false alarms), with the rates of `explain off-task`.\n\
            Sessions with an edit, or traced to code, are never flagged. The 95% range draws sessions as wholes; it leaves out that \
            the rates were measured on other prompts. Never shown for one person. Its cost is the class off_task of the spend, and \
            is usually small.",
    compute: |view| {
        let Some((found, sums)) = view.off_task else { return Measurement::missing(NEEDS_PROMPTS) };
        let share = corrected_share(found, &view.window);
        Measurement {
            value: share.map(|(share, ..)| share),
            numerator: Some(Quantity::Count(sums.likely)),
            denominator: Some(Quantity::Count(sums.prompts)),
            n: sums.prompts,
            coverage: Quantity::ratio(sums.prompts - sums.abstained, sums.prompts),
            interval: share.map(|(_, lo, hi)| (lo, hi)),
            basis: Form::Prompts.into(),
            missing: share.is_none().then_some("fewer than 20 sessions with prompts, or all of them alike"),
        }
    },
};

/// The corrected share of a period's prompts, and the ends of its 95% range; `None` for few sessions.
///
/// With flags in a handful of sessions the bootstrap has no spread to draw from. The range is then Wilson's, with as many
/// trials as there are sessions, which is wider than one over prompts.
#[must_use]
pub fn corrected_share(found: &OffTask, period: &Period) -> Option<(Quantity, Quantity, Quantity)> {
    let by_session = found.by_session(period);
    let (likely, prompts) = by_session.iter().fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
    if by_session.len() < interval::MIN_CLUSTERS {
        return None;
    }
    let sessions = by_session.len() as u64;
    let rate = Quantity::ratio(likely, prompts)?.as_f64();
    let flagged = by_session.iter().filter(|(likely, _)| *likely > 0).count();
    let (lo, hi) = if flagged < MIN_FLAGGED {
        wilson((likely * sessions).div_ceil(prompts), sessions)?
    } else {
        Clusters::of_counts(by_session.into_iter()).interval()?
    };
    let (lo, hi) = interval::share(Some((corrected(lo), corrected(hi))))?;
    let (share, _) = interval::share(Some((corrected(rate), 0.0)))?;
    Some((share, lo, hi))
}
