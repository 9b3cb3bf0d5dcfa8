//! Where spend is going, for the audit: month's end, budgets, what changed, days unlike the others.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::Material;
use super::page::columns;
use super::page::{Cell, Fact, Section, Table, dollars, percent};
use crate::error::Result;
use crate::ledger::Key;
use crate::measure::burn::{self, Anomaly, Bridge, Burn, Forecast, Part, Series};
use crate::metrics::burn::Figures;
use crate::model::money::Money;
use crate::model::period::{Period, day_of};
use crate::model::quantity::Quantity;

/// Days unlike the others that the document holds.
const MOST_DAYS: usize = 20;
/// What a day is blamed on, at most.
const CONTRIBUTORS: usize = 3;

/// Where spend is going; days are those of the whole log, whatever the period.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BurnDoc {
    /// Days from the first to the last with a record.
    pub days: usize,
    /// The last of them: nothing is known of later ones.
    pub until: NaiveDate,
    /// What the last day's month will have cost.
    pub forecast: ForecastDoc,
    /// The budgets of the configuration.
    pub budgets: Vec<BudgetDoc>,
    /// What changed from the month before the last full one to the last full one; `null` without two of them.
    pub bridge: Option<BridgeDoc>,
    /// Days unlike the others inside the period, the latest first.
    pub anomalies: Vec<AnomalyDoc>,
}

/// A month's end.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ForecastDoc {
    /// The month's last day.
    pub until: NaiveDate,
    /// Spent in the month so far.
    pub spent_usd: Money,
    /// One path in ten stays below.
    pub p10_usd: Option<Money>,
    /// The middle.
    pub p50_usd: Money,
    /// One path in ten goes beyond.
    pub p90_usd: Option<Money>,
    /// How far forecasts of past weeks were off, as a share; `null` with fewer than 28 days.
    pub backtest_error: Option<Quantity>,
    /// Weeks behind that error.
    pub backtest_weeks: usize,
    /// `weekday`, or `plain` with fewer than 21 days.
    pub method: &'static str,
}

/// A budget.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BudgetDoc {
    /// What it is called.
    pub name: String,
    /// Only this team's spend.
    pub team: Option<String>,
    /// Only this repository's spend.
    pub project: Option<String>,
    /// Dollars.
    pub budget_usd: Money,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Spent so far.
    pub spent_usd: Money,
    /// Its share of the budget.
    pub burned: Quantity,
    /// The share of its working days that are gone.
    pub expected: Option<Quantity>,
    /// Whether it is used up.
    pub over: bool,
    /// One path in ten is over by this day.
    pub runs_out_p10: Option<NaiveDate>,
    /// Half of them are; `null` is not within two years.
    pub runs_out_p50: Option<NaiveDate>,
    /// Nine in ten are.
    pub runs_out_p90: Option<NaiveDate>,
}

/// A change and its parts.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BridgeDoc {
    /// The earlier month.
    pub from_month: String,
    /// The later one.
    pub to_month: String,
    /// Spend of the earlier one.
    pub before_usd: Money,
    /// Spend of the later one; `before` and the three parts sum to it.
    pub after_usd: Money,
    /// More or fewer tokens.
    pub volume_usd: Money,
    /// Other models.
    pub mix_usd: Money,
    /// Other prices, or other shares of cached tokens.
    pub price_usd: Money,
}

/// A day unlike the others.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AnomalyDoc {
    /// The day.
    pub day: NaiveDate,
    /// What it cost.
    pub cost_usd: Money,
    /// The median of the same weekdays before.
    pub usual_usd: Money,
    /// Robust standard deviations; `null` where the others were all alike.
    pub z: Option<Quantity>,
    /// What cost most on it, by model and by repository.
    pub contributors: Vec<ContributorDoc>,
    /// The sessions that cost most on it.
    pub sessions: Vec<SessionPartDoc>,
}

/// A session's part of a day.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SessionPartDoc {
    /// The session.
    pub session: Option<String>,
    /// Its cost on that day.
    pub cost_usd: Money,
}

/// What a day is blamed on.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ContributorDoc {
    /// Model.
    pub model: Option<String>,
    /// Repository or folder.
    pub project: Option<String>,
    /// Its cost on that day.
    pub cost_usd: Money,
}

