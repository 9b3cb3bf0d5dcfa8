//! W0 Task mix: how much of the spend is of a known type of work.

use super::{Measurement, Metric, Quantity, View};
use crate::model::money::Money;

/// See [`Metric::about`].
pub(super) struct TaskMix;

impl Metric for TaskMix {
    fn id(&self) -> &'static str {
        "task-mix"
    }

    fn code(&self) -> &'static str {
        "W0"
    }

    fn name(&self) -> &'static str {
        "Spend of a known type of work"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "List cost of sessions whose type of work is known, over all spend; `work_types` in the document has the types.\n\
         The first that says something decides: conventional types of linked commits, the name of the branch, edited paths of \
         one kind, the words of prompts where these are looked at. Words are right for about six prompts of ten."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let sums = || view.work_types.iter();
        let known: Money = sums().filter(|(kind, _)| kind.is_some()).map(|(_, sum)| sum.cost).sum();
        let all: Money = sums().map(|(_, sum)| sum.cost).sum();
        let sessions = sums().map(|(_, sum)| sum.sessions).sum();
        let value = (all.nanos() > 0).then(|| Quantity::Ratio(known.nanos(), all.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(known)),
            denominator: Some(Quantity::Money(all)),
            n: sessions,
            basis: "list",
            missing: value.is_none().then_some("no spend in the period"),
            ..Measurement::default()
        }
    }
}
