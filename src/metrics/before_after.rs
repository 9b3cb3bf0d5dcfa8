//! C1 Before and after a day: what changed in weekly figures, beside the trend that was there before.

use super::{Measurement, Metric, View};

/// See [`Metric::about`].
pub(super) struct ChangeAfter;

impl Metric for ChangeAfter {
    fn id(&self) -> &'static str {
        "change-after"
    }

    fn code(&self) -> &'static str {
        "C1"
    }

    fn name(&self) -> &'static str {
        "Weekly spend associated with a change"
    }

    fn unit(&self) -> &'static str {
        "USD per week"
    }

    fn about(&self) -> &'static str {
        "By how much the level of weekly spend differs from the day in [compare] on, from what the trend of the weeks before would \
         have come to: segmented regression on whole weeks, intervals after Newey and West. Needs six weeks on each side.\n\
         `comparison.before_after` has the trend before, its change, and the same of landings and of cost per landing. It says \
         what the day is associated with and not what it caused: prices, the mix of tasks, holidays and people change, too."
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let Some(found) = &view.before_after else {
            let missing = Some("needs the day of a change: [compare] from in tokaudit.toml");
            return Measurement { missing, ..Measurement::default() };
        };
        let Some(spend) = found.series.iter().find(|series| series.id == "spend") else {
            return Measurement::default();
        };
        let level = spend.change.map(|change| change.level);
        let ends = crate::statistics::interval::dollars(level.map(|level| (level.lo, level.hi)));
        Measurement {
            value: crate::statistics::interval::dollars(level.map(|level| (level.value, level.value)))
                .map(|(value, _)| value),
            n: (spend.weeks.0 + spend.weeks.1) as u64,
            interval: ends,
            basis: "list, whole weeks",
            missing: level.is_none().then_some("needs six whole weeks before the day and six from it on"),
            ..Measurement::default()
        }
    }
}