/// Looks at the days of a run; `None` without a priced day.
pub(super) fn look(audit: &Material) -> Result<Option<BurnDoc>> {
    let all = Period::all(audit.period.tz);
    let today = day_of(audit.as_of, audit.period.tz);
    let days = by_day(audit, &all, None)?;
    let Some(series) = Series::of(days, today) else { return Ok(None) };
    let mut budgets = Vec::new();
    for one in &audit.budgets {
        let of =
            one.team.as_ref().map(|team| (Key::Team, team)).or(one.project.as_ref().map(|name| (Key::Project, name)));
        let days = match of {
            None => Some(series.clone()),
            Some(of) => Series::of(by_day(audit, &all, Some(of))?, today),
        };
        let burn = Burn::of(one.budget.clone(), days.as_ref(), series.last());
        budgets.push(budget(burn, one.team.clone(), one.project.clone()));
    }
    let inside = |anomaly: &Anomaly| {
        let at = crate::model::period::day_start(anomaly.day, audit.period.tz);
        audit.period.contains(at)
    };
    let mut anomalies = Vec::new();
    for one in burn::anomalies(&series).into_iter().filter(inside).take(MOST_DAYS) {
        let period = Period::days(Some(one.day), Some(one.day), audit.period.tz);
        let groups = audit.ledger.group(&[Key::Model, Key::Project], &period)?;
        let contributors = groups.into_iter().take(CONTRIBUTORS).filter_map(|group| {
            let mut key = group.key.into_iter();
            Some(ContributorDoc { model: key.next()?, project: key.next()?, cost_usd: group.spend.cost? })
        });
        let sessions = audit.ledger.group(&[Key::Session], &period)?;
        let sessions = sessions.into_iter().take(CONTRIBUTORS).filter_map(|group| {
            Some(SessionPartDoc { session: group.key.into_iter().next()?, cost_usd: group.spend.cost? })
        });
        anomalies.push(AnomalyDoc {
            day: one.day,
            cost_usd: one.cost,
            usual_usd: one.usual,
            z: one.z.map(thousandths),
            contributors: contributors.collect(),
            sessions: sessions.collect(),
        });
    }
    Ok(Some(BurnDoc {
        days: series.costs.len(),
        until: series.last(),
        forecast: forecast(burn::forecast(&series)),
        budgets,
        bridge: change(audit, &series)?,
        anomalies,
    }))
}

fn by_day(audit: &Material, period: &Period, of: Option<(Key, &String)>) -> Result<Vec<(NaiveDate, Money)>> {
    let keys: Vec<Key> = std::iter::once(Key::Day).chain(of.map(|(key, _)| key)).collect();
    let groups = audit.ledger.group_all(&keys, period)?;
    let day = |group: &crate::ledger::Group| {
        if let Some((_, wanted)) = of
            && group.key.get(1).and_then(Option::as_ref) != Some(wanted)
        {
            return None;
        }
        Some((group.key.first()?.as_ref()?.parse().ok()?, group.spend.cost?))
    };
    Ok(groups.iter().filter_map(day).collect())
}

/// The last two full months, taken apart.
fn change(audit: &Material, series: &Series) -> Result<Option<BridgeDoc>> {
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
        let period = Period::days(Some(first), Some(last), audit.period.tz);
        let groups = audit.ledger.group(&[Key::Model], &period)?;
        let part = |group: crate::ledger::Group| {
            let tokens = group.spend.tokens.total() - group.spend.unpriced_tokens;
            let name = group.key.into_iter().next()?.unwrap_or_default();
            Some((name, Part { tokens, cost: group.spend.cost? }))
        };
        Ok(groups.into_iter().filter_map(part).collect())
    };
    let found = burn::bridge(&parts(from, from_end)?, &parts(to, to_end)?);
    Ok(found.map(|Bridge { before, after, volume, mix, price }| BridgeDoc {
        from_month: from.format("%Y-%m").to_string(),
        to_month: to.format("%Y-%m").to_string(),
        before_usd: before,
        after_usd: after,
        volume_usd: volume,
        mix_usd: mix,
        price_usd: price,
    }))
}

fn thousandths(value: f64) -> Quantity {
    #[expect(clippy::cast_possible_truncation, reason = "three decimals of a small number")]
    let mille = (value * 1000.0).round() as i128;
    Quantity::Ratio(mille, 1000)
}

fn forecast(found: Forecast) -> ForecastDoc {
    ForecastDoc {
        until: found.until,
        spent_usd: found.spent,
        p10_usd: found.p10,
        p50_usd: found.p50,
        p90_usd: found.p90,
        backtest_error: found.error.map(thousandths),
        backtest_weeks: found.tests,
        method: if found.days < burn::LEAST_DAYS { "plain" } else { "weekday" },
    }
}

