//! From the merged changes that spend is traced to, and the age of the lines they removed.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LINKED, Need, Quantity};
use crate::measure::linked::Removed;
use crate::model::basis::Form;

pub(super) static DELETION_CREDIT: Metric = Metric {
    id: "deletion-credit",
    code: "V10",
    name: "Old lines removed by traced changes",
    unit: "lines",
    about: "Lines that count, older than 90 days, that merged changes with traced spend deleted or replaced in the period.\n\
            The denominator is all lines that they removed and whose age is known; `coverage` is the share of removed lines whose \
            age is known. Work that makes code smaller looks expensive per line: this is its other side.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let sum = |part: fn(&Removed) -> u64| linked.landings.iter().map(|one| part(&one.removed)).sum::<u64>();
        let (old, known, all) = (sum(|one| one.old), sum(|one| one.known), sum(|one| one.all));
        let any = !linked.landings.is_empty();
        Measurement {
            value: any.then_some(Quantity::Count(old)),
            denominator: Some(Quantity::Count(known)),
            n: linked.landings.len() as u64,
            coverage: Quantity::ratio(known, all),
            basis: Form::MainlineLinked.into(),
            missing: (!any).then_some(NOTHING_LINKED),
            ..Measurement::default()
        }
    },
};
