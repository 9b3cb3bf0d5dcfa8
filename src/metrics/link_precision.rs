//! H5 Precision of strong links: how right strong links are where explicit ones tell.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct LinkPrecision;

impl Metric for LinkPrecision {
    fn id(&self) -> &'static str {
        "link-precision"
    }

    fn code(&self) -> &'static str {
        "H5"
    }

    fn name(&self) -> &'static str {
        "Precision of strong links"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Explicit evidence is hidden and everything is linked again: of the list cost that strong evidence then gives to a \
         landing, among records with explicit links, the share that goes to a landing which the session is explicitly \
         linked to.\n\
         Explicit records are no random sample (certain tools, certain people), so it may not carry over to the rest."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let score = linked.calibration.scores.get(&crate::model::link::Tier::Strong).copied().unwrap_or_default();
        let enough = linked.calibration.is_enough() && score.claimed.nanos() > 0;
        Measurement {
            value: enough.then(|| Quantity::Ratio(score.agreed.nanos(), score.claimed.nanos())),
            numerator: Some(Quantity::Money(score.agreed)),
            denominator: Some(Quantity::Money(score.claimed)),
            n: score.pairs,
            basis: "list",
            missing: (!enough).then_some(super::NOT_CALIBRATED),
            ..Measurement::default()
        }
    }
}
