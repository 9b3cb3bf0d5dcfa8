//! W16 Waiting for reviews: hours from opening to the first review, and from the last approval to the merge.

use super::{Measurement, Metric, NEEDS_REVIEWS, Quantity, View};
use crate::measure::reviews::{Reviews, Waits, wait};

/// One stretch of waiting.
pub(super) struct ReviewWait {
    id: &'static str,
    name: &'static str,
    about: &'static str,
    of: fn(&Reviews) -> &Waits,
}

pub(super) static TO_REVIEW: ReviewWait = ReviewWait {
    id: "review-wait-hours",
    name: "Hours from opening to the first review",
    about: "Median hours that pull requests merged in the period waited from their opening to the first review by another \
            person, whole days of the weekend left out ([reviews] weekend; Saturday and Sunday), nights counted.\n\
            Drafts and bots are left out, and so is what nobody reviewed: read it beside no-review-share, since rubber stamps \
            shorten it. Assisted requests and the others stand apart in `reviews`. Hours of people; never in a sum of tokens' dollars.",
    of: |reviews| &reviews.to_review,
};
pub(super) static TO_MERGE: ReviewWait = ReviewWait {
    id: "merge-wait-hours",
    name: "Hours from the last approval to the merge",
    about: "Median hours that pull requests merged in the period waited from the last approval by another person to their \
            merge, whole days of the weekend left out, nights counted.\n\
            It holds checks and release windows, too. Never in a sum of tokens' dollars.",
    of: |reviews| &reviews.to_merge,
};

impl Metric for ReviewWait {
    fn id(&self) -> &'static str {
        self.id
    }

    fn code(&self) -> &'static str {
        "W16"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn unit(&self) -> &'static str {
        "hours"
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(reviews) = &view.reviews else {
            return Measurement { missing: Some(NEEDS_REVIEWS), ..Measurement::default() };
        };
        let all = (self.of)(reviews).all();
        let value = wait(&all, 50).map(|seconds| Quantity::Ratio(i128::from(seconds), 3600));
        Measurement {
            value,
            n: all.len() as u64,
            coverage: Quantity::ratio(all.len() as u64, reviews.merged + reviews.untold),
            basis: "merged pull requests, median",
            missing: value.is_none().then_some("fewer than five merged pull requests tell both times"),
            ..Measurement::default()
        }
    }
}
