//! From the sums of the ledger and the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LANDED, Need, Quantity};
use crate::model::basis::Form;

/// A metric that the page reads by itself, too.
pub static TOKENS_PER_MERGED_LINE: Metric = Metric {
    id: "tokens-per-merged-line",
    code: "V4",
    name: "Tokens per merged line",
    unit: "tokens per line",
    about: "Everything included: all tokens of the period, whatever they were spent on, over the merged lines that count of the same \
            period.\n\
            A ceiling for what a line took, because exploration, reviews, work never merged and other repositories are in it. Never \
            read it alone: padding code improves it.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(landed) = measured.landed else { return Measurement::missing(NEEDS_REPOSITORY) };
        let value = Quantity::ratio(measured.development.tokens.total(), landed.totals.added_effective);
        Measurement {
            value,
            numerator: Some(Quantity::Count(measured.development.tokens.total())),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            basis: Form::AllIn.into(),
            missing: value.is_none().then_some(NOTHING_LANDED),
            ..Measurement::default()
        }
    },
};
