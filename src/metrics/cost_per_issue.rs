//! V7 Cost per issue closed: spend linked to landings that name a closed issue.

use super::{Measurement, Metric, NEEDS_OUTCOMES, NEEDS_REPOSITORY, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerIssue;

impl Metric for CostPerIssue {
    fn id(&self) -> &'static str {
        "cost-per-issue"
    }

    fn code(&self) -> &'static str {
        "V7"
    }

    fn name(&self) -> &'static str {
        "Cost per issue closed, linked"
    }

    fn unit(&self) -> &'static str {
        "USD per issue"
    }

    fn about(&self) -> &'static str {
        "List cost linked to landings whose messages or branches name an issue that was closed in the period, over those issues.\n\
         A landing that names several issues is split equally. An issue opened again within 14 days was not closed. Issues \
         without linked spend are in neither part: the coverage is the share of closed issues that have some. Splitting \
         tickets lowers it; `outcomes` in the document tells the landings per issue."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let missing = |reason| Measurement { missing: Some(reason), ..Measurement::default() };
        let Some(sum) = view.outcomes.as_ref() else { return missing(NEEDS_OUTCOMES) };
        if view.linked.is_none() {
            return missing(NEEDS_REPOSITORY);
        }
        let value = Quantity::money_per(sum.cost, sum.linked);
        Measurement {
            value,
            numerator: Some(Quantity::Money(sum.cost)),
            denominator: Some(Quantity::Count(sum.linked)),
            n: sum.linked,
            coverage: Quantity::ratio(sum.linked, sum.issues),
            interval: None,
            basis: "list, linked",
            missing: value.is_none().then_some("no issue closed in the period is named by a landing with linked spend"),
        }
    }
}
