//! V10 Deletion credit: old lines that linked landings took away, which cost per line does not see.

use super::{Measurement, Metric, NOTHING_LINKED, Quantity, View};

/// See [`Metric::about`].
pub(super) struct DeletionCredit;

impl Metric for DeletionCredit {
    fn id(&self) -> &'static str {
        "deletion-credit"
    }

    fn code(&self) -> &'static str {
        "V10"
    }

    fn name(&self) -> &'static str {
        "Old lines removed by linked landings"
    }

    fn unit(&self) -> &'static str {
        "lines"
    }

    fn about(&self) -> &'static str {
        "Effective lines older than 90 days that landings with linked spend deleted or replaced in the period.\n\
         The denominator holds all effective lines that they took away; those born before what was read are of unknown age and \
         in neither number (`coverage`). Work that makes code smaller costs much per line: this is its other side."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let sum = |of: fn(&crate::measure::linked::Removed) -> u64| {
            linked.landings.iter().map(|one| of(&one.removed)).sum::<u64>()
        };
        let (old, known, all) = (sum(|one| one.old), sum(|one| one.known), sum(|one| one.all));
        let any = !linked.landings.is_empty();
        Measurement {
            value: any.then_some(Quantity::Count(old)),
            denominator: Some(Quantity::Count(known)),
            n: linked.landings.len() as u64,
            coverage: Quantity::ratio(known, all),
            basis: "mainline, linked",
            missing: (!any).then_some(NOTHING_LINKED),
            ..Measurement::default()
        }
    }
}
