//! The outlook of a run: the forecast for its last month, its budgets, what changed, and its unusual days with what cost most on them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{Anomaly, Bridge, Burn, Forecast, Part, Series, anomalies, bridge, forecast};
use crate::company::budget::BudgetOf;
use crate::error::Result;
use crate::ledger::{Group, GroupKey, Ledger};
use crate::measure::material::Run;
use crate::model::basis::Prices;
use crate::model::money::Money;
use crate::model::period::{Period, day_of, day_start};
use crate::model::quantity::Quantity;

/// How many unusual days are kept.
const MAX_DAYS: usize = 20;
/// How many contributors are named for an unusual day.
const MAX_CONTRIBUTORS: usize = 3;
/// With fewer days of history, an unusual day cannot be told from a usual one.
const MIN_DAYS_FOR_ANOMALIES: usize = 35;

/// Where spend is going. Days are those of the whole log, whatever the period.
#[derive(Debug)]
pub struct Outlook {
    /// The prices of all days.
    pub prices: Prices,
    /// Days from the first to the last with a record.
    pub days: usize,
    /// The last of them: nothing is known of later ones.
    pub until: NaiveDate,
    /// What the last day's month will have cost.
    pub forecast: Forecast,
    /// The budgets of the configuration.
    pub budgets: Vec<BudgetBurn>,
    /// What changed between the last two full months; `None` without two of them.
    pub change: Option<MonthChange>,
    /// Unusual days inside the period, the latest first.
    pub anomalies: Vec<UnusualDay>,
}

/// A budget with whose spend counts against it.
#[derive(Debug)]
pub struct BudgetBurn {
    /// How much of it is used, and when it will be used up.
    pub burn: Burn,
    /// Only this team's spend.
    pub team: Option<String>,
    /// Only this repository's spend.
    pub project: Option<String>,
}

impl BudgetBurn {
    /// The used share of the budget.
    #[must_use]
    pub fn burned(&self) -> Quantity {
        Quantity::Ratio(self.burn.spent.nanos(), self.burn.budget.amount.nanos())
    }
}

/// The change between two full months.
#[derive(Debug)]
pub struct MonthChange {
    /// First day of the earlier one.
    pub from: NaiveDate,
    /// First day of the later one.
    pub to: NaiveDate,
    /// Its parts.
    pub bridge: Bridge,
}

/// An unusual day with what cost most on it.
#[derive(Debug)]
pub struct UnusualDay {
    /// The day.
    pub anomaly: Anomaly,
    /// Model and repository with their cost, most expensive first.
    pub contributors: Vec<(Option<String>, Option<String>, Money)>,
    /// Sessions with their cost, most expensive first.
    pub sessions: Vec<(Option<String>, Money)>,
}

/// The figures of an outlook that metrics report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Change between the last two full months.
    pub change: Option<Quantity>,
    /// Burned share of the first budget.
    pub burned: Option<Quantity>,
    /// Days until the first budget is used up, in the middle of the paths.
    pub runway_days: Option<Quantity>,
    /// Month's end, in the middle of the paths.
    pub month_end: Option<Quantity>,
    /// The ends of its range.
    pub month_end_range: Option<(Quantity, Quantity)>,
    /// Unusual days in the period; `None` with too little history.
    pub anomalies: Option<Quantity>,
    /// The prices of all days.
    pub prices: Prices,
    /// Days of history.
    pub days: u64,
}

impl Outlook {
    /// Looks at the days of a run; `None` without a priced day.
    ///
    /// # Errors
    /// When groups of the ledger do not sum to its total.
    pub fn new(run: &Run, budgets: &[BudgetOf]) -> Result<Option<Self>> {
        let tz = run.period.tz;
        let (all, today) = (Period::all(tz), day_of(run.as_of, tz));
        let (days, prices) = by_day(&run.ledger, &all, None)?;
        let Some(series) = Series::of(days, today) else { return Ok(None) };
        let mut burns = Vec::new();
        for one in budgets {
            let (team, project) = (one.team.clone(), one.project.clone());
            let only = team.as_ref().map(|team| (GroupKey::Team, team));
            let days = match only.or(project.as_ref().map(|name| (GroupKey::Project, name))) {
                None => Some(series.clone()),
                only => Series::of(by_day(&run.ledger, &all, only)?.0, today),
            };
            let burn = Burn::of(one.budget.clone(), days.as_ref(), series.last());
            burns.push(BudgetBurn { burn, team, project });
        }
        let inside = |anomaly: &Anomaly| run.period.contains(day_start(anomaly.day, tz));
        let unusual = anomalies(&series).into_iter().filter(inside).take(MAX_DAYS);
        Ok(Some(Self {
            prices,
            days: series.costs.len(),
            until: series.last(),
            forecast: forecast(&series),
            budgets: burns,
            change: month_change(run, &series)?,
            anomalies: unusual.map(|one| UnusualDay::new(run, one)).collect::<Result<_>>()?,
        }))
    }

