//! From the lifetimes of lines.

use super::{Measured, Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;

const ABOUT: &str = "Kaplan-Meier estimate of the share of lines, added on the main branch in the period, that live for more than \
                     the days in the name.\n\
                     Lines still alive count for as long as they were watched. Unknown until a line was watched for that long. \
                     `tokaudit history` has 14, 30, 90, 180 and 365 days with intervals. Code that nobody dares to touch survives \
                     too.";

pub(super) static AFTER_14: Metric = Metric {
    id: "surviving-lines-14",
    code: "V5",
    name: "Lines alive after 14 days",
    unit: "ratio",
    about: ABOUT,
    needs: &[Need::History, Need::Lines(14)],
    compute: |measured| alive_after(measured, 14, "no line of the period is 14 days old yet"),
};

pub(super) static AFTER_30: Metric = Metric {
    id: "surviving-lines-30",
    code: "V5",
    name: "Lines alive after 30 days",
    unit: "ratio",
    about: ABOUT,
    needs: &[Need::History, Need::Lines(30)],
    compute: |measured| alive_after(measured, 30, "no line of the period is 30 days old yet"),
};

pub(super) static AFTER_90: Metric = Metric {
    id: "surviving-lines-90",
    code: "V5",
    name: "Lines alive after 90 days",
    unit: "ratio",
    about: ABOUT,
    needs: &[Need::History, Need::Lines(90)],
    compute: |measured| alive_after(measured, 90, "no line of the period is 90 days old yet"),
};

fn alive_after(measured: &Measured, days: u32, missing: &'static str) -> Measurement {
    let Some(lifetimes) = &measured.lifetimes else { return Measurement::missing(NEEDS_REPOSITORY) };
    let point = lifetimes.curve().after(days);
    #[expect(clippy::cast_possible_truncation, reason = "a share in millionths")]
    let value = point.alive.map(|alive| Quantity::Ratio((alive * 1e6).round() as i128, 1_000_000));
    Measurement {
        value,
        n: point.at_risk,
        basis: Form::Mainline.into(),
        missing: value.is_none().then_some(missing),
        ..Measurement::default()
    }
}
