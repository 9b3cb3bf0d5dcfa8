//! From the sums of the ledger.

use super::{Measurement, Metric, Quantity};
use crate::model::basis::Form;

pub(super) static TOKENS: Metric = Metric {
    id: "tokens",
    code: "S2",
    name: "Tokens",
    unit: "tokens",
    about: "All tokens of all records: fresh input, reused context (cache reads), stored context (cache writes) and output. No token \
            is in two kinds; reasoning is a part of output.\n\
            Reports show the kinds wherever they show tokens, because a cache read costs about a tenth of fresh input and a total \
            hides that. Tokens never measure work done.",
    needs: &[],
    compute: |measured| Measurement {
        value: Some(Quantity::Count(measured.spend.tokens.total())),
        n: measured.spend.records,
        basis: Form::Recorded.into(),
        ..Measurement::default()
    },
};
