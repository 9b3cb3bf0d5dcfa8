//! From the commits on the main branch.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;

pub(super) static LANDINGS: Metric = Metric {
    id: "landings",
    code: "V2",
    name: "Merged changes",
    unit: "commits",
    about: "First-parent commits on the main branch in the period: merge commits, squashes and direct commits. Commits by bots are \
            left out. The denominator counts the distinct pull requests that they name.\n\
            Without an export of pull requests, this is all that git knows of them.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(landed) = measured.landed else { return Measurement::missing(NEEDS_REPOSITORY) };
        let landings = landed.totals.commits - landed.totals.bot_commits;
        Measurement {
            value: Some(Quantity::Count(landings)),
            denominator: Some(Quantity::Count(landed.pull_requests)),
            n: landings,
            basis: Form::Mainline.into(),
            ..Measurement::default()
        }
    },
};
