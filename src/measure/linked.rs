//! What attributed metrics read: the landings that spend of the period is linked to, with what became of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::error::Result;
use crate::history::{History, Totals};
use crate::link::{Attribution, Calibration, Sum};
use crate::measure::lifetimes::age_at_death;
use crate::measure::material::{Linking, Run};
use crate::model::basis::Prices;
use crate::model::commit::Commit;
use crate::model::line_life::Death;
use crate::model::money::Money;
use crate::model::period::{HORIZON, Period};
use crate::model::quantity::Quantity;

/// A deleted line counts as old above this age in days.
const OLD_DAYS: i64 = 90;

/// A landing with its part of the spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedLanding {
    /// Cost, by evidence that counts for the headline.
    pub cost: Money,
    /// The prices that it is made of.
    pub prices: Prices,
    /// Tokens.
    pub tokens: u64,
    /// Effective lines that it added; none by bots.
    pub added_effective: u64,
    /// Whether it was watched for long enough and not reverted; `None` when it is too young.
    pub accepted: Option<bool>,
    /// Its lines that are still alive after 30 days; `None` when it is too young.
    pub surviving: Option<u64>,
    /// Lines that it deleted.
    pub removed: Removed,
}

/// Effective lines that a landing deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// All of them.
    pub all: u64,
    /// Those whose birth was read.
    pub known: u64,
    /// Of these, the old ones.
    pub old: u64,
}

/// The linked part of the period's spend.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The sums.
    pub attribution: Attribution,
    /// How right the weaker evidence is.
    pub calibration: Calibration,
    /// Landings with a part of the spend, the most expensive first.
    pub landings: Vec<LinkedLanding>,
    /// Pull requests merged in the window with a part of the spend, the cheapest first: the one population of their costs.
    pub pull_requests: Vec<PullRequestCost>,
    /// More of them, whose spend has no price.
    pub unpriced_pull_requests: u64,
}

/// What a merged pull request cost, by evidence that counts for the headline; over all landings that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullRequestCost {
    /// The repository, by index.
    pub repository: usize,
    /// When the last of its landings landed.
    pub merged: DateTime<Utc>,
    /// Its cost.
    pub cost: Money,
    /// The prices that it is made of.
    pub prices: Prices,
}

impl Linked {
    /// What the spend of the period is linked to.
    ///
    /// # Errors
    /// When links do not sum to the ledger.
    pub fn of(linking: &Linking, run: &Run) -> Result<Self> {
        let attribution = Attribution::compute(&linking.links, &run.period, linking.least)?;
        Ok(Self::new(attribution, linking.calibration.clone(), &run.histories, &run.window()))
    }

    /// Collects the landings, and the pull requests merged in the window.
    #[must_use]
    pub fn new(attribution: Attribution, calibration: Calibration, histories: &[History], window: &Period) -> Self {
        let surviving: Vec<Vec<u64>> = histories.iter().map(surviving).collect();
        let removed: Vec<Vec<Removed>> = histories.iter().map(removed).collect();
        let mut landings: Vec<LinkedLanding> = attribution
            .units
            .iter()
            .filter_map(|unit| {
                let at = unit.landing?;
                let history = &histories[unit.repository];
                let commit = &history.commits[at];
                let sum = unit.sum(attribution.least);
                let age = history.observed_until? - commit.commit_time;
                let by = commit.reverted_by.as_ref().and_then(|id| history.commits.iter().find(|one| one.id == *id));
                let soon = by.is_some_and(|by| by.commit_time - commit.commit_time <= HORIZON);
                let is_old = age >= HORIZON;
                Some(LinkedLanding {
                    cost: sum.cost,
                    prices: sum.prices,
                    tokens: sum.tokens,
                    added_effective: Totals::of(commit).added_effective,
                    accepted: is_old.then_some(!soon),
                    surviving: is_old.then(|| surviving[unit.repository][at]),
                    removed: removed[unit.repository][at],
                })
            })
            .filter(|landing| landing.tokens > 0 || landing.cost != Money::ZERO)
            .collect();
        landings.sort_by_key(|landing| std::cmp::Reverse(landing.cost));
        let (pull_requests, unpriced_pull_requests) = pull_requests(&attribution, histories, window);
        Self { attribution, calibration, landings, pull_requests, unpriced_pull_requests }
    }

