//! Figures of single teams, repositories and models, for gates and tables; no person, and no team that is too small.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Material;
use super::attribution::UnitDoc;
use super::page::columns;
use super::page::{Cell, Section, Table};
use crate::error::Result;
use crate::ledger::{Key, Spend};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::statistics::interval::{self, Clusters};

/// One figure of one scope.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ScopedDoc {
    /// `team`, `repo` or `model`.
    pub scope_type: &'static str,
    /// Which one.
    pub scope: String,
    /// The metric's id.
    pub metric: &'static str,
    /// Its value; `null` is unknown.
    pub value: Option<Quantity>,
    /// Its unit.
    pub unit: &'static str,
    /// Units behind it.
    pub n: u64,
    /// Share of the spend that has a price.
    pub coverage: Option<Quantity>,
    /// Lower end of the 95% interval.
    pub lo: Option<Quantity>,
    /// Upper end.
    pub hi: Option<Quantity>,
    /// Price basis or form.
    pub basis: &'static str,
}

/// Spend of teams that are large enough to be shown, the most expensive first, and of all others together.
#[derive(Debug, Default)]
pub(super) struct Teams {
    shown: Vec<(String, Spend)>,
    /// Cost and records of the others.
    others: (Option<Money>, u64),
    hidden: usize,
    /// People that a team needs to be shown.
    min_people: u64,
}

impl Teams {
    /// Sums teams; the ledger joins those that are too small to be shown.
    pub(super) fn of(audit: &Material) -> Result<Self> {
        let mut teams = Self { min_people: audit.ledger.min_people(), ..Self::default() };
        for group in audit.ledger.group(&[Key::Team], &audit.period)? {
            let Some(team) = group.key.into_iter().next().flatten() else { continue };
            if group.joined > 0 {
                teams.others = (group.spend.cost, group.spend.records);
                teams.hidden = group.joined;
            } else {
                teams.shown.push((team, group.spend));
            }
        }
        Ok(teams)
    }

    /// The table of the page.
    pub(super) fn section(&self) -> Option<Section> {
        let columns = columns(&[("team", "team"), ("cost", "cost_usd"), ("requests", "records")]);
        let row = |name: String, cost, records| vec![Cell::text(name), Cell::Money(cost), Cell::count(records)];
        let mut rows: Vec<Vec<Cell>> =
            self.shown.iter().map(|(team, spend)| row(team.clone(), spend.cost, spend.records)).collect();
        if self.hidden > 0 {
            rows.push(row(format!("{} others together", self.hidden), self.others.0, self.others.1));
        }
        (!rows.is_empty()).then(|| Section {
            title: "By team".to_owned(),
            table: Table { rows, columns },
            rest: (self.min_people > 1)
                .then(|| format!("a team of fewer than {} people is not shown alone", self.min_people)),
        })
    }
}

fn spend(scope_type: &'static str, scope: String, spend: &Spend) -> ScopedDoc {
    let priced = spend.records - spend.unpriced_records;
    ScopedDoc {
        scope_type,
        scope,
        metric: "spend",
        value: spend.cost.map(Quantity::Money),
        unit: "USD",
        n: spend.records,
        coverage: Quantity::ratio(priced, spend.records),
        lo: None,
        hi: None,
        basis: "list",
    }
}

/// Every figure: spend by team, repository and model, and the cost of pull requests by repository.
pub(super) fn figures(audit: &Material, teams: &Teams, units: &[UnitDoc]) -> Result<Vec<ScopedDoc>> {
    let mut all: Vec<ScopedDoc> = teams.shown.iter().map(|(team, sum)| spend("team", team.clone(), sum)).collect();
    for (scope_type, key) in [("repo", Key::Project), ("model", Key::Model)] {
        for group in audit.ledger.group(&[key], &audit.period)? {
            if let Some(scope) = group.key.into_iter().next().flatten() {
                all.push(spend(scope_type, scope, &group.spend));
            }
        }
    }
    let mut repos: BTreeMap<&str, Vec<Money>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.pull_request.is_some() && unit.landing.is_some()) {
        repos.entry(&unit.repo).or_default().push(unit.cost_usd);
    }
    for (repo, mut costs) in repos {
        costs.sort_unstable();
        let n = costs.len() as u64;
        let mean = Quantity::money_per(costs.iter().copied().sum(), n);
        let ends = interval::dollars(Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval());
        let median = median(&costs).map(Quantity::Money);
        for (metric, value, ends) in
            [("cost-per-pull-request", mean, ends), ("cost-per-pull-request-median", median, None)]
        {
            all.push(ScopedDoc {
                scope_type: "repo",
                scope: repo.to_owned(),
                metric,
                value,
                unit: "USD per PR",
                n,
                coverage: None,
                lo: ends.map(|(lo, _)| lo),
                hi: ends.map(|(_, hi)| hi),
                basis: "list, linked",
            });
        }
    }
    Ok(all)
}

/// The middle of costs in rising order; of two, their mean.
fn median(sorted: &[Money]) -> Option<Money> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(Money::from_nanos((low.nanos() + high.nanos()).div_euclid(2)))
}
