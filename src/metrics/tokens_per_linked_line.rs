//! From the merged changes that spend is traced to.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LINKED, Need, Quantity};
use crate::model::basis::Form;
use crate::statistics::interval::{self, Clusters};

pub(super) static TOKENS_PER_LINKED_LINE: Metric = Metric {
    id: "tokens-per-linked-line",
    code: "V4",
    name: "Tokens per merged line, traced",
    unit: "tokens per line",
    about: "Tokens of the period that are traced to merged changes, cached ones included, over the lines that count of those \
            changes.\n\
            Never read it alone: padding code improves it, and good deletions make it worse.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let parts = || linked.landings.iter().map(|landing| (landing.tokens, landing.added_effective));
        let tokens = parts().map(|(tokens, _)| tokens).sum();
        let lines = parts().map(|(_, lines)| lines).sum();
        let value = Quantity::ratio(tokens, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Count(tokens)),
            denominator: Some(Quantity::Count(lines)),
            n: linked.landings.len() as u64,
            coverage: measured.linked_share(),
            interval: interval::number(Clusters::of_counts(parts()).interval()),
            basis: Form::Linked.into(),
            missing: value.is_none().then_some(NOTHING_LINKED),
        }
    },
};
