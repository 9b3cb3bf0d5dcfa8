//! H5 Recall of strong links: how much strong links find where explicit ones tell.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct LinkRecall;

impl Metric for LinkRecall {
    fn id(&self) -> &'static str {
        "link-recall"
    }

    fn code(&self) -> &'static str {
        "H5"
    }

    fn name(&self) -> &'static str {
        "Recall of strong links"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Explicit evidence is hidden and everything is linked again: of the list cost with explicit links, the share that strong \
         evidence gives to a landing which the session is explicitly linked to.\n\
         Read it with the precision; neither may carry over to records without explicit evidence."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let score = linked.calibration.scores.get(&crate::model::link::Tier::Strong).copied().unwrap_or_default();
        let truth = linked.calibration.truth;
        let enough = linked.calibration.is_enough() && truth.nanos() > 0;
        Measurement {
            value: enough.then(|| Quantity::Ratio(score.agreed.nanos(), truth.nanos())),
            numerator: Some(Quantity::Money(score.agreed)),
            denominator: Some(Quantity::Money(truth)),
            n: linked.calibration.pairs,
            basis: "list",
            missing: (!enough).then_some(super::NOT_CALIBRATED),
            ..Measurement::default()
        }
    }
}
