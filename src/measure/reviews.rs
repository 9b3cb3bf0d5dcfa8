//! What reviews show about the merged pull requests of a window: how long they waited, and which landed without one.
//!
//! - Counted: merged requests by people whose export has reviews; drafts and bots are left out.
//! - A review is one by a person other than the author.
//! - Waiting leaves out whole days of the weekend, in the report's time zone; nights count.
//! - A request counts as assisted when its landing says so, or spend is linked to it by evidence of the headline.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc, Weekday};

use crate::company::reviewed::{Placed, Reviewed};
use crate::history::History;
use crate::link::{Attribution, Sum};
use crate::model::money::Money;
use crate::model::period::{Period, day_of, day_start};

/// With fewer requests there is no median.
const LEAST: usize = 5;

/// Seconds that requests waited, by whether they were assisted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// Assisted ones, from the shortest.
    pub assisted: Vec<i64>,
    /// The others.
    pub other: Vec<i64>,
}

impl Waits {
    /// All of them, from the shortest.
    #[must_use]
    pub fn all(&self) -> Vec<i64> {
        let mut all = [self.assisted.as_slice(), &self.other].concat();
        all.sort_unstable();
        all
    }
}

/// The nearest-rank percentile of sorted waits; `None` for fewer than five.
#[must_use]
pub fn wait(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().filter(|_| sorted.len() >= LEAST)
}

/// The merged requests of a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Those counted.
    pub merged: u64,
    /// Merged ones whose export has no reviews.
    pub untold: u64,
    /// Of those counted, the ones that no other person approved.
    pub unapproved: u64,
    /// Of these, the ones that no other person reviewed at all.
    pub unreviewed: u64,
    /// Linked spend of each counted, with whether it was approved.
    pub costs: Vec<(Money, bool)>,
    /// From opening to the first review.
    pub to_review: Waits,
    /// From the last approval to the merge.
    pub to_merge: Waits,
}

impl Reviews {
    /// Looks at the requests that were merged in a window; `None` where no export has reviews.
    #[must_use]
    pub fn within(
        reviewed: &Reviewed,
        histories: &[History],
        attribution: Option<&Attribution>,
        window: &Period,
        weekend: &[Weekday],
    ) -> Option<Self> {
        if !reviewed.has_reviews() {
            return None;
        }
        let units = attribution.iter().flat_map(|all| all.units.iter().map(|unit| (unit, unit.sum(all.least))));
        let linked: BTreeMap<(usize, usize), Sum> =
            units.filter_map(|(unit, sum)| Some(((unit.repository, unit.landing?), sum))).collect();
        let mut found = Self::default();
        let merged = |pull: &&Placed| pull.merged.is_some_and(|at| window.contains(at)) && !pull.draft && !pull.bot;
        for pull in reviewed.pulls.iter().filter(merged) {
            if !pull.has_reviews {
                found.untold += 1;
                continue;
            }
            let landing = pull.landing.map(|at| (pull.repository, at));
            let sum = landing.and_then(|key| linked.get(&key)).copied().unwrap_or_default();
            let says = landing.is_some_and(|(repository, at)| !histories[repository].commits[at].assisted.is_empty());
            let is_assisted = says || sum.tokens > 0;
            found.merged += 1;
            found.unapproved += u64::from(pull.approved.is_none());
            found.unreviewed += u64::from(pull.first_review.is_none());
            found.costs.push((sum.cost, pull.approved.is_some()));
            for (waits, from, to) in [
                (&mut found.to_review, pull.opened, pull.first_review),
                (&mut found.to_merge, pull.approved, pull.merged),
            ] {
                if let Some(seconds) = from.zip(to).map(|(from, to)| waiting(from, to, window, weekend)) {
                    if is_assisted { &mut waits.assisted } else { &mut waits.other }.push(seconds);
                }
            }
        }
        for waits in [&mut found.to_review, &mut found.to_merge] {
            waits.assisted.sort_unstable();
            waits.other.sort_unstable();
        }
        Some(found)
    }

    /// All that was waited, in seconds.
    #[must_use]
    pub fn waited(&self) -> i64 {
        self.to_review.all().iter().chain(&self.to_merge.all()).sum()
    }
}

/// Seconds from an instant to a later one, whole days of the weekend left out.
fn waiting(from: DateTime<Utc>, to: DateTime<Utc>, window: &Period, weekend: &[Weekday]) -> i64 {
    let (first, last) = (day_of(from, window.tz), day_of(to, window.tz));
    let days = first.iter_days().take_while(|day| *day <= last).filter(|day| !weekend.contains(&day.weekday()));
    days.map(|day| {
        let begin = day_start(day, window.tz).max(from);
        let end = day.succ_opt().map_or(to, |next| day_start(next, window.tz)).min(to);
        (end - begin).num_seconds().max(0)
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn waiting_leaves_out_the_weekend() {
        let window = Period::all(chrono_tz::UTC);
        let weekend = [Weekday::Sat, Weekday::Sun];
        let hours = |from, to| waiting(at(from), at(to), &window, &weekend) / 3600;
        // 2026-05-01 was a Friday.
        assert_eq!(hours("2026-05-01T20:00:00Z", "2026-05-04T02:00:00Z"), 6);
        assert_eq!(hours("2026-05-02T08:00:00Z", "2026-05-03T08:00:00Z"), 0);
        assert_eq!(hours("2026-05-05T08:00:00Z", "2026-05-07T09:00:00Z"), 49);
        assert_eq!(hours("2026-05-05T08:00:00Z", "2026-05-05T07:00:00Z"), 0);
        let berlin = Period::all(chrono_tz::Europe::Berlin);
        // Friday 22:00 UTC is Saturday in Berlin.
        assert_eq!(waiting(at("2026-05-01T21:00:00Z"), at("2026-05-01T23:00:00Z"), &berlin, &weekend), 3600);
    }

    #[test]
    fn ranks_are_the_nearest() {
        assert_eq!(
            (wait(&[1, 2, 3, 4, 9], 50), wait(&[1, 2, 3, 4, 9], 90), wait(&[1, 2, 3, 4], 50)),
            (Some(3), Some(9), None)
        );
    }
}
