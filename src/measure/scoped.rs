//! Figures of single teams, repositories and models, for gates and tables; no person, and no team that is too small.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::history::History;
use crate::ledger::{GroupKey, Spend};
use crate::link::Attribution;
use crate::measure::material::Run;
use crate::model::basis::{Basis, Form, Prices};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::statistics::interval::{self, Clusters};

/// One figure of one team, repository or model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedFigure {
    /// `team`, `repo` or `model`.
    pub scope_type: &'static str,
    /// Which one.
    pub scope: String,
    /// The metric's id.
    pub metric: &'static str,
    /// Its value; `None` is unknown.
    pub value: Option<Quantity>,
    /// Its unit.
    pub unit: &'static str,
    /// Units behind it.
    pub n: u64,
    /// Share of the records that have a price.
    pub coverage: Option<Quantity>,
    /// The 95% interval.
    pub interval: Option<(Quantity, Quantity)>,
    /// The prices it is made of and what it covers.
    pub basis: Basis,
}

/// Spend of teams that are large enough, the most expensive first, and of all others together.
#[derive(Debug, Default)]
pub struct Teams {
    /// Teams with a row of their own.
    pub shown: Vec<(String, Spend)>,
    /// Cost and records of the others.
    pub others: (Option<Money>, u64),
    /// How many others there are.
    pub hidden: usize,
    /// People that a team needs for a row of its own.
    pub min_people: u64,
}

impl Teams {
    /// Sums teams, without users who have no team. The ledger joins teams that are too small to be shown.
    ///
    /// # Errors
    /// When groups of the ledger do not sum to its total.
    pub fn new(run: &Run) -> Result<Self> {
        let mut teams = Self { min_people: run.ledger.min_people(), ..Self::default() };
        for group in run.ledger.group(&[GroupKey::Team], &run.period)? {
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
}

/// Every figure: spend by team, repository and model, and the cost of pull requests by repository.
///
/// # Errors
/// When groups of the ledger do not sum to its total.
pub fn scoped(run: &Run, teams: &Teams, attribution: Option<&Attribution>) -> Result<Vec<ScopedFigure>> {
    let mut all: Vec<ScopedFigure> = teams.shown.iter().map(|(team, sum)| spend("team", team.clone(), sum)).collect();
    for (scope_type, key) in [("repo", GroupKey::Project), ("model", GroupKey::Model)] {
        for group in run.ledger.group(&[key], &run.period)? {
            if let Some(scope) = group.key.into_iter().next().flatten() {
                all.push(spend(scope_type, scope, &group.spend));
            }
        }
    }
    all.extend(attribution.into_iter().flat_map(|attribution| pull_requests(attribution, &run.histories)));
    Ok(all)
}

fn spend(scope_type: &'static str, scope: String, spend: &Spend) -> ScopedFigure {
    let priced = spend.records - spend.unpriced_records;
    ScopedFigure {
        scope_type,
        scope,
        metric: "spend",
        value: spend.cost.map(Quantity::Money),
        unit: "USD",
        n: spend.records,
        coverage: Quantity::ratio(priced, spend.records),
        interval: None,
        basis: spend.prices.basis(),
    }
}

/// Mean and median cost of the merged pull requests of each repository.
fn pull_requests(attribution: &Attribution, histories: &[History]) -> Vec<ScopedFigure> {
    let mut repos: BTreeMap<String, (Vec<Money>, Prices)> = BTreeMap::new();
    for unit in &attribution.units {
        let history = &histories[unit.repository];
        let pull_request = unit.landing.and_then(|at| history.commits[at].pull_request);
        if pull_request.is_some() {
            let sum = unit.sum(attribution.least);
            let (costs, prices) = repos.entry(history.name()).or_default();
            costs.push(sum.cost);
            *prices += sum.prices;
        }
    }
    let mut all = Vec::new();
    for (repo, (mut costs, prices)) in repos {
        costs.sort_unstable();
        let n = costs.len() as u64;
        let mean = Quantity::money_per(costs.iter().copied().sum(), n);
        let ends = interval::dollars(Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval());
        let middle = median(&costs).map(Quantity::Money);
        for (metric, value, interval) in
            [("cost-per-pull-request", mean, ends), ("cost-per-pull-request-median", middle, None)]
        {
            all.push(ScopedFigure {
                scope_type: "repo",
                scope: repo.clone(),
                metric,
                value,
                unit: "USD per PR",
                n,
                coverage: None,
                interval,
                basis: prices.form(Form::Linked),
            });
        }
    }
    all
}

/// The middle of costs in rising order; of two, their mean.
fn median(sorted: &[Money]) -> Option<Money> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(Money::from_nanos((low.nanos() + high.nanos()).div_euclid(2)))
}
