//! Where spend is going, for the audit: the month's end, budgets, what changed, unusual days.

use chrono::NaiveDate;
use serde::Serialize;

use super::page::{Cell, Fact, FactId, Section, SectionId, Table, columns, dollars, many, nanos, percent};
use crate::measure::burn::{Bridge, BudgetBurn, Burn, Forecast, LEAST_DAYS, MonthChange, Outlook, UnusualDay};
use crate::model::money::Money;
use crate::model::quantity::Quantity;

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
    /// Unusual days inside the period, the latest first.
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

/// An unusual day.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AnomalyDoc {
    /// The day.
    pub day: NaiveDate,
    /// What it cost.
    pub cost_usd: Money,
    /// The median of the same weekdays before.
    pub usual_usd: Money,
    /// Robust standard deviations; `null` where those days all cost the same.
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

/// A model and repository that cost much on a day.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ContributorDoc {
    /// Model.
    pub model: Option<String>,
    /// Repository or folder.
    pub project: Option<String>,
    /// Its cost on that day.
    pub cost_usd: Money,
}

fn thousandths(value: f64) -> Quantity {
    #[expect(clippy::cast_possible_truncation, reason = "three decimals of a small number")]
    let mille = (value * 1000.0).round() as i128;
    Quantity::Ratio(mille, 1000)
}

impl From<&Outlook> for BurnDoc {
    fn from(outlook: &Outlook) -> Self {
        Self {
            days: outlook.days,
            until: outlook.until,
            forecast: ForecastDoc::from(&outlook.forecast),
            budgets: outlook.budgets.iter().map(BudgetDoc::from).collect(),
            bridge: outlook.change.as_ref().map(BridgeDoc::from),
            anomalies: outlook.anomalies.iter().map(AnomalyDoc::from).collect(),
        }
    }
}

impl From<&Forecast> for ForecastDoc {
    fn from(found: &Forecast) -> Self {
        Self {
            until: found.until,
            spent_usd: found.spent,
            p10_usd: found.p10,
            p50_usd: found.p50,
            p90_usd: found.p90,
            backtest_error: found.error.map(thousandths),
            backtest_weeks: found.tests,
            method: if found.days < LEAST_DAYS { "plain" } else { "weekday" },
        }
    }
}

impl From<&BudgetBurn> for BudgetDoc {
    fn from(one: &BudgetBurn) -> Self {
        let Burn { budget, spent, working_days: (gone, all), runway } = &one.burn;
        Self {
            name: budget.name.clone(),
            team: one.team.clone(),
            project: one.project.clone(),
            budget_usd: budget.amount,
            from: budget.from,
            until: budget.until,
            spent_usd: *spent,
            burned: one.burned(),
            expected: Quantity::ratio(*gone, *all),
            over: runway.over,
            runs_out_p10: runway.p10,
            runs_out_p50: runway.p50,
            runs_out_p90: runway.p90,
        }
    }
}

impl From<&MonthChange> for BridgeDoc {
    fn from(one: &MonthChange) -> Self {
        let Bridge { before, after, volume, mix, price } = one.bridge;
        Self {
            from_month: one.from.format("%Y-%m").to_string(),
            to_month: one.to.format("%Y-%m").to_string(),
            before_usd: before,
            after_usd: after,
            volume_usd: volume,
            mix_usd: mix,
            price_usd: price,
        }
    }
}

impl From<&UnusualDay> for AnomalyDoc {
    fn from(one: &UnusualDay) -> Self {
        let contributors = one.contributors.iter().cloned();
        let sessions = one.sessions.iter().cloned();
        Self {
            day: one.anomaly.day,
            cost_usd: one.anomaly.cost,
            usual_usd: one.anomaly.usual,
            z: one.anomaly.z.map(thousandths),
            contributors: contributors
                .map(|(model, project, cost_usd)| ContributorDoc { model, project, cost_usd })
                .collect(),
            sessions: sessions.map(|(session, cost_usd)| SessionPartDoc { session, cost_usd }).collect(),
        }
    }
}

impl ForecastDoc {
    fn fact(&self, days: usize) -> Fact {
        let range = match (self.p10_usd, self.p90_usd) {
            (Some(low), Some(high)) => {
                format!("{} to {} in eight of ten simulated months", dollars(low), dollars(high))
            }
            _ => format!("a plain average of {}, without a range", many(days as u64, "day")),
        };
        let error = match self.backtest_error {
            Some(error) => format!("forecasts of past weeks were {:.0}% off", error.as_f64() * 100.0),
            None => "too few weeks to test it".to_owned(),
        };
        let detail = format!("expected by {}: {range} · {} so far · {error}", self.until, dollars(self.spent_usd));
        Fact::new(FactId::Forecast, dollars(self.p50_usd), detail)
    }
}

impl BudgetDoc {
    fn fact(&self) -> Fact {
        let end = match (self.over, self.runs_out_p50) {
            (true, Some(day)) => format!("used up on {day}"),
            (_, None) => "not used up within two years".to_owned(),
            (_, Some(day)) => match (self.runs_out_p10, self.runs_out_p90) {
                (Some(low), Some(high)) => format!("used up about {day} ({low} to {high})"),
                (Some(low), None) => format!("used up about {day} ({low} or later)"),
                _ => format!("used up about {day}"),
            },
        };
        let detail = format!(
            "{}: {} of {}, {:.0}% of working days gone · {end} (budget until {})",
            self.name,
            dollars(self.spent_usd),
            dollars(self.budget_usd),
            self.expected.map_or(0.0, Quantity::as_f64) * 100.0,
            self.until
        );
        Fact::new(FactId::Budget, percent(nanos(self.spent_usd), nanos(self.budget_usd)), detail)
    }
}

impl BridgeDoc {
    fn fact(&self) -> Fact {
        let detail = format!(
            "{} to {}: volume {} · mix of models {} · price and caching {}",
            self.from_month,
            self.to_month,
            dollars(self.volume_usd),
            dollars(self.mix_usd),
            dollars(self.price_usd)
        );
        Fact::new(FactId::Change, dollars(self.after_usd - self.before_usd), detail)
    }
}

impl BurnDoc {
    /// The lines of the page.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![self.forecast.fact(self.days)];
        facts.extend(self.budgets.iter().map(BudgetDoc::fact));
        facts.extend(self.bridge.as_ref().map(BridgeDoc::fact));
        facts
    }

    /// The unusual days.
    pub(super) fn section(&self) -> Option<Section> {
        let row = |one: &AnomalyDoc| {
            let mostly = one.contributors.first().map(|first| {
                let names =
                    [&first.model, &first.project].map(|name| name.clone().unwrap_or_else(|| "unknown".to_owned()));
                format!("{} in {}, {}", names[0], names[1], dollars(first.cost_usd))
            });
            vec![
                Cell::text(one.day.to_string()),
                Cell::Money(Some(one.cost_usd)),
                Cell::Money(Some(one.usual_usd)),
                Cell::Text(mostly),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.anomalies.iter().take(5).map(row).collect();
        let columns =
            columns(&[("day", "day"), ("cost", "cost_usd"), ("usual", "usual_usd"), ("mostly", "contributor")]);
        (!rows.is_empty()).then(|| Section {
            id: SectionId::UnusualDays,
            title: "Unusual days".to_owned(),
            table: Table { rows, columns },
            rest: None,
        })
    }
}
