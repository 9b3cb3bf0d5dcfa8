//! V4 Tokens per merged line: All-in form: every token in the period, whatever it was spent on, over the
//! effective lines merged in the same period.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct TokensPerMergedLine;

impl Metric for TokensPerMergedLine {
    fn id(&self) -> &'static str {
        "tokens-per-merged-line"
    }

    fn code(&self) -> &'static str {
        "V4"
    }

    fn name(&self) -> &'static str {
        "Tokens per merged line"
    }

    fn unit(&self) -> &'static str {
        "tokens per line"
    }

    fn about(&self) -> &'static str {
        "All-in form: every token in the period, whatever it was spent on, over the effective lines merged in \
         the same period.\n\
         An upper bound on what a line took, for exploration, reviews, abandoned work and other repositories \
         are in it. Never read it alone: padding code improves it."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(landed) = view.landed else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let value = Quantity::ratio(view.development.tokens.total(), landed.totals.added_effective);
        Measurement {
            value,
            numerator: Some(Quantity::Count(view.development.tokens.total())),
            denominator: Some(Quantity::Count(landed.totals.added_effective)),
            n: landed.totals.commits,
            basis: "all-in",
            missing: value.is_none().then_some(super::NOTHING_LANDED),
            ..Measurement::default()
        }
    }
}
