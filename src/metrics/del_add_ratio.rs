//! From the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LANDED, Need, Quantity};
use crate::model::basis::Form;

/// A metric that the page reads by itself, too.
pub static DEL_ADD_RATIO: Metric = Metric {
    id: "del-add-ratio",
    code: "W1",
    name: "Deleted to added",
    unit: "ratio",
    about: "Lines that count deleted on the main branch in the period, over lines that count added.\n\
            Removing old code raises it too, so a rise alone is no reason to worry. Vendors call this `churn`, and two other things as \
            well; that is why it is not called so here.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(landed) = measured.landed else { return Measurement::missing(NEEDS_REPOSITORY) };
        let value = Quantity::ratio(landed.totals.deleted_effective, landed.totals.added_effective);
        Measurement {
            value,
            numerator: Some(Quantity::Count(landed.totals.deleted_effective)),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            basis: Form::Mainline.into(),
            missing: value.is_none().then_some(NOTHING_LANDED),
            ..Measurement::default()
        }
    },
};
