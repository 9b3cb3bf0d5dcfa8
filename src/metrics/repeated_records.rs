//! H6 Repeated records: Share of the records read that were seen before: streaming repeats, copies in resumed
//! sessions, histories replayed by forks and side threads.

use super::{Measurement, Metric, Quantity, View};

/// See [`Metric::about`].
pub(super) struct RepeatedRecords;

impl Metric for RepeatedRecords {
    fn id(&self) -> &'static str {
        "repeated-records"
    }

    fn code(&self) -> &'static str {
        "H6"
    }

    fn name(&self) -> &'static str {
        "Repeated records"
    }

    fn unit(&self) -> &'static str {
        "share of records"
    }

    fn about(&self) -> &'static str {
        "Share of the records read that were seen before: streaming repeats, copies in resumed sessions, \
         histories replayed by forks and side threads.\n\
         They are read once and counted once. Tools that miss one of these kinds report up to twice the \
         spend."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let counts = view.reconciliation.counts;
        let repeated = counts.duplicate + counts.replayed;
        let value = Quantity::ratio(repeated, counts.records_read);
        Measurement {
            value,
            numerator: Some(Quantity::Count(repeated)),
            denominator: Some(Quantity::Count(counts.records_read)),
            n: counts.records_read,
            basis: "all files",
            missing: value.is_none().then_some("nothing was read"),
            ..Measurement::default()
        }
    }
}
