//! W1 Deleted to added: Effective lines deleted over effective lines added on the mainline in the period.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct DelAddRatio;

impl Metric for DelAddRatio {
    fn id(&self) -> &'static str {
        "del-add-ratio"
    }

    fn code(&self) -> &'static str {
        "W1"
    }

    fn name(&self) -> &'static str {
        "Deleted to added"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "Effective lines deleted over effective lines added on the mainline in the period.\n\
         Removing old code raises it too, so a rise alone is no alarm. Vendors call this, and two other \
         things, churn; the word is not used here."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(landed) = view.landed else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let value = Quantity::ratio(landed.totals.deleted_effective, landed.totals.added_effective);
        Measurement {
            value,
            numerator: Some(Quantity::Count(landed.totals.deleted_effective)),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            basis: "mainline",
            missing: value.is_none().then_some(super::NOTHING_LANDED),
            ..Measurement::default()
        }
    }
}
