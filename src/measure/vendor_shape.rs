//! The shape of a vendor's published figure, computed from the company's own history.
//!
//! Entelligence (May 2026, 2,444 organisations): of every AI dollar $0.44 fixing, $0.27 rewriting, $0.11 review friction. The
//! formula is unpublished; it is known that it counts pull requests by type. So here:
//!
//! - fixing: merged pull requests that are fixes or maintenance, over all (landings, where none names a pull request);
//! - rewriting: of the rest, the share of lines born in the period that died within 7 days;
//! - review: of the rest, the share of commits that were written after the first review; unknown without reviews;
//! - the rest reaches the product.
//!
//! These are counts of requests and lines. They sum to one and say nothing about what anything cost.

use crate::company::reviewed::{Placed, Reviewed};
use crate::fate::{FixRule, is_fix_or_maintenance};
use crate::history::History;
use crate::measure::lifetimes::Lifetimes;
use crate::model::period::Period;
use crate::model::quantity::Quantity;

/// A vendor's published figure that can be shown beside the company's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Entelligence, May 2026: fixing, rewriting and review friction of a dollar.
    Entelligence,
}

/// A line that dies within this many days counts as discarded.
pub const DISCARD_DAYS: u32 = 7;

/// A vendor's figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorShape {
    /// Parts of a dollar; they sum to one.
    pub parts: [ShapePart; 4],
    /// Pull requests, or landings, behind it.
    pub n: u64,
}

/// One part of a dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapePart {
    /// `fixing`, `rewriting`, `review_friction` or `product`.
    pub part: &'static str,
    /// Its share; `None` where the inputs do not say, and then it is counted in the product.
    pub share: Option<Quantity>,
    /// What the vendor published for 2,444 organisations.
    pub published: Quantity,
}

impl VendorShape {
    /// The shape that a preset names; `None` when nothing landed.
    #[must_use]
    pub fn of(
        preset: Preset,
        histories: &[History],
        reviewed: &Reviewed,
        lifetimes: Option<&Lifetimes>,
        window: &Period,
    ) -> Option<Self> {
        match preset {
            Preset::Entelligence => Self::entelligence(histories, reviewed, lifetimes, window),
        }
    }

    fn entelligence(
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
        let fixes = counted().filter(|commit| is_fix_or_maintenance(commit, FixRule::Worded)).count() as u64;
        let fixing = Quantity::ratio(fixes, n)?.as_f64();
        let discarded = lifetimes.map(|all| all.churn(DISCARD_DAYS)).and_then(|churn| churn.ratio());
        let merged = reviewed.pulls.iter().filter(|pull| pull.merged.is_some_and(|at| window.contains(at)));
        let (commits, answering) = merged
            .filter(|pull| pull.has_reviews)
            .map(Placed::answering_commits)
            .fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
        let friction = Quantity::ratio(answering, commits).map(Quantity::as_f64);
        let rewriting = discarded.map(|share| (1.0 - fixing) * share);
        let left = 1.0 - fixing - rewriting.unwrap_or(0.0);
        let friction = friction.map(|share| left * share);
        let parts = [Some(fixing), rewriting, friction].map(|share| share.map(millionths));
        let product = 1_000_000 - parts.iter().flatten().sum::<i128>();
        let part = |(part, share, published): (&'static str, Option<i128>, i128)| ShapePart {
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
        Some(Self { parts: all.map(part), n })
    }
}

fn millionths(share: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "a share, to the millionth")]
    let parts = (share * 1e6).round() as i128;
    parts
}
