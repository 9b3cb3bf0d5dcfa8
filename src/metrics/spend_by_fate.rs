//! V11, W3 to W8 and W11: the spend of one class of the bar, and its share of the settled spend.

use super::{Measurement, Metric, Quantity, View};
use crate::fate::{Class, Tone};
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

/// The share that one class has of the settled spend.
pub(super) struct ShareOf {
    class: Class,
    id: &'static str,
    code: &'static str,
    name: &'static str,
    about: &'static str,
}

pub(super) static YIELD: ShareOf = ShareOf {
    class: Class::Product,
    id: "yield",
    code: "V11",
    name: "Spend that reached the product and lasted",
    about: "List cost of new work that landed, was neither fix, rewrite, upkeep nor reverted, weighed by its lines that lived \
            for 30 days, over the settled spend.\n\
            Settled leaves out what is tied to no code and what landed too short a while ago; over all spend the share is smaller.",
};
pub(super) static CHURNED: ShareOf = ShareOf {
    class: Class::Churned,
    id: "churned-spend",
    code: "W3",
    name: "Spend on new work that did not last",
    about: "List cost linked to landings times the share of their effective lines that were modified or deleted within 30 days, \
            over the settled spend.\n\
            What fixes and rewrites replaced is paid twice: here for the old lines, there for the new ones.",
};
pub(super) static AI_BUG_FIXES: ShareOf = ShareOf {
    class: Class::AiBugFix,
    id: "ai-bug-fix-spend",
    code: "W4",
    name: "Spend on fixing assisted code",
    about: "List cost of landings that say they mend something and of whose replaced lines at least half were assisted and at \
            most 90 days old, over the settled spend.\n\
            A fix that only adds lines replaces none, and counts among the other fixes. `fates.sensitivity` tells the range.",
};
pub(super) static ABANDONED: ShareOf = ShareOf {
    class: Class::Abandoned,
    id: "abandoned-spend",
    code: "W5",
    name: "Spend on work that never landed",
    about: "List cost of edits that no commit or branch holds, and of branches that did not land, idle for more than 21 days, \
            over the settled spend.\n\
            Trying things out is not waste; this shows how much of it there is. Work committed in a repository that was not \
            read does not count here.",
};
pub(super) static REWRITES: ShareOf = ShareOf {
    class: Class::Rewrite,
    id: "rewrite-spend",
    code: "W6",
    name: "Spend on rewriting recent assisted code",
    about: "List cost of landings that mend nothing, times the share of their changed lines that replaced assisted lines at most \
            21 days old, over the settled spend.\n\
            Rewriting before the landing is not in it.",
};
pub(super) static REVIEW_RESPONSES: ShareOf = ShareOf {
    class: Class::ReviewResponse,
    id: "review-response-spend",
    code: "W7",
    name: "Spend on responding to review",
    about: "List cost of landings for commits written after the first review by another person and before the merge, over the settled \
            spend. Where a squash leaves the landing alone, requests of that time count.\n\
            Fixes and what rewrites recent assisted code keep theirs; `fates.review_response_usd` has all of it. Not waste: review \
            is for finding things. Bots' reviews and the author's own comments begin nothing.",
};
pub(super) static REVERTED: ShareOf = ShareOf {
    class: Class::Reverted,
    id: "reverted-spend",
    code: "W8",
    name: "Spend on work that was reverted",
    about: "List cost of landings that a later one names as reverted or undoes exactly, over the settled spend. A revert that \
            was reverted itself takes nothing back.",
};
pub(super) static FAILED: ShareOf = ShareOf {
    class: Class::Failed,
    id: "failed-spend",
    code: "W11",
    name: "Spend on failed requests",
    about: "List cost of requests that their source calls failed, over the settled spend. Most logs do not say.",
};

impl Metric for ShareOf {
    fn id(&self) -> &'static str {
        self.id
    }

    fn code(&self) -> &'static str {
        self.code
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        if view.linked.is_none() {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        }
        if self.class == Class::ReviewResponse && view.reviews.is_none() {
            return Measurement { missing: Some(super::NEEDS_REVIEWS), ..Measurement::default() };
        }
        let (cost, settled) = (view.fates.class(self.class), view.fates.known_fate());
        let open = |class: &Class| class.tone() == Tone::Open;
        let parts = view.fates.clusters.values().map(|by_class| {
            let part = by_class.get(&self.class).copied().unwrap_or_default();
            let whole: Money = by_class.iter().filter(|(class, _)| !open(class)).map(|(_, cost)| *cost).sum();
            (part, whole)
        });
        let parts: Vec<(Money, Money)> = parts.filter(|(_, whole)| *whole > Money::ZERO).collect();
        let value = (settled > Money::ZERO).then(|| Quantity::Ratio(cost.nanos(), settled.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Money(settled)),
            n: view.fates.judged,
            coverage: view.linked_share(),
            interval: interval::share(Clusters::of_shares(parts.into_iter()).interval()),
            basis: "list, linked and settled",
            missing: value.is_none().then_some("no spend is settled yet"),
        }
    }
}
