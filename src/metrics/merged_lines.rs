//! V1 Merged lines: Effective lines added on the mainline (first parent) in the period: more than three
//! characters after trimming, not only punctuation, in files that are not lock files, generated, vendored,
//! minified or build output; commits of bots left out.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct MergedLines;

impl Metric for MergedLines {
    fn id(&self) -> &'static str {
        "merged-lines"
    }

    fn code(&self) -> &'static str {
        "V1"
    }

    fn name(&self) -> &'static str {
        "Merged lines"
    }

    fn unit(&self) -> &'static str {
        "lines"
    }

    fn about(&self) -> &'static str {
        "Effective lines added on the mainline (first parent) in the period: more than three characters after \
         trimming, not only punctuation, in files that are not lock files, generated, vendored, minified or \
         build output; commits of bots left out.\n\
         Lines are not value. Read it beside deletions, and never as a target."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(landed) = view.landed else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        Measurement {
            value: Some(Quantity::Count(landed.totals.added_effective)),
            numerator: Some(Quantity::Count(landed.totals.added_effective)),
            denominator: Some(Quantity::Count(landed.totals.added)),
            n: landed.totals.commits,
            basis: "mainline",
            ..Measurement::default()
        }
    }
}
