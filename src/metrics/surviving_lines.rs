//! V5 Lines alive after 30 days: the share of lines landed in the period that live longer than 30 days.

use super::{Measurement, Metric, Quantity, View};

/// The days.
const DAYS: u32 = 30;

/// See [`Metric::about`].
pub(super) struct SurvivingLines;

impl Metric for SurvivingLines {
    fn id(&self) -> &'static str {
        "surviving-lines-30"
    }

    fn code(&self) -> &'static str {
        "V5"
    }

    fn name(&self) -> &'static str {
        "Lines alive after 30 days"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Kaplan-Meier estimate of the share of lines, born on the mainline in the period, that live longer than 30 days.\n\
         Lines alive at the head count for as long as they were watched. Unknown while no line was watched for 30 \
         days. `tokaudit history` has 14, 30, 90, 180 and 365 days with intervals. Code that nobody dares to touch \
         survives too."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(lifetimes) = view.lifetimes else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let point = lifetimes.clone().curve().after(DAYS);
        #[expect(clippy::cast_possible_truncation, reason = "a share in millionths")]
        let value = point.alive.map(|alive| Quantity::Ratio((alive * 1e6).round() as i128, 1_000_000));
        Measurement {
            value,
            n: point.at_risk,
            basis: "mainline",
            missing: value.is_none().then_some("no line of the period could be watched for 30 days yet"),
            ..Measurement::default()
        }
    }
}
