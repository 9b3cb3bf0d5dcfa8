//! From the types of work of sessions.

use super::{Measurement, Metric, Quantity};
use crate::model::money::Money;

pub(super) static TASK_MIX: Metric = Metric {
    id: "task-mix",
    code: "W0",
    name: "Spend of a known type of work",
    unit: "share",
    about: "Cost of sessions whose type of work is known, over all spend of development; `work_types` in the document has the \
            types.\n\
            The first evidence decides: of the pull requests and commits that sessions are tied to, labels, a type in front of the \
            title, paths of one kind, and the words of the title; then the name of the branch, edited paths of one kind, and the \
            words of prompts if these were read. Words are right for about six prompts in ten.",
    needs: &[],
    compute: |measured| {
        let sums = || measured.work_types.iter();
        let known: Money = sums().filter(|(kind, _)| kind.is_some()).map(|(_, sum)| sum.cost).sum();
        let all: Money = sums().map(|(_, sum)| sum.cost).sum();
        let sessions = sums().map(|(_, sum)| sum.sessions).sum();
        let value = (all.nanos() > 0).then(|| Quantity::Ratio(known.nanos(), all.nanos()));
        Measurement {
            value,
            numerator: Some(Quantity::Money(known)),
            denominator: Some(Quantity::Money(all)),
            n: sessions,
            basis: measured.development.prices.basis(),
            missing: value.is_none().then_some("no spend in the period"),
            ..Measurement::default()
        }
    },
};
