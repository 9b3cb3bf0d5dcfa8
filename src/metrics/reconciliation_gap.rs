//! S9 Reconciliation gap: How much the logs tell of, against the bill of the same providers and days.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct ReconciliationGap;

impl Metric for ReconciliationGap {
    fn id(&self) -> &'static str {
        "reconciliation-gap"
    }

    fn code(&self) -> &'static str {
        "S9"
    }

    fn name(&self) -> &'static str {
        "Reconciliation gap"
    }

    fn unit(&self) -> &'static str {
        "share of the bill"
    }

    fn about(&self) -> &'static str {
        "(logged - billed) / billed, over the providers and UTC days that several kinds of sources saw: an invoice, the \
         vendor's usage, a gateway, telemetry, transcripts.\n\
         Billed is what the source nearest to the invoice tells, logged what the finest source tells; both are summed \
         per provider and day, and by model where both name one. Spend counts the billed amount once; the difference \
         stands apart as unreconciled.\n\
         Below zero: usage that no log shows (another machine, a deleted log, seats and fees). Above zero: logged usage \
         that was not billed (a plan, a discount, another account), or list prices above yours. More than 5% either \
         way deserves a look; gaps of opposite signs cancel in the sum, so look at `spend --by provider --by day` too."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let logged = view.spend.explained;
        let billed = logged + view.spend.unreconciled;
        let value = (billed.nanos() > 0).then(|| Quantity::Ratio((logged - billed).nanos(), billed.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(logged - billed)),
            denominator: Some(Quantity::Money(billed)),
            n: view.spend.overlapping_records,
            basis: "billed",
            missing: value.is_none().then_some("needs a bill and logs of the same provider and days"),
            ..Measurement::default()
        }
    }
}
