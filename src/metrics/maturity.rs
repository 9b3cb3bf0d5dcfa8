//! From where each dollar went.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::fate::Class;

pub(super) static MATURITY: Metric = Metric {
    id: "maturity",
    code: "H4",
    name: "Spend old enough to be judged",
    unit: "share",
    about: "Spend that is not too early to judge over all spend: merged changes that are at least 30 days old, unmerged work that \
            rested for 30 days, and spend that is not expected to become code.\n\
            A recent period has little of it, and its shares rest on that little: audit it again when it is older.",
    needs: &[Need::History],
    compute: |measured| {
        if measured.linked.is_none() {
            return Measurement::missing(NEEDS_REPOSITORY);
        }
        let total = measured.fates.total;
        let old = total - measured.fates.class(Class::InFlight);
        let value = (total.nanos() > 0).then(|| Quantity::Ratio(old.nanos(), total.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(old)),
            denominator: Some(Quantity::Money(total)),
            n: measured.fates.judged,
            basis: measured.development.prices.basis(),
            missing: value.is_none().then_some("no spend in the period has a price"),
            ..Measurement::default()
        }
    },
};
