//! From what prompts are about, corrected for the errors of the classifier.

use super::{Measurement, Metric, NEEDS_PROMPTS, Quantity};
use crate::measure::off_task::OffTaskPeriod;
use crate::model::basis::Form;

pub(super) static OFF_TASK_SHARE: Metric = Metric {
    id: "off-task-share",
    code: "W9",
    name: "Off-task prompts, corrected",
    unit: "share",
    about: "Prompts flagged as likely off task over all that can be judged, corrected for misses and false alarms: \
            (rate - false alarms) / (hits - false alarms), with the rates of `explain off-task` for agents' logs and for conversations.\n\
            Sessions with an edit, or traced to code, are never flagged. The 95% range draws sessions as wholes; it leaves out that \
            the rates were measured on other prompts. A flag by text alone counts here and is no finding. Never shown for one person. Its cost is the class off_task of the spend, and \
            is usually small.",
    needs: &[],
    compute: |measured| {
        let Some(OffTaskPeriod { sums, share }) = measured.off_task else { return Measurement::missing(NEEDS_PROMPTS) };
        Measurement {
            value: share.map(|(share, ..)| share),
            numerator: Some(Quantity::Count(sums.likely)),
            denominator: Some(Quantity::Count(sums.prompts - sums.abstained)),
            n: sums.prompts,
            coverage: Quantity::ratio(sums.prompts - sums.abstained, sums.prompts),
            interval: share.map(|(_, lo, hi)| (lo, hi)),
            basis: Form::Prompts.into(),
            missing: share.is_none().then_some("fewer than 20 sessions with prompts, or all of them alike"),
        }
    },
};
