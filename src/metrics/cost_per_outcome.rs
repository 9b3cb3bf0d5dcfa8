//! V8 Cost per outcome: the spend of the window over what a company counts as outcomes.

use super::{Measurement, Metric, NEEDS_OUTCOMES, Quantity, View};

/// See [`Metric::about`].
pub(super) struct CostPerOutcome;

impl Metric for CostPerOutcome {
    fn id(&self) -> &'static str {
        "cost-per-outcome"
    }

    fn code(&self) -> &'static str {
        "V8"
    }

    fn name(&self) -> &'static str {
        "Cost per outcome, all-in"
    }

    fn unit(&self) -> &'static str {
        "USD per outcome"
    }

    fn about(&self) -> &'static str {
        "Spend of application traffic ([scope] in tokaudit.toml), or all spend where nothing tells it apart, over the outcomes counted in it (rows of --outcomes without an issue's key), those taken back \
         left out of the count.\n\
         What counts as an outcome is the company's own definition: write it into [outcomes] of tokaudit.toml, and the document \
         carries the text and its hash, so that a changed definition shows. Nothing here says that the tokens caused them."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(sum) = view.outcomes.as_ref() else {
            return Measurement { missing: Some(NEEDS_OUTCOMES), ..Measurement::default() };
        };
        // A product's own traffic is what its outcomes cost, where the configuration tells it apart.
        let scope = if view.application.records > 0 { &view.application } else { &view.spend };
        let kept = sum.counted.saturating_sub(sum.reversed);
        let value = scope.cost.and_then(|cost| Quantity::money_per(cost, kept));
        Measurement {
            value,
            numerator: scope.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(kept)),
            n: kept,
            coverage: None,
            interval: None,
            basis: "list, all-in",
            missing: value.is_none().then_some("no outcome without an issue's key lies in the period"),
        }
    }
}
