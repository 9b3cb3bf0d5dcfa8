//! S2 Tokens: All tokens of every kept record: fresh input, cache reads, cache writes and output. The buckets are
//! disjoint; reasoning is a part of output.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct Tokens;

impl Metric for Tokens {
    fn id(&self) -> &'static str {
        "tokens"
    }

    fn code(&self) -> &'static str {
        "S2"
    }

    fn name(&self) -> &'static str {
        "Tokens"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "All tokens of every kept record: fresh input, cache reads, cache writes and output. The buckets are \
         disjoint; reasoning is a part of output.\n\
         Shown by kind wherever it is shown at all, for a cache read costs a tenth of fresh input and a total \
         hides that. Never a measure of work done."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        Measurement {
            value: Some(Quantity::Count(view.spend.tokens.total())),
            n: view.spend.records,
            basis: "recorded",
            ..Measurement::default()
        }
    }
}
