//! V5 Lines alive after so many days: the share of lines landed in the period that live longer.

use super::{Measurement, Metric, Quantity, View};

/// Lines alive after so many days.
pub(super) struct SurvivingLines {
    days: u32,
    id: &'static str,
    name: &'static str,
    missing: &'static str,
}

pub(super) static AFTER_14: SurvivingLines = SurvivingLines {
    days: 14,
    id: "surviving-lines-14",
    name: "Lines alive after 14 days",
    missing: "no line of the period could be watched for 14 days yet",
};
pub(super) static AFTER_30: SurvivingLines = SurvivingLines {
    days: 30,
    id: "surviving-lines-30",
    name: "Lines alive after 30 days",
    missing: "no line of the period could be watched for 30 days yet",
};
pub(super) static AFTER_90: SurvivingLines = SurvivingLines {
    days: 90,
    id: "surviving-lines-90",
    name: "Lines alive after 90 days",
    missing: "no line of the period could be watched for 90 days yet",
};

impl Metric for SurvivingLines {
    fn id(&self) -> &'static str {
        self.id
    }

    fn code(&self) -> &'static str {
        "V5"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Kaplan-Meier estimate of the share of lines, born on the mainline in the period, that live longer than the days \
         in the name.\n\
         Lines alive at the head count for as long as they were watched. Unknown while no line was watched for so many \
         days. `tokaudit history` has 14, 30, 90, 180 and 365 days with intervals. Code that nobody dares to touch \
         survives too."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(lifetimes) = &view.lifetimes else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let point = lifetimes.curve().after(self.days);
        #[expect(clippy::cast_possible_truncation, reason = "a share in millionths")]
        let value = point.alive.map(|alive| Quantity::Ratio((alive * 1e6).round() as i128, 1_000_000));
        Measurement {
            value,
            n: point.at_risk,
            basis: "mainline",
            missing: value.is_none().then_some(self.missing),
            ..Measurement::default()
        }
    }
}
