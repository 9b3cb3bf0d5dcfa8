//! From the sums of the ledger, where several kinds of sources saw the same spend.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::{Basis, Price};

pub(super) static RECONCILIATION_GAP: Metric = Metric {
    id: "reconciliation-gap",
    code: "S9",
    name: "Reconciliation gap",
    unit: "share of the bill",
    about: "(logged - billed) / billed, over the providers and UTC days that several kinds of sources saw: an invoice, the vendor's \
            usage report, a gateway, telemetry, session logs.\n\
            Billed is what the source nearest to the invoice says, logged what the most detailed source says. Both are summed per \
            provider and day, and by model where both name one. Spend counts the billed amount once; the difference is shown \
            separately as unreconciled.\n\
            Below zero: usage that no log shows (another machine, a deleted log, seats and fees). Above zero: logged usage that was \
            not billed (a plan, a discount, another account), or list prices above yours. More than 5% either way deserves a look. \
            Gaps in opposite directions cancel out in the sum, so look at `spend --by provider --by day` too.",
    needs: &[],
    compute: |measured| {
        let logged = measured.spend.explained;
        let billed = logged + measured.spend.unreconciled;
        let value = (billed.nanos() > 0).then(|| Quantity::Ratio((logged - billed).nanos(), billed.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(logged - billed)),
            denominator: Some(Quantity::Money(billed)),
            n: measured.spend.overlapping_records,
            basis: Basis { price: Some(Price::Billed), form: None },
            missing: value.is_none().then_some("needs a bill and logs of the same provider and days"),
            ..Measurement::default()
        }
    },
};
