//! V9 Cost per accepted change: linked cost over the landings that were kept.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// See [`Metric::about`].
pub(super) struct CostPerAcceptedChange;

impl Metric for CostPerAcceptedChange {
    fn id(&self) -> &'static str {
        "cost-per-accepted-change"
    }

    fn code(&self) -> &'static str {
        "V9"
    }

    fn name(&self) -> &'static str {
        "Cost per accepted change"
    }

    fn unit(&self) -> &'static str {
        "USD per change"
    }

    fn about(&self) -> &'static str {
        "List cost linked to landings that are at least 28 days old or were reverted before, over those of them that were not \
         reverted within 28 days.\n\
         Reverted landings stay in the cost and leave the count. Fixes that follow a landing do not count against it here."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let old = || linked.landings.iter().filter_map(|landing| Some((landing.cost, landing.accepted?)));
        let cost: crate::model::money::Money = old().map(|(cost, _)| cost).sum();
        let kept = old().filter(|(_, accepted)| *accepted).count() as u64;
        let value = Quantity::money_per(cost, kept);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(kept)),
            n: old().count() as u64,
            coverage: view.linked_share(),
            interval: interval::dollars(
                Clusters::of_money(old().map(|(cost, accepted)| (cost, u64::from(accepted)))).interval(),
            ),
            basis: "list, linked",
            missing: value.is_none().then_some("no linked landing could be watched for 28 days yet"),
        }
    }
}
