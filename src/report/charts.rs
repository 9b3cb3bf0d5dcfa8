//! What charts show, taken from the document: renderers draw it and count nothing.

use chrono::NaiveDate;

use super::document::AuditDoc;
use crate::model::money::Money;

/// Days of the chart; earlier ones are in the table of weeks.
const MOST_DAYS: usize = 92;

/// Spend by day, with the rate of a budget and of the forecast.
#[derive(Debug)]
pub struct DayChart {
    /// Days with records, in order.
    pub days: Vec<(NaiveDate, Money)>,
    /// What is expected for each coming day.
    pub forecast: Option<Ahead>,
    /// A budget's name, and its amount over its days.
    pub budget: Option<(String, Money)>,
}

/// The days to come: what the month's forecast leaves for each of them.
#[derive(Debug)]
pub struct Ahead {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub until: NaiveDate,
    /// The middle path, by day.
    pub p50: Money,
    /// One path in ten stays below, by day; with one in ten above.
    pub range: Option<(Money, Money)>,
}

impl DayChart {
    /// The chart, where two days or more have a cost.
    #[must_use]
    pub fn of(audit: &AuditDoc) -> Option<Self> {
        let rows = audit.spend_by.get("day")?;
        let day = |row: &super::document::RowDoc| {
            Some((row.key.values().next()?.as_deref()?.parse().ok()?, row.fields.cost_usd?))
        };
        let mut days: Vec<(NaiveDate, Money)> = rows.iter().filter_map(day).collect();
        days.sort_unstable();
        days.drain(..days.len().saturating_sub(MOST_DAYS));
        let (last, true) = (days.last()?.0, days.len() > 1) else { return None };
        let burn = audit.burn.as_ref();
        let forecast = burn.filter(|burn| burn.until == last).and_then(|burn| {
            let left = (burn.forecast.until - last).num_days();
            let per_day = |until: Money| {
                let nanos = (until - burn.forecast.spent_usd).nanos();
                (left > 0).then(|| Money::from_nanos(nanos.max(0) / i128::from(left)))
            };
            let range = burn.forecast.p10_usd.and_then(per_day).zip(burn.forecast.p90_usd.and_then(per_day));
            let p50 = per_day(burn.forecast.p50_usd)?;
            Some(Ahead { from: last.succ_opt()?, until: burn.forecast.until, p50, range })
        });
        let budget = burn.and_then(|burn| burn.budgets.iter().find(|one| one.team.is_none() && one.project.is_none()));
        let budget = budget.map(|one| {
            let days = i128::from((one.until - one.from).num_days() + 1);
            (one.name.clone(), Money::from_nanos(one.budget_usd.nanos() / days.max(1)))
        });
        Some(Self { days, forecast, budget })
    }
}