    /// Share of the cost that the headline's evidence links.
    #[must_use]
    pub fn share(&self) -> Option<Quantity> {
        Quantity::share(self.attribution.linked(self.attribution.least).cost, self.attribution.total.cost)
    }

    /// The prices of what the landings cost.
    #[must_use]
    pub fn prices(&self) -> Prices {
        self.landings.iter().map(|landing| landing.prices).sum()
    }

    /// Costs of the pull requests, cheapest first.
    #[must_use]
    pub fn pull_request_costs(&self) -> Vec<Money> {
        self.pull_requests.iter().map(|one| one.cost).collect()
    }
}

/// Whether a landing is a pull request of the window, and not a bot's: the one population of every figure on pull requests.
#[must_use]
pub fn is_counted_pull(landing: &Commit, window: &Period) -> bool {
    landing.pull_request.is_some() && !landing.bot && window.contains(landing.commit_time)
}

/// Pull requests that were merged in the window and have a part of the spend, the cheapest first, and the number of those whose
/// spend has no price. Bots are left out.
fn pull_requests(attribution: &Attribution, histories: &[History], window: &Period) -> (Vec<PullRequestCost>, u64) {
    let mut sums: BTreeMap<(usize, u64), (Sum, DateTime<Utc>)> = BTreeMap::new();
    for unit in &attribution.units {
        let commit = unit.landing.map(|at| &histories[unit.repository].commits[at]);
        let commit = commit.filter(|commit| is_counted_pull(commit, window));
        if let Some((number, merged)) = commit.and_then(|commit| Some((commit.pull_request?, commit.commit_time))) {
            let (sum, last) = sums.entry((unit.repository, number)).or_insert((Sum::default(), merged));
            *sum += unit.sum(attribution.least);
            *last = merged.max(*last);
        }
    }
    let spent = sums.into_iter().filter(|(_, (sum, _))| sum.tokens > 0 || sum.cost != Money::ZERO);
    let (priced, unpriced): (Vec<_>, Vec<_>) = spent.partition(|(_, (sum, _))| sum.is_priced);
    let cost = |((repository, _), (sum, merged)): ((usize, u64), (Sum, DateTime<Utc>))| PullRequestCost {
        repository,
        merged,
        cost: sum.cost,
        prices: sum.prices,
    };
    let mut costs: Vec<PullRequestCost> = priced.into_iter().map(cost).collect();
    costs.sort_by_key(|one| one.cost);
    (costs, unpriced.len() as u64)
}

/// Lines of each landing that live longer than the horizon, in files that count.
fn surviving(history: &History) -> Vec<u64> {
    let mut alive = vec![0; history.commits.len()];
    for life in history.lives.iter().filter(|life| !life.excluded) {
        let Some(born) = life.born.map(|at| at as usize) else { continue };
        let horizon = history.commits[born].commit_time + HORIZON;
        let died = life.died.map(|at| history.commits[at as usize].commit_time);
        if died.is_none_or(|died| died > horizon) && !history.commits[born].bot {
            alive[born] += u64::from(life.effective);
        }
    }
    alive
}

/// Lines that each landing deleted, in files that count.
fn removed(history: &History) -> Vec<Removed> {
    let mut removed = vec![Removed::default(); history.commits.len()];
    for life in history.lives.iter().filter(|life| !life.excluded && life.death == Some(Death::Deleted)) {
        let Some(died) = life.died else { continue };
        let (sum, lines) = (&mut removed[died as usize], u64::from(life.effective));
        sum.all += lines;
        if let Some(age) = age_at_death(history, life) {
            sum.known += lines;
            sum.old += if age > OLD_DAYS * 86_400 { lines } else { 0 };
        }
    }
    removed
}
