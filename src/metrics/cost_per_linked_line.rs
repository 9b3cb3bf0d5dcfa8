//! From the merged changes that spend is traced to.

use super::{Measurement, Metric, NEEDS_REPOSITORY, NOTHING_LINKED, Need, Quantity};
use crate::model::basis::Form;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

pub(super) static COST_PER_LINKED_LINE: Metric = Metric {
    id: "cost-per-linked-line",
    code: "V4",
    name: "Cost per merged line, traced",
    unit: "USD per line",
    about: "Cost of the period that is traced to merged changes, over the lines that count of those changes.\n\
            It leaves out the exploration and work never merged that cost-per-merged-line includes, and lines written by hand in the \
            same changes lower it. Read it beside the share of spend that is traced and the lines alive after 30 days.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let parts = || linked.landings.iter().map(|landing| (landing.cost, landing.added_effective));
        let cost: Money = parts().map(|(cost, _)| cost).sum();
        let lines = parts().map(|(_, lines)| lines).sum();
        let value = Quantity::money_per(cost, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(lines)),
            n: linked.landings.len() as u64,
            coverage: measured.linked_share(),
            interval: interval::dollars(Clusters::of_money(parts()).interval()),
            basis: linked.prices().form(Form::Linked),
            missing: value.is_none().then_some(NOTHING_LINKED),
        }
    },
};
