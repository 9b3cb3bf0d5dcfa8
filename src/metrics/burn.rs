//! S4 to S8: where spend is going. The figures stand in `burn` of the document; these are the ones that gates ask for.

use super::{Measurement, Metric, Quantity, View};
use crate::measure::burn::Figures;

/// One of the figures.
pub(super) struct Burn {
    id: &'static str,
    code: &'static str,
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    missing: &'static str,
    of: fn(&Figures) -> Option<Quantity>,
}

pub(super) static CHANGE: Burn = Burn {
    id: "spend-change",
    code: "S4",
    name: "Change between the last two full months",
    unit: "USD",
    about: "Spend of the last full month less that of the month before.\n\
            `burn.bridge` takes it apart into volume, mix of models and price, which sum to it exactly. A model that is new counts \
            in the mix; more cached tokens lower the price.",
    missing: "needs two full months of logs",
    of: |figures| figures.change,
};
pub(super) static BURNED: Burn = Burn {
    id: "budget-burn",
    code: "S5",
    name: "Burned share of the budget",
    unit: "share",
    about: "Spend since the first day of the first budget in tokaudit.toml over that budget.\n\
            Read it beside the share of working days that are gone (`burn.budgets`). Splitting budgets hides a burn; the parent is \
            the one without a name.",
    missing: "needs [budget] in tokaudit.toml",
    of: |figures| figures.burned,
};
pub(super) static RUNWAY: Burn = Burn {
    id: "runway-days",
    code: "S6",
    name: "Days until the budget is used up",
    unit: "days",
    about: "From the last day of the logs to the day on which half of 2,000 simulated paths have used up the first budget of \
            tokaudit.toml.\n\
            Paths draw blocks of seven days by which past days were off their weekday's rate. A rate of the last eight weeks knows \
            nothing of a change to come.",
    missing: "needs [budget] in tokaudit.toml, and a rate that reaches it within two years",
    of: |figures| figures.runway_days,
};
pub(super) static MONTH_END: Burn = Burn {
    id: "month-end-forecast",
    code: "S7",
    name: "Spend at the month's end",
    unit: "USD",
    about: "What the month of the last day will have cost: so far, and the rest at the weekday rates of eight weeks; the interval \
            holds eight of ten paths.\n\
            `burn.forecast` has the error of the same forecast for past weeks. Fewer than 21 days: a plain average without a range.",
    missing: "no priced day",
    of: |figures| figures.month_end,
};
pub(super) static ANOMALIES: Burn = Burn {
    id: "anomaly-days",
    code: "S8",
    name: "Days unlike the others",
    unit: "days",
    about: "Days of the period that cost at least 3.5 robust standard deviations, $5 and a fifth more than the median of the same \
            weekday in the eight weeks before.\n\
            Holidays and releases are such days; `burn.anomalies` names models and repositories.",
    missing: "needs five weeks of logs",
    of: |figures| figures.anomalies,
};

impl Metric for Burn {
    fn id(&self) -> &'static str {
        self.id
    }

    fn code(&self) -> &'static str {
        self.code
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn unit(&self) -> &'static str {
        self.unit
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn measure(&self, view: &View<'_>) -> Measurement {
        let value = view.burn.as_ref().and_then(self.of);
        Measurement {
            value,
            n: view.burn.as_ref().map_or(0, |figures| figures.days),
            interval: view.burn.as_ref().and_then(|figures| figures.month_end_range).filter(|_| self.code == "S7"),
            basis: "list, all days",
            missing: value.is_none().then_some(self.missing),
            ..Measurement::default()
        }
    }
}
