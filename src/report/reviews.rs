//! Pull requests and their reviews, for the audit: sizes, waiting, merges without review, and what waiting would cost at an hourly rate.

use serde::Serialize;

use super::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, dollars, many, percent};
use crate::measure::linked::Linked;
use crate::measure::pull_request_costs::PullRequestCosts;
use crate::measure::reviews::{Reviews, Waits, wait};
use crate::measure::sayable::LEAST_PULL_REQUESTS;
use crate::measure::size_bands::{BANDS, Band, SizeBands};
use crate::model::money::Money;
use crate::model::quantity::Quantity;

/// Merged pull requests of the period.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PullRequestsDoc {
    /// How many, bots left out.
    pub merged: u64,
    /// Pull requests that spend is traced to and whose spend has no price; they are in no figure of costs.
    pub without_price: u64,
    /// What those with traced spend that has a price cost; `null` where the git history is cut off.
    pub cost: Option<PullRequestCostDoc>,
    /// Median of effective lines added and deleted; `null` for fewer than five.
    pub median_lines: Option<u64>,
    /// By size.
    pub bands: Vec<BandDoc>,
    /// Their reviews; `null` without an export that has some.
    pub reviews: Option<ReviewsDoc>,
}

/// What a merged pull request costs: one population for all its figures.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PullRequestCostDoc {
    /// Merged pull requests with traced spend that has a price.
    pub n: u64,
    /// More of them, whose spend has no price.
    pub unpriced: u64,
    /// Mean cost, …
    pub mean: Option<Quantity>,
    /// … at least, with 95%; `null` under 20 …
    pub lo: Option<Quantity>,
    /// … and at most.
    pub hi: Option<Quantity>,
    /// Median; `null` under five.
    pub median: Option<Quantity>,
    /// What nine of ten cost at most; `null` under five.
    pub p90: Option<Quantity>,
}

impl From<&PullRequestCosts> for PullRequestCostDoc {
    fn from(one: &PullRequestCosts) -> Self {
        Self {
            n: one.n,
            unpriced: one.unpriced,
            mean: one.mean,
            lo: one.range.map(|ends| ends.0),
            hi: one.range.map(|ends| ends.1),
            median: one.median,
            p90: one.p90,
        }
    }
}

/// Pull requests of one size.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BandDoc {
    /// `XS`, `S`, `M`, `L` or `XL`.
    pub band: &'static str,
    /// The first size above it; `null` is no limit.
    pub below_lines: Option<u64>,
    /// Merged pull requests.
    pub merged: u64,
    /// Of these, with linked spend.
    pub linked: u64,
    /// Their linked cost.
    pub cost_usd: Money,
    /// Median of it over those that have some; `null` for fewer than five.
    pub median_cost_usd: Option<Money>,
}

/// Reviews of merged pull requests.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ReviewsDoc {
    /// Merged pull requests by people, drafts left out, whose export has reviews.
    pub merged: u64,
    /// Others whose export has none.
    pub untold: u64,
    /// Of those counted, not approved by another person.
    pub unapproved: u64,
    /// Of those, not reviewed by another person at all.
    pub unreviewed: u64,
    /// From opening to the first review.
    pub opened_to_review: WaitDoc,
    /// From the last approval to the merge.
    pub approved_to_merge: WaitDoc,
    /// Days that do not count as waiting.
    pub weekend: Vec<String>,
    /// What waiting would cost people if somebody did nothing else; `null` without an hourly rate in the configuration.
    pub human_cost: Option<HumanCostDoc>,
}

/// One stretch of waiting, in hours.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WaitDoc {
    /// Assisted pull requests.
    pub assisted: HoursDoc,
    /// The others.
    pub other: HoursDoc,
}

/// Hours of some pull requests; `null` for fewer than five.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HoursDoc {
    /// Pull requests behind it.
    pub n: u64,
    /// The middle.
    pub median_hours: Option<Quantity>,
    /// The 90th percentile.
    pub p90_hours: Option<Quantity>,
}

/// Hours of people at a stated rate; in no sum of tokens' dollars.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HumanCostDoc {
    /// The rate of the configuration.
    pub hourly_usd: Money,
    /// Hours waited in all.
    pub hours: Quantity,
    /// The product: an upper bound, as if somebody did nothing else meanwhile.
    pub upper_bound_usd: Money,
}

fn hours(sorted: &[i64]) -> HoursDoc {
    let of = |percent| wait(sorted, percent).map(|seconds| Quantity::Ratio(i128::from(seconds), 3600));
    HoursDoc { n: sorted.len() as u64, median_hours: of(50), p90_hours: of(90) }
}

