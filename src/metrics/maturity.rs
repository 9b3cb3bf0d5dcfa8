//! H4 Maturity: how much of the spend is old enough to be judged.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Quantity, View};
use crate::fate::Class;

/// See [`Metric::about`].
pub(super) struct Maturity;

impl Metric for Maturity {
    fn id(&self) -> &'static str {
        "maturity"
    }

    fn code(&self) -> &'static str {
        "H4"
    }

    fn name(&self) -> &'static str {
        "Spend old enough to be judged"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "Spend that is not in flight over all spend: landings watched for 30 days, work at rest for 21, and what expects no code.\n\
         A young period has little of it, and its shares of the bar rest on that little: audit it again when it is older."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        if view.linked.is_none() {
            return Measurement { missing: Some(NEEDS_REPOSITORY), ..Measurement::default() };
        }
        let total = view.fates.total;
        let old = total - view.fates.class(Class::InFlight);
        let value = (total.nanos() > 0).then(|| Quantity::Ratio(old.nanos(), total.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(old)),
            denominator: Some(Quantity::Money(total)),
            n: view.fates.judged,
            basis: "list",
            missing: value.is_none().then_some("no priced spend in the period"),
            ..Measurement::default()
        }
    }
}
