//! From the sums of the ledger.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::Form;

pub(super) static DOUBTFUL_OUTPUT: Metric = Metric {
    id: "doubtful-output",
    code: "H6",
    name: "Under-reported output",
    unit: "share of records",
    about: "Share of records whose recorded output is a placeholder: the text in the log is at least twice as long as the recorded \
            tokens, and at least 50 tokens longer, at four characters a token.\n\
            Some versions of Claude Code write such counts. Figures use the recorded count; the report says what the estimate would \
            add.",
    needs: &[],
    compute: |measured| {
        let value = Quantity::ratio(measured.spend.doubtful_records, measured.spend.records);
        Measurement {
            value,
            numerator: Some(Quantity::Count(measured.spend.doubtful_records)),
            denominator: Some(Quantity::Count(measured.spend.records)),
            n: measured.spend.records,
            basis: Form::Estimated.into(),
            missing: value.is_none().then_some("no records in the period"),
            ..Measurement::default()
        }
    },
};
