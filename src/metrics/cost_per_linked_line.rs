//! V4 Cost per merged line, linked: list cost linked to landings over the effective lines of those landings.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// See [`Metric::about`].
pub(super) struct CostPerLinkedLine;

impl Metric for CostPerLinkedLine {
    fn id(&self) -> &'static str {
        "cost-per-linked-line"
    }

    fn code(&self) -> &'static str {
        "V4"
    }

    fn name(&self) -> &'static str {
        "Cost per merged line, linked"
    }

    fn unit(&self) -> &'static str {
        "USD per line"
    }

    fn about(&self) -> &'static str {
        "Attributed form: list cost of the period that is linked to landings, over the effective lines of those landings.\n\
         Leaves out exploration and abandoned work that the all-in form holds, and lines written by hand in the same \
         landings lower it. Read it with coverage beside it, and with the lines alive after 30 days."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let cost: crate::model::money::Money = linked.landings.iter().map(|landing| landing.cost).sum();
        let lines = linked.landings.iter().map(|landing| landing.added_effective).sum();
        let value = Quantity::money_per(cost, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(lines)),
            n: linked.landings.len() as u64,
            coverage: view.linked_share(),
            interval: interval::dollars(
                Clusters::of_money(linked.landings.iter().map(|landing| (landing.cost, landing.added_effective)))
                    .interval(),
            ),
            basis: "list, linked",
            missing: value.is_none().then_some(super::NOTHING_LINKED),
        }
    }
}
