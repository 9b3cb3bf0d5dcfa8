//! From an export of pull requests with their reviews, and the spend traced to them.

use super::{Measured, Measurement, Metric, NEEDS_REVIEWS, Need, Quantity};
use crate::link::calibrate::wilson;
use crate::measure::reviews::Reviews;
use crate::model::basis::Form;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

/// Fewer pull requests make no share.
const MIN_PULL_REQUESTS: u64 = 5;

pub(super) static SHARE: Metric = Metric {
    id: "no-review-share",
    code: "W17",
    name: "PRs merged without approval",
    unit: "share",
    about: "Pull requests merged in the period that no other person approved, over all whose export has reviews. Drafts and those \
            by bots are left out.\n\
            Approval by a bot does not count. Read it beside review-wait-hours: approving everything at once shortens the wait and \
            empties this share.",
    needs: &[Need::Units(MIN_PULL_REQUESTS, "merged pull requests with reviews")],
    compute: |measured| measured.reviews.as_ref().map_or_else(|| Measurement::missing(NEEDS_REVIEWS), share),
};

pub(super) static SPEND: Metric = Metric {
    id: "no-review-spend",
    code: "W17",
    name: "Traced spend of PRs merged without approval",
    unit: "share",
    about: "Cost traced to pull requests merged in the period that no other person approved, over that of all whose export has \
            reviews.\n\
            Approval by a bot does not count. Agreement given elsewhere does not show.",
    needs: &[],
    compute: |measured| {
        measured
            .reviews
            .as_ref()
            .map_or_else(|| Measurement::missing(NEEDS_REVIEWS), |reviews| spend(measured, reviews))
    },
};

fn coverage(reviews: &Reviews) -> Option<Quantity> {
    Quantity::ratio(reviews.merged, reviews.merged + reviews.untold)
}

fn share(reviews: &Reviews) -> Measurement {
    let value = Quantity::ratio(reviews.unapproved, reviews.merged).filter(|_| reviews.merged >= MIN_PULL_REQUESTS);
    let ends = wilson(reviews.unapproved, reviews.merged).filter(|_| reviews.merged >= interval::MIN_CLUSTERS as u64);
    Measurement {
        value,
        numerator: Some(Quantity::Count(reviews.unapproved)),
        denominator: Some(Quantity::Count(reviews.merged)),
        n: reviews.merged,
        coverage: coverage(reviews),
        interval: interval::share(ends),
        basis: Form::PullRequests.into(),
        missing: value.is_none().then_some("fewer than five merged pull requests with reviews in the period"),
    }
}

fn spend(measured: &Measured, reviews: &Reviews) -> Measurement {
    let unapproved = |(cost, approved): &(Money, bool)| if *approved { Money::ZERO } else { *cost };
    let part: Money = reviews.costs.iter().map(unapproved).sum();
    let whole: Money = reviews.costs.iter().map(|(cost, _)| *cost).sum();
    let parts: Vec<(Money, Money)> =
        reviews.costs.iter().map(|one| (unapproved(one), one.0)).filter(|(_, whole)| *whole > Money::ZERO).collect();
    let value = (whole > Money::ZERO && reviews.merged >= MIN_PULL_REQUESTS)
        .then(|| Quantity::Ratio(part.nanos(), whole.nanos()));
    Measurement {
        value,
        numerator: Some(Quantity::Money(part)),
        denominator: Some(Quantity::Money(whole)),
        n: parts.len() as u64,
        coverage: coverage(reviews),
        interval: interval::share(Clusters::of_shares(parts.into_iter()).interval()),
        basis: measured.linked_prices().form(Form::Linked),
        missing: value.is_none().then_some("too few merged pull requests with reviews and traced spend"),
    }
}
