//! From an export of outcomes and the sums of the ledger.

use super::{Measurement, Metric, NEEDS_OUTCOMES, Quantity};
use crate::model::basis::Form;

pub(super) static COST_PER_OUTCOME: Metric = Metric {
    id: "cost-per-outcome",
    code: "V8",
    name: "Cost per outcome, everything included",
    unit: "USD per outcome",
    about: "Spend of application traffic ([scope] in tokaudit.toml), or all spend where no traffic is marked so, over the outcomes \
            of the period: rows of --outcomes without an issue's key, less those that were reversed.\n\
            What counts as an outcome is your own definition. Write it into [outcomes] of tokaudit.toml: the document carries the \
            text and its hash, so that a changed definition shows. Nothing here says that the tokens caused the outcomes.",
    needs: &[],
    compute: |measured| {
        let Some(sum) = measured.outcomes.as_ref() else { return Measurement::missing(NEEDS_OUTCOMES) };
        let scope = if measured.application.records > 0 { &measured.application } else { &measured.spend };
        let kept = sum.counted.saturating_sub(sum.reversed);
        let value = scope.cost.and_then(|cost| Quantity::money_per(cost, kept));
        Measurement {
            value,
            numerator: scope.cost.map(Quantity::Money),
            denominator: Some(Quantity::Count(kept)),
            n: kept,
            basis: scope.prices.form(Form::AllIn),
            missing: value.is_none().then_some("no outcome without an issue's key falls in the period"),
            ..Measurement::default()
        }
    },
};
