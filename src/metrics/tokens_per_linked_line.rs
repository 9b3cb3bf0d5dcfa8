//! V4 Tokens per merged line, linked: tokens linked to landings over the effective lines of those landings.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// See [`Metric::about`].
pub(super) struct TokensPerLinkedLine;

impl Metric for TokensPerLinkedLine {
    fn id(&self) -> &'static str {
        "tokens-per-linked-line"
    }

    fn code(&self) -> &'static str {
        "V4"
    }

    fn name(&self) -> &'static str {
        "Tokens per merged line, linked"
    }

    fn unit(&self) -> &'static str {
        "tokens per line"
    }

    fn about(&self) -> &'static str {
        "Attributed form: tokens of the period that are linked to landings, cached ones included, over the effective lines of \
         those landings.\n\
         Padding code improves it and good deletions spoil it: never read it alone."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let tokens = linked.landings.iter().map(|landing| landing.tokens).sum();
        let lines = linked.landings.iter().map(|landing| landing.added_effective).sum();
        let value = Quantity::ratio(tokens, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Count(tokens)),
            denominator: Some(Quantity::Count(lines)),
            n: linked.landings.len() as u64,
            coverage: view.linked_share(),
            interval: interval::number(
                Clusters::of_counts(linked.landings.iter().map(|landing| (landing.tokens, landing.added_effective)))
                    .interval(),
            ),
            basis: "linked",
            missing: value.is_none().then_some(super::NOTHING_LINKED),
        }
    }
}
