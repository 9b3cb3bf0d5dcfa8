//! From an export of closed issues and the merged changes that name them.

use super::{Measurement, Metric, NEEDS_OUTCOMES, NEEDS_REPOSITORY, Quantity};
use crate::model::basis::Form;

pub(super) static COST_PER_ISSUE: Metric = Metric {
    id: "cost-per-issue",
    code: "V7",
    name: "Cost per issue closed, traced",
    unit: "USD per issue",
    about: "Cost traced to merged changes whose messages or branches name an issue closed in the period, over those issues.\n\
            A change that names several issues is split equally between them. An issue opened again within 14 days does not count \
            as closed. Issues without traced spend are in neither part; `coverage` is the share of closed issues that have some. \
            Splitting tickets lowers it; `outcomes` in the document has the merged changes per issue.",
    needs: &[],
    compute: |measured| {
        let Some(sum) = measured.outcomes.as_ref() else { return Measurement::missing(NEEDS_OUTCOMES) };
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let value = Quantity::money_per(sum.cost, sum.linked);
        Measurement {
            value,
            numerator: Some(Quantity::Money(sum.cost)),
            denominator: Some(Quantity::Count(sum.linked)),
            n: sum.linked,
            coverage: Quantity::ratio(sum.linked, sum.issues),
            basis: linked.prices().form(Form::Linked),
            missing: value
                .is_none()
                .then_some("no merged change with traced spend names an issue closed in the period"),
            ..Measurement::default()
        }
    },
};
