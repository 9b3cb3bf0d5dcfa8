//! From the spend of each day: where it is going. Documents have the details under `burn`.

use super::{Measurement, Metric, Quantity, View};
use crate::model::basis::{Form, Prices};

/// What the figures are taken from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Change between the last two full months.
    pub change: Option<Quantity>,
    /// Burned share of the first budget.
    pub burned: Option<Quantity>,
    /// Days until the first budget is used up, in the middle of the paths.
    pub runway_days: Option<Quantity>,
    /// Month's end, in the middle of the paths, with its range.
    pub month_end: Option<Quantity>,
    /// The ends of its range.
    pub month_end_range: Option<(Quantity, Quantity)>,
    /// Days unlike the others in the period.
    pub anomalies: Option<Quantity>,
    /// The prices of all days.
    pub prices: Prices,
    /// Days of history.
    pub days: u64,
}

pub(super) static CHANGE: Metric = Metric {
    id: "spend-change",
    code: "S4",
    name: "Change between the last two full months",
    unit: "USD",
    about: "Spend of the last full month less that of the month before.\n\
            `burn.bridge` splits it into volume, mix of models and price, which add up to it exactly. A new model counts as mix; more \
            cached tokens lower the price.",
    compute: |view| figure(view, |figures| figures.change, "needs two full months of logs"),
};

pub(super) static BURNED: Metric = Metric {
    id: "budget-burn",
    code: "S5",
    name: "Used share of the budget",
    unit: "share",
    about: "Spend since the first day of the first budget in tokaudit.toml over that budget.\n\
            Read it beside the share of working days that have passed (`burn.budgets`). Splitting a budget hides how fast it is used; \
            the parent is the one without a name.",
    compute: |view| figure(view, |figures| figures.burned, "needs [budget] in tokaudit.toml"),
};

pub(super) static RUNWAY: Metric = Metric {
    id: "runway-days",
    code: "S6",
    name: "Days until the budget is used up",
    unit: "days",
    about: "From the last day of the logs to the day on which half of 2,000 simulated paths have used up the first budget of \
            tokaudit.toml.\n\
            Each path draws blocks of seven past days, as differences from the usual rate of their weekday. The rate of the last \
            eight weeks cannot know of a change to come.",
    compute: |view| {
        figure(
            view,
            |figures| figures.runway_days,
            "needs [budget] in tokaudit.toml, and a rate that reaches it within two years",
        )
    },
};

pub(super) static MONTH_END: Metric = Metric {
    id: "month-end-forecast",
    code: "S7",
    name: "Spend expected by the end of the month",
    unit: "USD",
    about: "What the month of the last day is expected to cost: spend so far, and the rest at the weekday rates of the last eight \
            weeks. `lo` and `hi` hold eight of ten simulated paths.\n\
            `burn.forecast` has the error of the same forecast for past weeks. With fewer than 21 days of logs it is a plain average \
            without a range.",
    compute: |view| Measurement {
        interval: view.burn.as_ref().and_then(|figures| figures.month_end_range),
        ..figure(view, |figures| figures.month_end, "no day has spend with a price")
    },
};

pub(super) static ANOMALIES: Metric = Metric {
    id: "anomaly-days",
    code: "S8",
    name: "Unusual days",
    unit: "days",
    about: "Days of the period that cost more than the median of the same weekday in the eight weeks before, by at least 3.5 robust \
            standard deviations, $5 and a fifth.\n\
            Holidays and releases are such days too; `burn.anomalies` names models and repositories.",
    compute: |view| figure(view, |figures| figures.anomalies, "needs five weeks of logs"),
};

fn figure(view: &View<'_>, value: fn(&Figures) -> Option<Quantity>, missing: &'static str) -> Measurement {
    let figures = view.burn.unwrap_or_default();
    let value = value(&figures);
    Measurement {
        value,
        n: figures.days,
        basis: figures.prices.form(Form::AllDays),
        missing: value.is_none().then_some(missing),
        ..Measurement::default()
    }
}
