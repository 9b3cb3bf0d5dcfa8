//! W10, W12 to W14 and W18: dollars that overlays of avoidable spend lie on, over all spend.

use super::{Measurement, Metric, Quantity, View};
use crate::model::money::Money;

/// The dollars of some kinds of overlays.
pub(super) struct OverlaySpend {
    kinds: &'static [&'static str],
    id: &'static str,
    code: &'static str,
    name: &'static str,
    about: &'static str,
}

pub(super) static RETRIES: OverlaySpend = OverlaySpend {
    kinds: &["retry-loops", "endless-tries", "resent-prompts"],
    id: "retry-spend",
    code: "W10",
    name: "Spend on retries",
    about: "Cost of retry loops, of edits that do not mend a failing check, and of prompts sent again, over all spend.\n\
            Flaky tests and commands that are prompts look the same. An overlay: it lies over the bar and is not added to it. \
            `explain waste` has the rules and the largest stretches.",
};
pub(super) static CONTEXT: OverlaySpend = OverlaySpend {
    kinds: &["large-tool-results", "context-beyond-usual"],
    id: "context-spend",
    code: "W12",
    name: "Spend on context beyond need",
    about: "Cost of carrying large tool results and of prompts longer than usual at the same place, over all spend.\n\
            The second is a bound: half of all sessions lie above a median. Both may lie on the same dollar, so this sum can count \
            it twice; `findings` take one after the other.",
};
pub(super) static CACHE_MISSES: OverlaySpend = OverlaySpend {
    kinds: &["cache-idle-expiry", "cache-prefix-change"],
    id: "cache-miss-spend",
    code: "W13",
    name: "Spend on cache misses",
    about: "What prefixes that were in the prompt cache cost again, less what reading them costs, over all spend; split into idle \
            expiry and changed prefixes in `findings`.\n\
            Vendors whose cache works by itself show misses that nobody can avoid.",
};
pub(super) static OVERPOWERED: OverlaySpend = OverlaySpend {
    kinds: &["overpowered-model"],
    id: "overpowered-spend",
    code: "W14",
    name: "Spend on models larger than the question",
    about: "List cost of short answers without tools by a vendor's dearest models, less that of the same tokens on a smaller one, \
            over all spend.\n\
            An upper bound at equal tokens and quality; nothing here shows that the smaller model would have answered as well.",
};
pub(super) static UNATTENDED: OverlaySpend = OverlaySpend {
    kinds: &["unattended-runs"],
    id: "unattended-spend",
    code: "W18",
    name: "Spend in unattended runs",
    about: "Cost of stretches of more than 200 requests, or two hours, after one prompt, over all spend.\n\
            Not waste by itself: what the runs became stands in the bar.",
};

impl Metric for OverlaySpend {
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
        let own = || view.savings.iter().filter(|saving| self.kinds.contains(&saving.kind.id()));
        let cost: Money = own().map(|saving| saving.cost).sum();
        let total = view.development.cost.unwrap_or_default();
        let value = (total > Money::ZERO).then(|| Quantity::Ratio(cost.nanos(), total.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Money(total)),
            n: own().map(|saving| saving.requests).sum(),
            basis: "list, overlay",
            missing: value.is_none().then_some("no priced spend in the period"),
            ..Measurement::default()
        }
    }
}
