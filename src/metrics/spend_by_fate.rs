//! From where each dollar went: one class of the spend over all spend that can be judged.

use super::{Measured, Measurement, Metric, NEEDS_REPOSITORY, NEEDS_REVIEWS, Need, Quantity};
use crate::fate::Class;
use crate::model::basis::Form;
use crate::model::money::Money;

/// A metric that comparisons read: while it is unknown, no class of spend is settled.
pub static YIELD: Metric = Metric {
    id: "yield",
    code: "V11",
    name: "Spend on code that lasted",
    unit: "share",
    about: "Cost of new work that was merged and was neither a fix, a rewrite, maintenance nor reverted, weighted by its lines that \
            lived for 30 days, over the spend that can be judged.\n\
            A removal is judged by what it removed: AI-assisted lines at most 21 days old make that share a rewrite, all others, where \
            nothing is in their place, upkeep. A change without lines that count is upkeep too.\n\
            Spend that is not traced to code and changes merged too recently cannot be judged; over all spend the share is smaller.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Product),
};

pub(super) static CHURNED: Metric = Metric {
    id: "churned-spend",
    code: "W3",
    name: "Spend on new work that did not last",
    unit: "share",
    about: "Cost traced to merged changes, times the share of their lines that count that were changed or deleted within 30 days, \
            over the spend that can be judged.\n\
            What fixes and rewrites replaced was paid for twice: the old lines here, the new ones there.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Churned),
};

pub(super) static AI_BUG_FIXES: Metric = Metric {
    id: "ai-bug-fix-spend",
    code: "W4",
    name: "Spend on fixing AI-assisted code",
    unit: "share",
    about: "Cost of merged changes that say they fix something and of whose replaced lines at least half were AI-assisted and at \
            most 90 days old, over the spend that can be judged.\n\
            A fix that only adds lines replaces none and counts among the other fixes. `fates.sensitivity` has the range.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::AiBugFix),
};

pub(super) static ABANDONED: Metric = Metric {
    id: "abandoned-spend",
    code: "W5",
    name: "Spend on work that was never merged",
    unit: "share",
    about: "Cost of edits that are in no commit or branch, and of branches that were not merged, after 30 days without activity, \
            over the spend that can be judged.\n\
            Trying things out is not waste; this shows how much of it there is. Work committed in a repository that was not read \
            does not count here.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Abandoned),
};

pub(super) static REWRITES: Metric = Metric {
    id: "rewrite-spend",
    code: "W6",
    name: "Spend on rewriting recent AI-assisted code",
    unit: "share",
    about: "Cost of merged changes that are not fixes, times the share of their changed lines that replaced or removed \
            AI-assisted lines at most 21 days old, over the spend that can be judged.\n\
            Rewriting before the merge is not in it.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Rewrite),
};

pub(super) static REVIEW_RESPONSES: Metric = Metric {
    id: "review-response-spend",
    code: "W7",
    name: "Spend on responding to reviews",
    unit: "share",
    about: "Cost of commits written after the first review by another person and before the merge, over the spend that can be \
            judged. Where a squash leaves only one commit, the requests of that time count.\n\
            Fixes and rewrites of recent AI-assisted code keep their own cost; `fates.review_response_usd` has all of it. Not waste: \
            reviews are there to find things. Reviews by bots and the author's own comments do not start one.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| match &measured.reviews {
        None if measured.linked.is_some() => Measurement::missing(NEEDS_REVIEWS),
        _ => share_of(measured, Class::ReviewResponse),
    },
};

pub(super) static REVERTED: Metric = Metric {
    id: "reverted-spend",
    code: "W8",
    name: "Spend on work that was reverted",
    unit: "share",
    about: "Cost of merged changes that a later one names as reverted or undoes exactly, over the spend that can be judged. A revert \
            that was reverted itself does not count.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Reverted),
};

pub(super) static FAILED: Metric = Metric {
    id: "failed-spend",
    code: "W11",
    name: "Spend on failed requests",
    unit: "share",
    about: "Cost of requests that their log marks as failed, over the spend that can be judged. Most logs do not say.",
    needs: &[Need::History, Need::Judged],
    compute: |measured| share_of(measured, Class::Failed),
};

fn share_of(measured: &Measured, class: Class) -> Measurement {
    if measured.linked.is_none() {
        return Measurement::missing(NEEDS_REPOSITORY);
    }
    let (cost, judged) = (measured.fates.class(class), measured.fates.known_fate());
    let value = (judged > Money::ZERO).then(|| Quantity::Ratio(cost.nanos(), judged.nanos()));
    Measurement {
        value,
        numerator: Some(Quantity::Money(cost)),
        denominator: Some(Quantity::Money(judged)),
        n: measured.fates.judged,
        coverage: measured.linked_share(),
        interval: measured.class_ranges.ends.get(&class).copied(),
        basis: measured.fates.settled_prices.form(Form::LinkedAndSettled),
        missing: value.is_none().then_some(NOTHING_JUDGED),
    }
}

/// What to say while no spend can be judged.
pub(super) const NOTHING_JUDGED: &str = "no spend can be judged yet";
