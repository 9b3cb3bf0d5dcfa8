//! V2 Merged pull requests: how many landed, and how large they are.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct MergedPullRequests;

impl Metric for MergedPullRequests {
    fn id(&self) -> &'static str {
        "merged-pull-requests"
    }

    fn code(&self) -> &'static str {
        "V2"
    }

    fn name(&self) -> &'static str {
        "Merged pull requests"
    }

    fn unit(&self) -> &'static str {
        "PRs"
    }

    fn about(&self) -> &'static str {
        "Distinct pull requests that landings of the period name or an export ties to them, bots left out.\n\
         `pull_requests.bands` has them by effective lines added and deleted (XS below 10, S 30, M 100, L 500, XL), with the \
         median size and the linked cost of each band: splitting pull requests raises the count and shows there."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(bands) = &view.size_bands else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        Measurement {
            value: Some(Quantity::Count(bands.merged())),
            n: bands.merged(),
            basis: "mainline",
            ..Measurement::default()
        }
    }
}
