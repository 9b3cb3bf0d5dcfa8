//! From linking again with the recorded evidence hidden.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOT_CALIBRATED, Need, Quantity};
use crate::model::link::Tier;

pub(super) static LINK_PRECISION: Metric = Metric {
    id: "link-precision",
    code: "H5",
    name: "Precision of matched links",
    unit: "ratio",
    about: "Recorded evidence is hidden and everything is linked again. Of the cost of records with recorded links that \
            matched evidence then traces to a merged change, this is the share that goes to a change the session is \
            recorded for.\n\
            Records with recorded evidence are not a random sample (certain tools, certain people), so it may not hold for the \
            rest.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let score = linked.calibration.scores.get(&Tier::Strong).copied().unwrap_or_default();
        let enough = linked.calibration.is_enough() && score.claimed.nanos() > 0;
        Measurement {
            value: enough.then(|| Quantity::Ratio(score.agreed.nanos(), score.claimed.nanos())),
            numerator: Some(Quantity::Money(score.agreed)),
            denominator: Some(Quantity::Money(score.claimed)),
            n: score.pairs,
            basis: linked.calibration.prices.basis(),
            missing: (!enough).then_some(NOT_CALIBRATED),
            ..Measurement::default()
        }
    },
};
