//! From AI-assisted changes beside unmarked ones of the same author, repository and size.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;
use crate::statistics::interval;

pub(super) static ASSISTED_DIFFERENCE: Metric = Metric {
    id: "assisted-churn-difference",
    code: "C2",
    name: "Lines lost within 30 days, AI-assisted less unmarked",
    unit: "share",
    about: "Share of a merged change's lines that were lost within 30 days, AI-assisted changes less unmarked ones, compared within \
            groups of one author, repository and size that have both. Above zero: lines of AI-assisted changes are lost more often. \
            Needs 20 changes in such groups.\n\
            `comparison.assisted` has the plain means beside it, and the ratio of how often lines are lost, by a stratified log-rank \
            test. It goes together with assistance and is not caused by it: who uses a tool for which task, when, and in which part \
            of the code is not random, and an unmarked change may be assisted too.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(found) = &measured.cohorts else { return Measurement::missing(NEEDS_REPOSITORY) };
        let value = found.adjusted.map(|one| (one.value, one.value));
        let all = found.landings.0 + found.landings.1;
        Measurement {
            value: interval::number(value).map(|(value, _)| value),
            n: found.strata.1 as u64,
            coverage: Quantity::ratio(found.strata.1 as u64, all as u64),
            interval: interval::number(found.adjusted.map(|one| (one.lo, one.hi))),
            basis: Form::WithinStrata.into(),
            missing: value
                .is_none()
                .then_some("fewer than 20 changes in groups with both AI-assisted and unmarked ones"),
            ..Measurement::default()
        }
    },
};
