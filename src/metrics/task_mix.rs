//! From the types of work of sessions.

use super::{Measurement, Metric, NEEDS_ACTIVITY, Quantity};

pub(super) static TASK_MIX: Metric = Metric {
    id: "task-mix",
    code: "W0",
    name: "Spend of a known type of work",
    unit: "share",
    about: "Cost of sessions whose type of work is known, over all spend of development; `work_types` in the document has the \
            types.\n\
            The first evidence decides: conventional types of linked commits, the name of the branch, edited paths of one kind, the \
            words of prompts if these were read. Words are right for about six prompts in ten.",
    compute: |view| {
        let Some((known, all, sessions)) = view.work_types else { return Measurement::missing(NEEDS_ACTIVITY) };
        let value = (all.nanos() > 0).then(|| Quantity::Ratio(known.nanos(), all.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(known)),
            denominator: Some(Quantity::Money(all)),
            n: sessions,
            basis: view.development.prices.basis(),
            missing: value.is_none().then_some("no spend in the period"),
            ..Measurement::default()
        }
    },
};
