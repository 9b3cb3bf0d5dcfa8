//! W17 Merges without review: pull requests that no other person approved, by number and by linked spend.

use super::{Measurement, Metric, NEEDS_REVIEWS, Quantity, View};
use crate::link::calibrate::wilson;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

/// Fewer requests are no share.
const LEAST: u64 = 5;

/// By number or by spend.
pub(super) struct NoReview {
    by_spend: bool,
}

pub(super) static SHARE: NoReview = NoReview { by_spend: false };
pub(super) static SPEND: NoReview = NoReview { by_spend: true };

impl Metric for NoReview {
    fn id(&self) -> &'static str {
        if self.by_spend { "no-review-spend" } else { "no-review-share" }
    }

    fn code(&self) -> &'static str {
        "W17"
    }

    fn name(&self) -> &'static str {
        if self.by_spend { "Linked spend of PRs merged without approval" } else { "PRs merged without approval" }
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        if self.by_spend {
            "List cost linked to pull requests merged in the period that no other person approved, over that of all of them \
             whose export has reviews.\n\
             A bot's approval is none. What was agreed on elsewhere is not seen."
        } else {
            "Pull requests merged in the period that no other person approved, over all whose export has reviews; drafts and \
             those of bots left out.\n\
             A bot's approval is none. Read it beside review-wait-hours: approving all at once shortens the one and empties the other."
        }
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(reviews) = &view.reviews else {
            return Measurement { missing: Some(NEEDS_REVIEWS), ..Measurement::default() };
        };
        let coverage = Quantity::ratio(reviews.merged, reviews.merged + reviews.untold);
        let enough = reviews.merged >= LEAST;
        if !self.by_spend {
            let value = Quantity::ratio(reviews.unapproved, reviews.merged).filter(|_| enough);
            let ends = wilson(reviews.unapproved, reviews.merged).filter(|_| reviews.merged >= interval::LEAST as u64);
            return Measurement {
                value,
                numerator: Some(Quantity::Count(reviews.unapproved)),
                denominator: Some(Quantity::Count(reviews.merged)),
                n: reviews.merged,
                coverage,
                interval: interval::share(ends),
                basis: "merged pull requests",
                missing: value.is_none().then_some("fewer than five merged pull requests with reviews in the period"),
            };
        }
        let of = |(cost, approved): &(Money, bool)| (if *approved { Money::ZERO } else { *cost }, *cost);
        let (part, whole) =
            reviews.costs.iter().map(of).fold(<(Money, Money)>::default(), |(a, b), (x, y)| (a + x, b + y));
        let linked = reviews.costs.iter().filter(|(cost, _)| *cost > Money::ZERO).count() as u64;
        let value = (whole > Money::ZERO && enough).then(|| Quantity::Ratio(part.nanos(), whole.nanos()));
        let parts: Vec<(Money, Money)> =
            reviews.costs.iter().map(of).filter(|(_, whole)| *whole > Money::ZERO).collect();
        Measurement {
            value,
            numerator: Some(Quantity::Money(part)),
            denominator: Some(Quantity::Money(whole)),
            n: linked,
            coverage,
            interval: interval::share(Clusters::of_shares(parts.into_iter()).interval()),
            basis: "list, linked",
            missing: value.is_none().then_some("too few merged pull requests with reviews and linked spend"),
        }
    }
}
