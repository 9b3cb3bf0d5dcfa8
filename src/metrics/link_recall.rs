//! From linking again with the recorded evidence hidden.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOT_CALIBRATED, Need, Quantity};
use crate::model::link::Tier;

pub(super) static LINK_RECALL: Metric = Metric {
    id: "link-recall",
    code: "H5",
    name: "Recall of matched links",
    unit: "ratio",
    about: "Recorded evidence is hidden and everything is linked again. Of the cost with recorded links, this is the share \
            that matched evidence traces to a merged change the session is recorded for.\n\
            Read it beside link-precision; neither may hold for records without recorded evidence.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let score = linked.calibration.scores.get(&Tier::Strong).copied().unwrap_or_default();
        let truth = linked.calibration.truth;
        let enough = linked.calibration.is_enough() && truth.nanos() > 0;
        Measurement {
            value: enough.then(|| Quantity::Ratio(score.agreed.nanos(), truth.nanos())),
            numerator: Some(Quantity::Money(score.agreed)),
            denominator: Some(Quantity::Money(truth)),
            n: linked.calibration.pairs,
            basis: linked.calibration.prices.basis(),
            missing: (!enough).then_some(NOT_CALIBRATED),
            ..Measurement::default()
        }
    },
};
