//! From the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;

pub(super) static MERGED_LINES: Metric = Metric {
    id: "merged-lines",
    code: "V1",
    name: "Merged lines",
    unit: "lines",
    about: "Lines that count, added on the main branch (first parent) in the period. A line counts when it has more than three \
            characters after trimming, is not only punctuation, and is in no lock file, generated, vendored, minified or build file. \
            Commits by bots are left out. The denominator is all lines added.\n\
            Lines are not value. Read them beside the lines deleted, and never make them a target.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(landed) = measured.landed else { return Measurement::missing(NEEDS_REPOSITORY) };
        Measurement {
            value: Some(Quantity::Count(landed.totals.added_effective)),
            numerator: Some(Quantity::Count(landed.totals.added_effective)),
            denominator: Some(Quantity::Count(landed.totals.added)),
            n: landed.totals.commits,
            basis: Form::Mainline.into(),
            ..Measurement::default()
        }
    },
};
