//! H1 Coverage: the share of spend that is tied to code.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct Coverage;

impl Metric for Coverage {
    fn id(&self) -> &'static str {
        "coverage"
    }

    fn code(&self) -> &'static str {
        "H1"
    }

    fn name(&self) -> &'static str {
        "Coverage"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Share of the list cost that is linked to a landing, a commit or a branch by evidence of the headline's tiers \
         (explicit and strong, unless --min-tier says otherwise).\n\
         The rest is not waste: it is unlinked for a reason that the report names. Every ratio over linked spend is to be \
         read beside it."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let total = linked.attribution.total.cost;
        let part = linked.attribution.linked(linked.attribution.least).cost;
        let value = (total.nanos() > 0).then(|| Quantity::Ratio(part.nanos(), total.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(part)),
            denominator: Some(Quantity::Money(total)),
            n: view.spend.records,
            basis: "list",
            missing: value.is_none().then_some("no record of the period has a list price"),
            ..Measurement::default()
        }
    }
}
