//! C2 Assisted landings beside others: within author, repository and size, never across.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Quantity, View};

/// See [`Metric::about`].
pub(super) struct AssistedDifference;

impl Metric for AssistedDifference {
    fn id(&self) -> &'static str {
        "assisted-churn-difference"
    }

    fn code(&self) -> &'static str {
        "C2"
    }

    fn name(&self) -> &'static str {
        "Lines lost within 30 days, assisted less others"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "Share of a landing's effective lines that died within 30 days, assisted landings less others, inside strata of one author, \
         repository and size band that hold both; positive: lines of assisted landings die more often. Needs 20 landings in such \
         strata.\n\
         `comparison.assisted` has the unadjusted means beside it, and the ratio of how often lines die by a stratified log-rank test. \
         Associated with assistance, not caused by it: who takes a tool for which task, when, and in which part of the code is \
         not random, and a landing that nothing calls assisted may be."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(found) = &view.cohorts else {
            return Measurement { missing: Some(NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let value = found.adjusted.map(|one| (one.value, one.value));
        let all = found.landings.0 + found.landings.1;
        Measurement {
            value: crate::statistics::interval::number(value).map(|(value, _)| value),
            n: found.strata.1 as u64,
            coverage: Quantity::ratio(found.strata.1 as u64, all as u64),
            interval: crate::statistics::interval::number(found.adjusted.map(|one| (one.lo, one.hi))),
            basis: "mainline, within author, repository and size",
            missing: value.is_none().then_some("fewer than 20 landings in strata that hold assisted ones and others"),
            ..Measurement::default()
        }
    }
}
