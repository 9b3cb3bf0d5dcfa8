//! From what sessions did: the cost that findings of avoidable spend lie on, over all spend of development.

use super::{Measured, Measurement, Metric, Quantity};
use crate::model::basis::Form;
use crate::model::money::Money;

pub(super) static RETRIES: Metric = Metric {
    id: "retry-spend",
    code: "W10",
    name: "Spend on retries",
    unit: "share",
    about: "Cost of retry loops, of edits that do not fix a failing check, and of prompts sent again, over all spend.\n\
            Flaky tests and commands used as prompts look the same. It lies over the other figures and is not added to them. \
            `explain waste` has the rules and the largest cases.",
    needs: &[],
    compute: |measured| overlay(measured, &["retry-loops", "endless-tries", "resent-prompts"]),
};

pub(super) static CONTEXT: Metric = Metric {
    id: "context-spend",
    code: "W12",
    name: "Spend on more context than needed",
    unit: "share",
    about: "Cost of carrying large tool results, and of prompts longer than usual at the same point of a session, over all spend.\n\
            The second part is a ceiling: half of all sessions are above a median. Both can lie on the same dollar, so this sum can \
            count it twice; `findings` counts every dollar once.",
    needs: &[],
    compute: |measured| overlay(measured, &["large-tool-results", "context-beyond-usual"]),
};

pub(super) static CACHE_MISSES: Metric = Metric {
    id: "cache-miss-spend",
    code: "W13",
    name: "Spend on cache misses",
    unit: "share",
    about: "What it cost to send context again that had been in the prompt cache, less what reading it from there would have cost, \
            over all spend. `findings` splits it into expiry while idle and changed context.\n\
            Vendors whose cache works by itself show misses that nobody can avoid.",
    needs: &[],
    compute: |measured| overlay(measured, &["cache-idle-expiry", "cache-prefix-change"]),
};

pub(super) static OVERPOWERED: Metric = Metric {
    id: "overpowered-spend",
    code: "W14",
    name: "Spend on models larger than the question",
    unit: "share",
    about: "Cost at list price of short answers without tools by a vendor's most expensive models, less that of the same tokens on a smaller \
            one, over all spend.\n\
            A ceiling that assumes the same tokens and quality; nothing here shows that the smaller model would have answered as \
            well.",
    needs: &[],
    compute: |measured| overlay(measured, &["overpowered-model"]),
};

pub(super) static UNATTENDED: Metric = Metric {
    id: "unattended-spend",
    code: "W18",
    name: "Spend in unattended runs",
    unit: "share",
    about: "Cost of more than 200 requests, or two hours, after one prompt, over all spend.\n\
            Not waste by itself: the shares of the spend say what these runs became.",
    needs: &[],
    compute: |measured| overlay(measured, &["unattended-runs"]),
};

/// Findings are partly differences of list prices, so list prices are always among the prices.
fn overlay(measured: &Measured, kinds: &[&str]) -> Measurement {
    let own = || measured.savings.iter().filter(|saving| kinds.contains(&saving.kind.id()));
    let cost: Money = own().map(|saving| saving.cost).sum();
    let total = measured.development.cost.unwrap_or_default();
    let value = (total > Money::ZERO).then(|| Quantity::Ratio(cost.nanos(), total.nanos()));
    Measurement {
        value,
        numerator: Some(Quantity::Money(cost)),
        denominator: Some(Quantity::Money(total)),
        n: own().map(|saving| saving.requests).sum(),
        basis: measured.development.prices.and_list().form(Form::Overlay),
        missing: value.is_none().then_some("no spend in the period has a price"),
        ..Measurement::default()
    }
}
