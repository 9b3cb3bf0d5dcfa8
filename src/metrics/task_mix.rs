//! W0 Task mix: how much of the spend is of a known type of work.

use super::{Measurement, Metric, Quantity, View};

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
        let Some((known, all, sessions)) = view.work_types else {
            return Measurement { missing: Some("needs logs that tell what sessions did"), ..Measurement::default() };
        };
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
