//! From the spend of each day: where it is going. Documents have the details under `burn`.

use super::{Measured, Measurement, Metric, Quantity};
use crate::measure::burn::Figures;
use crate::model::basis::Form;

pub(super) static CHANGE: Metric = Metric {
    id: "spend-change",
    code: "S4",
    name: "Change between the last two full months",
    unit: "USD",
    about: "Spend of the last full month less that of the month before.\n\
            `burn.bridge` splits it into volume, mix of models and price, which add up to it exactly. A new model counts as mix; more \
            cached tokens lower the price.",
    needs: &[],
    compute: |measured| figure(measured, |figures| figures.change, "needs two full months of logs"),
};

pub(super) static BURNED: Metric = Metric {
    id: "budget-burn",
    code: "S5",
    name: "Used share of the budget",
    unit: "share",
    about: "Spend since the first day of the first budget in tokaudit.toml over that budget.\n\
            Read it beside the share of working days that have passed (`burn.budgets`). Splitting a budget hides how fast it is used; \
            the parent is the one without a name.",
    needs: &[],
    compute: |measured| figure(measured, |figures| figures.burned, "needs [budget] in tokaudit.toml"),
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
    needs: &[],
    compute: |measured| {
        figure(
            measured,
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
    needs: &[],
    compute: |measured| Measurement {
        interval: measured.burn.as_ref().and_then(|figures| figures.month_end_range),
        ..figure(measured, |figures| figures.month_end, "no day has spend with a price")
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
    needs: &[],
    compute: |measured| figure(measured, |figures| figures.anomalies, "needs five weeks of logs"),
};

fn figure(measured: &Measured, value: fn(&Figures) -> Option<Quantity>, missing: &'static str) -> Measurement {
    let figures = measured.burn.unwrap_or_default();
    let value = value(&figures);
    Measurement {
        value,
        n: figures.days,
        basis: figures.prices.form(Form::AllDays),
        missing: value.is_none().then_some(missing),
        ..Measurement::default()
    }
}
