//! H7 Sensitivity: how far the headline moves with the thresholds.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Quantity, View};
use crate::fate::{Tone, Waterfall};

/// See [`Metric::about`].
pub(super) struct Sensitivity;

impl Metric for Sensitivity {
    fn id(&self) -> &'static str {
        "avoidable-share"
    }

    fn code(&self) -> &'static str {
        "H7"
    }

    fn name(&self) -> &'static str {
        "Avoidable candidates, by thresholds"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "Spend of the avoidable classes of the bar over the settled spend, under the usual thresholds; `lo` and `hi` are the \
         least and the most of it under strict, usual and broad ones, and no interval of chance.\n\
         Strict takes only typed fixes, lines up to 30 days old and rewrites within 7; broad takes hinted fixes, 180 days and 30. \
         `fates.sensitivity` has all sets."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        if view.linked.is_none() {
            return Measurement { missing: Some(NEEDS_REPOSITORY), ..Measurement::default() };
        }
        let share = |one: &Waterfall| {
            let (part, settled) = (one.of_tone(Tone::Avoidable), one.known_fate());
            (settled.nanos() > 0).then(|| Quantity::Ratio(part.nanos(), settled.nanos()))
        };
        let value = share(&view.fates);
        let mut all: Vec<Quantity> = view.other_fates.iter().chain([&view.fates]).filter_map(share).collect();
        all.sort_by(|a, b| a.as_f64().total_cmp(&b.as_f64()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(view.fates.of_tone(Tone::Avoidable))),
            denominator: Some(Quantity::Money(view.fates.known_fate())),
            n: view.fates.judged,
            coverage: view.linked_share(),
            interval: all.first().copied().zip(all.last().copied()),
            basis: "list, linked and settled",
            missing: value.is_none().then_some("no spend is settled yet"),
        }
    }
}
