//! Figures of single teams, repositories and models, for gates and tables; no person, and no team that is too small.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Material;
use super::attribution::UnitDoc;
use super::page::columns;
use super::page::{Cell, Section, Table};
use crate::error::Result;
use crate::ledger::{Key, Spend};
use crate::model::basis::{Basis, Form, Prices};
use crate::model::money::Money;
use crate::model::quantity::Quantity;
use crate::statistics::interval::{self, Clusters};

/// A team of fewer people is in no row of its own (METRICS section 7).
pub const LEAST_PEOPLE: usize = 5;

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
    /// The prices it is made of (`list`; `billed`; `billed, else list` for both) and what it covers, such as `list, linked`.
    /// Figures of different bases do not compare.
    pub basis: Basis,
}

/// Spend of teams that are large enough, the dearest first, and of all others together.
#[derive(Debug, Default)]
pub(super) struct Teams {
    shown: Vec<(String, Spend)>,
    /// Cost and records of the others.
    others: (Option<Money>, u64),
    hidden: usize,
}

impl Teams {
    /// Sums teams; users without a team are nobody's.
    pub(super) fn of(audit: &Material) -> Result<Self> {
        let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for group in audit.ledger.group(&[Key::Team, Key::User], &audit.period)? {
            let mut key = group.key.into_iter().flatten();
            if let (Some(team), Some(user)) = (key.next(), key.next()) {
                people.entry(team).or_default().insert(user);
            }
        }
        let mut all = Vec::new();
        for group in audit.ledger.group(&[Key::Team], &audit.period)? {
            if let Some(team) = group.key.into_iter().next().flatten() {
                let count = people.get(&team).map_or(0, BTreeSet::len);
                all.push((team, count, group.spend));
            }
        }
        let small = all.iter().filter(|(_, count, _)| *count < LEAST_PEOPLE).count();
        // One hidden team could be worked out from the whole, so a second one is hidden with it.
        let second =
            all.iter().filter(|(_, count, _)| *count >= LEAST_PEOPLE).map(|(team, count, _)| (*count, team.clone()));
        let second = second.min().filter(|_| small == 1).map(|(_, team)| team);
        let mut teams = Self::default();
        for (team, count, spend) in all {
            if count < LEAST_PEOPLE || second.as_ref() == Some(&team) {
                teams.others.0 = teams.others.0.into_iter().chain(spend.cost).reduce(|a, b| a + b);
                teams.others.1 += spend.records;
                teams.hidden += 1;
            } else {
                teams.shown.push((team, spend));
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
            rest: Some(format!("a team of fewer than {LEAST_PEOPLE} people is not shown alone")),
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
        basis: spend.prices.basis(),
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
    let mut repos: BTreeMap<&str, (Vec<Money>, Prices)> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.pull_request.is_some() && unit.landing.is_some()) {
        let (costs, prices) = repos.entry(&unit.repo).or_default();
        costs.push(unit.cost_usd);
        *prices += unit.prices;
    }
    for (repo, (mut costs, prices)) in repos {
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
                basis: prices.form(Form::Linked),
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