impl PullRequestsDoc {
    pub(super) fn new(
        sizes: &SizeBands,
        linked: Option<&Linked>,
        reviews: Option<&Reviews>,
        hourly: Option<Money>,
        weekend: &[chrono::Weekday],
    ) -> Self {
        let band = |(at, band): (usize, &Band)| {
            let (name, below) = BANDS[at];
            BandDoc {
                band: name,
                below_lines: (below != u64::MAX).then_some(below),
                merged: band.lines.len() as u64,
                linked: band.costs.len() as u64,
                cost_usd: band.costs.iter().copied().sum(),
                median_cost_usd: band
                    .costs
                    .get(band.costs.len() / 2)
                    .copied()
                    .filter(|_| band.costs.len() as u64 >= LEAST_PULL_REQUESTS),
            }
        };
        let review_doc = |one: &Reviews| {
            let waits = |waits: &Waits| WaitDoc { assisted: hours(&waits.assisted), other: hours(&waits.other) };
            let waited = i128::from(one.waited());
            ReviewsDoc {
                merged: one.merged,
                untold: one.untold,
                unapproved: one.unapproved,
                unreviewed: one.unreviewed,
                opened_to_review: waits(&one.to_review),
                approved_to_merge: waits(&one.to_merge),
                weekend: weekend.iter().map(|day| day.to_string().to_lowercase()).collect(),
                human_cost: hourly.map(|rate| HumanCostDoc {
                    hourly_usd: rate,
                    hours: Quantity::Ratio(waited, 3600),
                    upper_bound_usd: Money::from_nanos(rate.nanos() * waited / 3600),
                }),
            }
        };
        Self {
            merged: sizes.merged(),
            without_price: linked.map_or(0, |linked| linked.unpriced_pull_requests),
            cost: linked.map(|linked| PullRequestCostDoc::from(&PullRequestCosts::of(linked))),
            median_lines: sizes.median_lines().filter(|_| sizes.merged() >= LEAST_PULL_REQUESTS),
            bands: sizes.bands.iter().enumerate().map(band).collect(),
            reviews: reviews.map(review_doc),
        }
    }

    /// Lines of the page on reviews.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let Some(reviews) = self.reviews.as_ref().filter(|reviews| reviews.merged > 0) else { return Vec::new() };
        let shown = |hours: &HoursDoc| match hours.median_hours {
            Some(median) => format!("{:.1} h (n={})", median.as_f64(), hours.n),
            None => format!("too few (n={})", hours.n),
        };
        let both =
            |waits: &WaitDoc| format!("AI-assisted {}, unmarked {}", shown(&waits.assisted), shown(&waits.other));
        let detail = format!(
            "of {} approved by another person · to the first review {} · from approval to merge {}; weekends left out",
            many(reviews.merged, "merged PR"),
            both(&reviews.opened_to_review),
            both(&reviews.approved_to_merge)
        );
        let approved = percent(reviews.merged - reviews.unapproved, reviews.merged);
        let mut facts = vec![Fact::new(FactId::Reviews, approved, detail)];
        facts.extend(reviews.human_cost.as_ref().map(|cost| {
            let detail = format!(
                "at most: {:.0} hours of waiting for review and merge at {} an hour, as if nobody did anything else; in no sum \
                 of tokens",
                cost.hours.as_f64(),
                dollars(cost.hourly_usd)
            );
            Fact::new(FactId::HumanCost, dollars(cost.upper_bound_usd), detail)
        }));
        facts
    }

    /// Pull requests by size.
    pub(super) fn section(&self) -> Option<Section> {
        let row = |band: &BandDoc| {
            let lines = band.below_lines.map_or_else(|| "more".to_owned(), |below| format!("under {below}"));
            vec![
                Cell::text(band.band),
                Cell::text(lines),
                Cell::count(band.merged),
                Cell::count(band.linked),
                Cell::Money(Some(band.cost_usd)),
                Cell::figure(band.median_cost_usd.map(Quantity::Money), || {
                    band.median_cost_usd.map(dollars).unwrap_or_default()
                }),
            ]
        };
        let columns = columns(&[
            ("size", "band"),
            ("lines", "below_lines"),
            ("merged", "merged"),
            ("traced", "linked"),
            ("cost", "cost_usd"),
            ("median", "median_cost_usd"),
        ]);
        (self.merged > 0).then(|| Section {
            id: SectionId::PullRequestSizes,
            title: "Merged pull requests by size".to_owned(),
            table: Table { columns, rows: self.bands.iter().map(row).collect() },
            rest: (self.without_price > 0)
                .then(|| format!("{} more used only models without a price", many(self.without_price, "pull request"))),
        })
    }
}
