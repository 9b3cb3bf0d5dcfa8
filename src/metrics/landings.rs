//! V2 Landings: First-parent commits on the mainline in the period: merge commits, squashes and direct commits,
//! bots left out. The denominator counts the distinct pull requests that they name.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct Landings;

impl Metric for Landings {
    fn id(&self) -> &'static str {
        "landings"
    }

    fn code(&self) -> &'static str {
        "V2"
    }

    fn name(&self) -> &'static str {
        "Landings"
    }

    fn unit(&self) -> &'static str {
        "commits"
    }

    fn about(&self) -> &'static str {
        "First-parent commits on the mainline in the period: merge commits, squashes and direct commits, bots \
         left out. The denominator counts the distinct pull requests that they name.\n\
         Without an export of pull requests this is all that git tells."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(landed) = view.landed else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let landings = landed.totals.commits - landed.totals.bot_commits;
        Measurement {
            value: Some(Quantity::Count(landings)),
            denominator: Some(Quantity::Count(landed.pull_requests)),
            n: landings,
            basis: "mainline",
            ..Measurement::default()
        }
    }
}
