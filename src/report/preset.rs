//! The shape of a vendor's published figure, from the company's own history, beside the bar.
//!
//! Entelligence (May 2026, 2,444 organisations): of every AI dollar $0.44 fixing, $0.27 rewriting, $0.11 review friction. The
//! formula is unpublished; what is known is that types of pull requests are counted. So here:
//!
//! - fixing: merged pull requests that mend or are upkeep, over all (landings, where none names a pull request);
//! - rewriting: of the rest, the share of lines born in the period that died within 7 days;
//! - review: of the rest, the share of commits that were written after the first review; absent without reviews;
//! - the rest reaches the product.
//!
//! Counts of requests and lines, no dollars: it sums to one, and says nothing of what anything cost.

use serde::Serialize;

use super::page::columns;
use super::page::{Cell, Section, Table};
use crate::company::reviewed::Reviewed;
use crate::fate::{Mending, is_mending_or_upkeep};
use crate::history::History;
use crate::measure::lifetimes::Lifetimes;
use crate::model::period::Period;
use crate::model::quantity::Quantity;

/// Days within which a line counts as discarded.
const DAYS: u32 = 7;

/// A figure of a vendor's shape.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PresetDoc {
    /// Whose.
    pub preset: &'static str,
    /// What it is worth.
    pub label: &'static str,
    /// Parts of a dollar; they sum to one.
    pub parts: Vec<PartDoc>,
    /// Pull requests, or landings, behind it.
    pub n: u64,
}

/// One part of a dollar.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PartDoc {
    /// `fixing`, `rewriting`, `review_friction` or `product`.
    pub part: &'static str,
    /// Its share; `null` where the inputs do not tell, and then it stands in the product.
    pub share: Option<Quantity>,
    /// What the vendor published for 2,444 organisations.
    pub published: Quantity,
}

/// The label that stands beside every such figure.
const LABEL: &str = "shape only, vendor formula unpublished";

impl PresetDoc {
    /// Entelligence's shape; `None` when nothing landed.
    pub(super) fn entelligence(
        histories: &[History],
        reviewed: &Reviewed,
        lifetimes: Option<&Lifetimes>,
        window: &Period,
    ) -> Option<Self> {
        let landed = || {
            let inside = histories.iter().flat_map(|history| &history.commits);
            inside.filter(|commit| !commit.bot && window.contains(commit.commit_time))
        };
        let named = landed().any(|commit| commit.pull_request.is_some());
        let counted = || landed().filter(|commit| !named || commit.pull_request.is_some());
        let n = counted().count() as u64;
        let mending = counted().filter(|commit| is_mending_or_upkeep(commit, Mending::Worded)).count() as u64;
        let fixing = Quantity::ratio(mending, n)?.as_f64();
        let discarded = lifetimes.map(|all| all.churn(DAYS)).and_then(|churn| churn.ratio());
        let merged = reviewed.pulls.iter().filter(|pull| pull.merged.is_some_and(|at| window.contains(at)));
        let (commits, answering) = merged
            .filter(|pull| pull.has_reviews)
            .map(crate::company::reviewed::Placed::answering_commits)
            .fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
        let friction = Quantity::ratio(answering, commits).map(Quantity::as_f64);
        let rewriting = discarded.map(|share| (1.0 - fixing) * share);
        let left = 1.0 - fixing - rewriting.unwrap_or(0.0);
        let friction = friction.map(|share| left * share);
        let millionths = |share: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a share, to the millionth")]
            let parts = (share * 1e6).round() as i128;
            parts
        };
        let parts = [Some(fixing), rewriting, friction].map(|share| share.map(millionths));
        let product = 1_000_000 - parts.iter().flatten().sum::<i128>();
        let part = |(part, share, published): (&'static str, Option<i128>, i128)| PartDoc {
            part,
            share: share.map(|share| Quantity::Ratio(share, 1_000_000)),
            published: Quantity::Ratio(published, 100),
        };
        let all = [
            ("fixing", parts[0], 44),
            ("rewriting", parts[1], 27),
            ("review_friction", parts[2], 11),
            ("product", Some(product), 18),
        ];
        Some(Self { preset: "entelligence", label: LABEL, parts: all.map(part).into(), n })
    }

    /// The table of the page.
    pub(super) fn section(&self) -> Section {
        let cents = |share: Quantity| format!("${:.2}", share.as_f64());
        let row = |part: &PartDoc| {
            vec![
                Cell::text(part.part.replace('_', " ")),
                Cell::Number(part.share.map(cents)),
                Cell::Number(Some(cents(part.published))),
            ]
        };
        Section {
            title: format!("Of $1 after Entelligence ({LABEL})"),
            table: Table {
                columns: columns(&[("part", "part"), ("here", "share"), ("published", "published")]),
                rows: self.parts.iter().map(row).collect(),
            },
            rest: Some(format!(
                "{} pull requests or landings by kind and lines lost within {DAYS} days: counts, and no dollars. The bar \
                 above is weighed by dollars.",
                self.n
            )),
        }
    }
}
