//! V6 Cost per line alive after 30 days: linked cost over the lines that lived for 30 days.

use super::{Measurement, Metric, Quantity, View};
use crate::statistics::interval::{self, Clusters};

/// See [`Metric::about`].
pub(super) struct CostPerSurvivingLine;

impl Metric for CostPerSurvivingLine {
    fn id(&self) -> &'static str {
        "cost-per-surviving-line"
    }

    fn code(&self) -> &'static str {
        "V6"
    }

    fn name(&self) -> &'static str {
        "Cost per line alive after 30 days"
    }

    fn unit(&self) -> &'static str {
        "USD per line"
    }

    fn about(&self) -> &'static str {
        "List cost linked to landings that are at least 30 days old, over their effective lines that lived for longer than 30 \
         days.\n\
         Younger landings are in neither part. Code that nobody dares to touch survives too."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(linked) = &view.linked else {
            return Measurement { missing: Some(super::NEEDS_REPOSITORY), ..Measurement::default() };
        };
        let old = || linked.landings.iter().filter_map(|landing| Some((landing.cost, landing.surviving?)));
        let cost: crate::model::money::Money = old().map(|(cost, _)| cost).sum();
        let lines = old().map(|(_, lines)| lines).sum();
        let value = Quantity::money_per(cost, lines);
        Measurement {
            value,
            numerator: Some(Quantity::Money(cost)),
            denominator: Some(Quantity::Count(lines)),
            n: old().count() as u64,
            coverage: view.linked_share(),
            interval: interval::dollars(Clusters::of_money(old()).interval()),
            basis: "list, linked",
            missing: value.is_none().then_some("no linked landing could be watched for 30 days yet"),
        }
    }
}
