//! From what became of the records that were read.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::Form;

pub(super) static REPEATED_RECORDS: Metric = Metric {
    id: "repeated-records",
    code: "H6",
    name: "Repeats among records read",
    unit: "share of records",
    about: "Share of the records read that are repeats: written again while streaming, or copied into resumed sessions, forks and \
            side conversations.\n\
            Each is counted once. Tools that miss one of these kinds report up to twice the spend.",
    needs: &[],
    compute: |measured| {
        let counts = measured.reconciliation.counts;
        let repeated = counts.duplicate + counts.replayed;
        let value = Quantity::ratio(repeated, counts.records_read);
        Measurement {
            value,
            numerator: Some(Quantity::Count(repeated)),
            denominator: Some(Quantity::Count(counts.records_read)),
            n: counts.records_read,
            basis: Form::AllFiles.into(),
            missing: value.is_none().then_some("nothing was read"),
            ..Measurement::default()
        }
    },
};
