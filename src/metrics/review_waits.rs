//! From an export of pull requests with their reviews.

use super::{Measured, Measurement, Metric, NEEDS_REVIEWS, Need, Quantity};
use crate::measure::reviews::{Reviews, Waits, wait};
use crate::measure::sayable::LEAST_PULL_REQUESTS;
use crate::model::basis::Form;

pub(super) static TO_REVIEW: Metric = Metric {
    id: "review-wait-hours",
    code: "W16",
    name: "Hours from opening to the first review",
    unit: "hours",
    about: "Median hours that pull requests merged in the period waited from their opening to the first review by another person. \
            Whole days of the weekend are left out ([reviews] weekend; Saturday and Sunday), nights count.\n\
            Drafts, bots and pull requests that nobody reviewed are left out: read it beside no-review-share, because approving \
            without reading shortens it. `reviews` shows AI-assisted pull requests and the others separately. These are hours of \
            people, never a part of token spend.",
    needs: &[Need::Units(LEAST_PULL_REQUESTS, "merged pull requests with both times")],
    compute: |measured| median_wait(measured, |reviews| &reviews.to_review),
};

pub(super) static TO_MERGE: Metric = Metric {
    id: "merge-wait-hours",
    code: "W16",
    name: "Hours from the last approval to the merge",
    unit: "hours",
    about: "Median hours that pull requests merged in the period waited from the last approval by another person to their merge, \
            without whole days of the weekend; nights count.\n\
            Checks and release windows are in it. Never a part of token spend.",
    needs: &[Need::Units(LEAST_PULL_REQUESTS, "merged pull requests with both times")],
    compute: |measured| median_wait(measured, |reviews| &reviews.to_merge),
};

fn median_wait(measured: &Measured, waits: fn(&Reviews) -> &Waits) -> Measurement {
    let Some(reviews) = &measured.reviews else { return Measurement::missing(NEEDS_REVIEWS) };
    let all = waits(reviews).all();
    let value = wait(&all, 50).map(|seconds| Quantity::Ratio(i128::from(seconds), 3600));
    Measurement {
        value,
        n: all.len() as u64,
        coverage: Quantity::ratio(all.len() as u64, reviews.merged + reviews.untold),
        basis: Form::PullRequestMedian.into(),
        missing: value.is_none().then_some("fewer than five merged pull requests have both times"),
        ..Measurement::default()
    }
}
