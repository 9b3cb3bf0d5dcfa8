//! From where each dollar went, under several sets of thresholds.

use super::spend_by_fate::NOTHING_JUDGED;
use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::fate::{Tone, Waterfall};
use crate::model::basis::Form;

pub(super) static AVOIDABLE_SHARE: Metric = Metric {
    id: "avoidable-share",
    code: "H7",
    name: "Rework and dead ends, by thresholds",
    unit: "share",
    about: "Spend on rework and dead ends over the spend that can be judged, under the usual thresholds. `lo` and `hi` are its least \
            and its most under strict, usual and broad ones; they are not a 95% range of chance.\n\
            Strict blames only in typed fixes, for lines up to 30 days old, and has rewrites within 7; broad also blames in hinted fixes, \
            with 180 days and 30. A fix that strict does not believe stays part of the job, so that broader sets never accuse less. \
            `fates.sensitivity` has all sets.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| {
        if measured.linked.is_none() {
            return Measurement::missing(NEEDS_REPOSITORY);
        }
        let share = |one: &Waterfall| {
            let (part, judged) = (one.of_tone(Tone::Avoidable), one.known_fate());
            (judged.nanos() > 0).then(|| Quantity::Ratio(part.nanos(), judged.nanos()))
        };
        let value = share(&measured.fates);
        let mut all: Vec<Quantity> = measured.other_fates.iter().chain([&measured.fates]).filter_map(share).collect();
        all.sort_by(|a, b| a.as_f64().total_cmp(&b.as_f64()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(measured.fates.of_tone(Tone::Avoidable))),
            denominator: Some(Quantity::Money(measured.fates.known_fate())),
            n: measured.fates.judged,
            coverage: measured.linked_share(),
            interval: all.first().copied().zip(all.last().copied()),
            basis: measured.fates.settled_prices.form(Form::LinkedAndSettled),
            missing: value.is_none().then_some(NOTHING_JUDGED),
        }
    },
};
