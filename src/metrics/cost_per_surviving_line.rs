//! From the merged changes that spend is traced to, and how long their lines lived.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

pub(super) static COST_PER_SURVIVING_LINE: Metric = Metric {
    id: "cost-per-surviving-line",
    code: "V6",
    name: "Cost per line alive after 30 days",
    unit: "USD per line",
    about: "Cost traced to merged changes that are at least 30 days old, over their lines that count and lived for more than 30 \
            days.\n\
            Younger changes are in neither part. Code that nobody dares to touch survives too.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let old = || linked.landings.iter().filter_map(|landing| Some((landing.cost, landing.surviving?)));
        let cost: Money = old().map(|(cost, _)| cost).sum();
        let lines = old().map(|(_, lines)| lines).sum();
        let value = Quantity::money_per(cost, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(lines)),
            n: old().count() as u64,
            coverage: measured.linked_share(),
            interval: interval::dollars(Clusters::of_money(old()).interval()),
            basis: linked.prices().form(Form::Linked),
            missing: value.is_none().then_some("no traced change is 30 days old yet"),
        }
    },
};