fn budget(found: Burn, team: Option<String>, project: Option<String>) -> BudgetDoc {
    let (gone, all) = found.working_days;
    BudgetDoc {
        name: found.budget.name,
        team,
        project,
        budget_usd: found.budget.amount,
        from: found.budget.from,
        until: found.budget.until,
        spent_usd: found.spent,
        burned: Quantity::Ratio(found.spent.nanos(), found.budget.amount.nanos()),
        expected: Quantity::ratio(gone, all),
        over: found.runway.over,
        runs_out_p10: found.runway.p10,
        runs_out_p50: found.runway.p50,
        runs_out_p90: found.runway.p90,
    }
}

impl BurnDoc {
    /// The figures that metrics show.
    pub(super) fn figures(&self) -> Figures {
        let first = self.budgets.first();
        let left = first.and_then(|one| one.runs_out_p50).map(|day| (day - self.until).num_days().max(0));
        Figures {
            change: self.bridge.as_ref().map(|bridge| Quantity::Money(bridge.after_usd - bridge.before_usd)),
            burned: first.map(|one| one.burned),
            runway_days: left.and_then(|days| u64::try_from(days).ok()).map(Quantity::Count),
            month_end: Some(Quantity::Money(self.forecast.p50_usd)),
            month_end_range: self.forecast.p10_usd.map(Quantity::Money).zip(self.forecast.p90_usd.map(Quantity::Money)),
            anomalies: (self.days >= 35).then_some(Quantity::Count(self.anomalies.len() as u64)),
            days: self.days as u64,
        }
    }

    /// The lines of the page.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let month = &self.forecast;
        let range = match (month.p10_usd, month.p90_usd) {
            (Some(low), Some(high)) => format!("{} to {} in eight of ten paths", dollars(low), dollars(high)),
            _ => format!("a plain average of {} days, without a range", self.days),
        };
        let error = match month.backtest_error {
            Some(error) => {
                format!("past weeks were foretold {:.0}% off", error.as_f64() * 100.0)
            }
            None => "too few weeks to test it".to_owned(),
        };
        facts.push(Fact {
            label: "Forecast",
            value: dollars(month.p50_usd),
            detail: format!("by {}: {range} · {} so far · {error}", month.until, dollars(month.spent_usd)),
        });
        for one in &self.budgets {
            let nanos = |money: Money| u64::try_from(money.nanos()).unwrap_or(0);
            let end = match (one.over, one.runs_out_p50) {
                (true, Some(day)) => format!("used up on {day}"),
                (_, None) => "not used up within two years".to_owned(),
                (_, Some(day)) => match (one.runs_out_p10, one.runs_out_p90) {
                    (Some(low), Some(high)) => format!("used up about {day} ({low} to {high})"),
                    (Some(low), None) => format!("used up about {day} ({low} or later)"),
                    _ => format!("used up about {day}"),
                },
            };
            let expected = one.expected.map_or(0.0, Quantity::as_f64) * 100.0;
            facts.push(Fact {
                label: "Budget",
                value: percent(nanos(one.spent_usd), nanos(one.budget_usd)),
                detail: format!(
                    "{}: {} of {}, {expected:.0}% of working days gone · {end} (budget until {})",
                    one.name,
                    dollars(one.spent_usd),
                    dollars(one.budget_usd),
                    one.until
                ),
            });
        }
        if let Some(bridge) = &self.bridge {
            facts.push(Fact {
                label: "Change",
                value: dollars(bridge.after_usd - bridge.before_usd),
                detail: format!(
                    "{} to {}: volume {} · mix of models {} · price and caching {}",
                    bridge.from_month,
                    bridge.to_month,
                    dollars(bridge.volume_usd),
                    dollars(bridge.mix_usd),
                    dollars(bridge.price_usd)
                ),
            });
        }
        facts
    }

    /// Days unlike the others.
    pub(super) fn section(&self) -> Option<Section> {
        let row = |one: &AnomalyDoc| {
            let blamed = one.contributors.first().map(|first| {
                let names =
                    [&first.model, &first.project].map(|name| name.clone().unwrap_or_else(|| "unknown".to_owned()));
                format!("{} in {}, {}", names[0], names[1], dollars(first.cost_usd))
            });
            vec![
                Cell::text(one.day.to_string()),
                Cell::Money(Some(one.cost_usd)),
                Cell::Money(Some(one.usual_usd)),
                Cell::Text(blamed),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.anomalies.iter().take(5).map(row).collect();
        let columns =
            columns(&[("day", "day"), ("cost", "cost_usd"), ("usual", "usual_usd"), ("mostly", "contributor")]);
        (!rows.is_empty()).then(|| Section {
            title: "Days unlike the others".to_owned(),
            table: Table { rows, columns },
            rest: None,
        })
    }
}
