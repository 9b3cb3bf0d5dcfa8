//! From weekly figures around the day in `[compare]`.

use super::{Measurement, Metric};
use crate::model::basis::Form;
use crate::statistics::interval;

pub(super) static CHANGE_AFTER: Metric = Metric {
    id: "change-after",
    code: "C1",
    name: "Weekly spend associated with a change",
    unit: "USD per week",
    about: "How much the level of weekly spend, from the day in [compare] on, differs from where the trend of the weeks before would \
            have led: segmented regression on whole weeks, 95% range after Newey and West. Needs six weeks on each side.\n\
            `comparison.before_after` has the trend before, its change, and the same for merged changes and cost per merged change. \
            It says what goes together with the day, not what the day caused: prices, the mix of tasks, holidays and people change \
            too.",
    needs: &[],
    compute: |measured| {
        let Some(found) = &measured.before_after else {
            return Measurement::missing("needs the day of a change: [compare] from in tokaudit.toml");
        };
        let Some(spend) = found.series.iter().find(|series| series.id == "spend") else {
            return Measurement::default();
        };
        let level = spend.change.map(|change| change.level);
        Measurement {
            value: interval::dollars(level.map(|level| (level.value, level.value))).map(|(value, _)| value),
            n: (spend.weeks.0 + spend.weeks.1) as u64,
            interval: interval::dollars(level.map(|level| (level.lo, level.hi))),
            basis: measured.development.prices.form(Form::WholeWeeks),
            missing: level.is_none().then_some("needs six whole weeks before the day and six from it on"),
            ..Measurement::default()
        }
    },
};
