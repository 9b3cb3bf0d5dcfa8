//! Figures of single teams, repositories and models, for gates and tables; no person, and no team that is too small.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::history::History;
use crate::ledger::{GroupKey, Spend};
use crate::measure::linked::Linked;
use crate::measure::material::Run;
use crate::measure::sayable::{LEAST_PULL_REQUESTS, Unknown};
use crate::measure::spread::percentile;
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
    /// Why the value is unknown.
    pub unknown: Option<Unknown>,
    /// The prices it is made of and what it covers.
    pub basis: Basis,
}

/// Spend of teams that are large enough, the most expensive first, and of all others together.
#[derive(Debug, Default)]
pub struct Teams {
    /// Teams with a row of their own.
    pub shown: Vec<(String, Spend)>,
    /// Cost and requests of the others.
    pub others: (Option<Money>, Option<u64>),
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
                teams.others = (group.spend.cost, group.spend.requests);
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
pub fn scoped(run: &Run, teams: &Teams, linked: Option<&Linked>, is_cut: bool) -> Result<Vec<ScopedFigure>> {
    let mut all: Vec<ScopedFigure> = teams.shown.iter().map(|(team, sum)| spend("team", team.clone(), sum)).collect();
    for (scope_type, key) in [("repo", GroupKey::Project), ("model", GroupKey::Model)] {
        for group in run.ledger.group(&[key], &run.period)? {
            if let Some(scope) = group.key.into_iter().next().flatten() {
                all.push(spend(scope_type, scope, &group.spend));
            }
        }
    }
    all.extend(linked.into_iter().flat_map(|linked| pull_requests(linked, &run.histories, is_cut)));
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
        unknown: spend.cost.is_none().then_some(Unknown::Missing("no record has a price")),
        basis: spend.prices.basis(),
    }
}

/// Mean and median cost of the merged pull requests of each repository.
fn pull_requests(linked: &Linked, histories: &[History], is_cut: bool) -> Vec<ScopedFigure> {
    let mut repos: BTreeMap<String, (Vec<Money>, Prices)> = BTreeMap::new();
    for one in &linked.pull_requests {
        let (costs, prices) = repos.entry(histories[one.repository].name()).or_default();
        costs.push(one.cost);
        *prices += one.prices;
    }
    let mut all = Vec::new();
    for (repo, (mut costs, prices)) in repos {
        costs.sort_unstable();
        let n = costs.len() as u64;
        let mean = Quantity::money_per(costs.iter().copied().sum(), n);
        let ends = interval::dollars(Clusters::of_money(costs.iter().map(|cost| (*cost, 1))).interval());
        let few = Unknown::TooFew { found: n, needed: LEAST_PULL_REQUESTS, what: "pull requests with traced spend" };
        let few = Some(few).filter(|_| n < LEAST_PULL_REQUESTS);
        let cut = is_cut.then_some(Unknown::CutHistory);
        let middle = percentile(&costs, 50).map(Quantity::Money);
        for (metric, value, interval, unknown) in
            [("cost-per-pull-request", mean, ends, cut), ("cost-per-pull-request-median", middle, None, cut.or(few))]
        {
            all.push(ScopedFigure {
                scope_type: "repo",
                scope: repo.clone(),
                metric,
                value: value.filter(|_| unknown.is_none()),
                unit: "USD per PR",
                n,
                coverage: None,
                interval: interval.filter(|_| unknown.is_none()),
                unknown,
                basis: prices.form(Form::Linked),
            });
        }
    }
    all
}
