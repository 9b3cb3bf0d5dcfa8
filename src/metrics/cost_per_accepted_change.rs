//! From the merged changes that spend is traced to.

use super::{Measurement, Metric, NEEDS_REPOSITORY, Need, Quantity};
use crate::model::basis::Form;
use crate::model::money::Money;
use crate::statistics::interval::{self, Clusters};

pub(super) static COST_PER_ACCEPTED_CHANGE: Metric = Metric {
    id: "cost-per-accepted-change",
    code: "V9",
    name: "Cost per accepted change",
    unit: "USD per change",
    about: "Cost traced to merged changes that are at least 30 days old, over the number of them that were not reverted within 30 days.\n\
            Reverted changes stay in the cost and leave the count. A later fix does not count against a change here.",
    needs: &[Need::History],
    compute: |measured| {
        let Some(linked) = &measured.linked else { return Measurement::missing(NEEDS_REPOSITORY) };
        let judged = || linked.landings.iter().filter_map(|landing| Some((landing.cost, landing.accepted?)));
        let cost: Money = judged().map(|(cost, _)| cost).sum();
        let kept = judged().filter(|(_, accepted)| *accepted).count() as u64;
        let value = Quantity::money_per(cost, kept);
        let parts = judged().map(|(cost, accepted)| (cost, u64::from(accepted)));
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(kept)),
            n: judged().count() as u64,
            coverage: measured.linked_share(),
            interval: interval::dollars(Clusters::of_money(parts).interval()),
            basis: linked.prices().form(Form::Linked),
            missing: value.is_none().then_some("no traced change is 30 days old yet"),
        }
    },
};
