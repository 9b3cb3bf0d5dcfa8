//! From the lifetimes of lines.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;
use crate::statistics::interval::{self, Clusters};

const DAYS: u32 = 14;

pub(super) static CHURN_14: Metric = Metric {
    id: "churn-14",
    code: "W2",
    name: "Lines gone within 14 days",
    unit: "ratio",
    about: "Lines added on the main branch in the period that were deleted or replaced within 14 days, over those old enough to \
            tell.\n\
            Moved, renamed and re-indented lines live on, and a revert brings lines back. Lines that are too young are in neither \
            number. Excluded files, bots and the commits of .git-blame-ignore-revs are left out. Fixes after two weeks do not show: \
            look at the lines alive after 30 and 90 days too. The 95% range draws merged changes as wholes.",
    needs: &[Need::History, Need::Lines(DAYS)],
    compute: |measured| {
        let Some(lifetimes) = &measured.lifetimes else { return Measurement::missing(NEEDS_REPOSITORY) };
        let churn = lifetimes.churn(DAYS);
        let value = Quantity::ratio(churn.dead, churn.born);
        Measurement {
            value,
            numerator: Some(Quantity::Count(churn.dead)),
            denominator: Some(Quantity::Count(churn.born)),
            n: churn.born,
            coverage: Quantity::ratio(churn.born, churn.born + churn.censored),
            interval: interval::share(Clusters::of_counts(lifetimes.churn_by_landing(DAYS).into_iter()).interval()),
            basis: Form::Mainline.into(),
            missing: value.is_none().then_some("no line of the period is 14 days old yet"),
        }
    },
};