    /// The figures that metrics report.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let first = self.budgets.first();
        let runs_out = first.and_then(|one| one.burn.runway.p50);
        let left = runs_out.map(|day| (day - self.until).num_days().max(0));
        let month = &self.forecast;
        Figures {
            change: self.change.as_ref().map(|one| Quantity::Money(one.bridge.after - one.bridge.before)),
            burned: first.map(BudgetBurn::burned),
            runway_days: left.and_then(|days| u64::try_from(days).ok()).map(Quantity::Count),
            month_end: Some(Quantity::Money(month.p50)),
            month_end_range: month.p10.map(Quantity::Money).zip(month.p90.map(Quantity::Money)),
            anomalies: (self.days >= MIN_DAYS_FOR_ANOMALIES).then_some(Quantity::Count(self.anomalies.len() as u64)),
            prices: self.prices,
            days: self.days as u64,
        }
    }
}

impl UnusualDay {
    fn new(run: &Run, anomaly: Anomaly) -> Result<Self> {
        let period = Period::days(Some(anomaly.day), Some(anomaly.day), run.period.tz);
        let contributors = run.ledger.group(&[GroupKey::Model, GroupKey::Project], &period)?;
        let contributors = contributors.into_iter().take(MAX_CONTRIBUTORS).filter_map(|group| {
            let mut key = group.key.into_iter();
            Some((key.next()?, key.next()?, group.spend.cost?))
        });
        let sessions = run.ledger.group(&[GroupKey::Session], &period)?;
        let sessions = sessions
            .into_iter()
            .take(MAX_CONTRIBUTORS)
            .filter_map(|group| Some((group.key.into_iter().next()?, group.spend.cost?)));
        Ok(Self { contributors: contributors.collect(), sessions: sessions.collect(), anomaly })
    }
}

/// What each day cost.
type DayCosts = Vec<(NaiveDate, Money)>;

fn by_day(ledger: &Ledger, period: &Period, only: Option<(GroupKey, &String)>) -> Result<(DayCosts, Prices)> {
    let keys: Vec<GroupKey> = std::iter::once(GroupKey::Day).chain(only.map(|(key, _)| key)).collect();
    let day = |group: &Group| {
        if let Some((_, wanted)) = only
            && group.key.get(1).and_then(Option::as_ref) != Some(wanted)
        {
            return None;
        }
        Some((group.key.first()?.as_ref()?.parse().ok()?, group.spend.cost?))
    };
    let groups = ledger.group_all(&keys, period)?;
    Ok((groups.iter().filter_map(day).collect(), groups.iter().map(|group| group.spend.prices).sum()))
}

/// What changed between the last two full months.
fn month_change(run: &Run, series: &Series) -> Result<Option<MonthChange>> {
    let first_of = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let next = series.last().succ_opt().unwrap_or(series.last());
    let (Some(to_end), Some(from_end)) =
        (first_of(next).pred_opt(), first_of(next).pred_opt().and_then(|end| first_of(end).pred_opt()))
    else {
        return Ok(None);
    };
    let (to, from) = (first_of(to_end), first_of(from_end));
    if series.first > from {
        return Ok(None);
    }
    let parts = |first: NaiveDate, last: NaiveDate| -> Result<BTreeMap<String, Part>> {
        let period = Period::days(Some(first), Some(last), run.period.tz);
        let part = |group: Group| {
            let tokens = group.spend.tokens.total() - group.spend.unpriced_tokens;
            let name = group.key.into_iter().next()?.unwrap_or_default();
            Some((name, Part { tokens, cost: group.spend.cost? }))
        };
        Ok(run.ledger.group(&[GroupKey::Model], &period)?.into_iter().filter_map(part).collect())
    };
    let found = bridge(&parts(from, from_end)?, &parts(to, to_end)?);
    Ok(found.map(|bridge| MonthChange { from, to, bridge }))
}
