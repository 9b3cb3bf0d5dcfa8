//! From merged pull requests by size.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;

pub(super) static MERGED_PULL_REQUESTS: Metric = Metric {
    id: "merged-pull-requests",
    code: "V2",
    name: "Merged pull requests",
    unit: "PRs",
    about: "Distinct pull requests that merged changes of the period name, or that an export ties to them; those by bots are left \
            out.\n\
            `pull_requests.bands` groups them by the lines that count, added and deleted (XS below 10, S 30, M 100, L 500, XL), with \
            the median size and the traced cost of each group. Splitting pull requests raises this count, and shows there.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(bands) = &measured.size_bands else { return Measurement::missing(NEEDS_REPOSITORY) };
        Measurement {
            value: Some(Quantity::Count(bands.merged())),
            n: bands.merged(),
            basis: Form::Mainline.into(),
            ..Measurement::default()
        }
    },
};
