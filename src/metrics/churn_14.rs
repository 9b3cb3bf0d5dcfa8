//! W2 Dead within 14 days: the share of lines landed in the period that died within 14 days.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// The days.
const DAYS: u32 = 14;

/// See [`Metric::about`].
pub(super) struct Churn14;

impl Metric for Churn14 {
    fn id(&self) -> &'static str {
        "churn-14"
    }

    fn code(&self) -> &'static str {
        "W2"
    }

    fn name(&self) -> &'static str {
        "Dead within 14 days"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Lines born on the mainline in the period that died within 14 days, over those that could be watched for 14 days.\n\
         A line dies when it is deleted or replaced; moved, renamed and re-indented lines live on, and a revert gives \
         lines back. Lines too young to tell are in neither number. Excluded files, bots and commits of \
         .git-blame-ignore-revs are left out. What is fixed after two weeks is not seen: look at survival too. \
         The interval draws landings as wholes."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(lifetimes) = &view.lifetimes else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let churn = lifetimes.churn(DAYS);
        let value = Quantity::ratio(churn.dead, churn.born);
        Measurement {
            value,
            numerator: Some(Quantity::Count(churn.dead)),
            denominator: Some(Quantity::Count(churn.born)),
            n: churn.born,
            coverage: Quantity::ratio(churn.born, churn.born + churn.censored),
            interval: interval::share(Clusters::of_counts(lifetimes.churn_by_landing(DAYS).into_iter()).interval()),
            basis: "mainline",
            missing: value.is_none().then_some("no line of the period could be watched for 14 days yet"),
        }
    }
}
