//! Assisted landings beside others: within author, repository and size, never across.
//!
//! - Unit: landings of the window watched for 30 days that brought effective lines, bots left out. Assisted: its commits say so,
//!   or spend is linked to it by evidence of the headline. Of the others nothing says so, which proves nothing.
//! - Adjusted: the difference of means inside each stratum of one repository, author and size band that holds both kinds,
//!   weighted by n·m/(n + m): what a regression with strata as fixed effects gives. Standard errors are robust, with authors as
//!   clusters from ten of them on, else with each landing by itself, and ends by Student's t.
//! - Lines: the log-rank score of line lifetimes, stratified the same way, in one step after Peto; its error takes the lines of
//!   a landing as one (Lin and Wei 1989), since they share their fate.
//! - The unadjusted difference is reported beside the adjusted one and nowhere else. It is an association: who takes a tool for
//!   which task is not random.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::{History, Totals};
use crate::link::Attribution;
use crate::measure::lifetimes::{age_at_death, counts};
use crate::measure::size_bands::band_of;
use crate::model::line_life::Death;
use crate::model::period::{HORIZON, Period};
use crate::statistics::regression::student;

/// Landings that strata with both kinds need together.
const LEAST: usize = 20;
/// With fewer clusters, their spread says little.
const LEAST_CLUSTERS: usize = 10;
/// The normal quantile of a 95% interval.
const Z: f64 = 1.959_963_984_540_054;

/// A difference with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Assisted less others, or assisted over others.
    pub value: f64,
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

/// Assisted landings and others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cohorts {
    /// Assisted ones, and others.
    pub landings: (usize, usize),
    /// Strata that hold both, and the landings in them.
    pub strata: (usize, usize),
    /// Whether authors were the clusters.
    pub by_author: bool,
    /// Mean shares of lines that died within 30 days.
    pub means: (Option<f64>, Option<f64>),
    /// The difference of these shares within strata; `None` with fewer than 20 landings in them.
    pub adjusted: Option<Difference>,
    /// How often lines die, assisted over others, within strata; `None` likewise.
    pub hazard_ratio: Option<Difference>,
}

/// One landing.
#[derive(Debug, Clone)]
struct Unit {
    stratum: (usize, String, usize),
    assisted: bool,
    born: u64,
    dead: u64,
    /// Seconds watched, whether the lines died then, and how many.
    lives: Vec<(i64, bool, u64)>,
}

impl Cohorts {
    /// Compares the landings of a window; `None` without a repository.
    #[must_use]
    pub fn of(histories: &[History], attribution: Option<&Attribution>, window: &Period) -> Option<Self> {
        let units = attribution.iter().flat_map(|all| all.units.iter().map(|unit| (unit, unit.sum(all.least))));
        let linked: BTreeSet<(usize, usize)> = units
            .filter(|(_, sum)| sum.tokens > 0)
            .filter_map(|(unit, _)| Some((unit.repository, unit.landing?)))
            .collect();
        let mut all = Vec::new();
        for (repository, history) in histories.iter().enumerate() {
            let Some(end) = history.observed_until else { continue };
            let mut found: BTreeMap<u32, Unit> = BTreeMap::new();
            for (at, commit) in (0u32..).zip(&history.commits) {
                let old = end - commit.commit_time >= HORIZON;
                if commit.bot || !commit.counted || !old || !window.contains(commit.commit_time) {
                    continue;
                }
                let totals = Totals::of(commit);
                let band = band_of(totals.added_effective + totals.deleted_effective);
                let assisted = !commit.assisted.is_empty() || linked.contains(&(repository, at as usize));
                let stratum = (repository, commit.author.email.to_lowercase(), band);
                found.insert(at, Unit { stratum, assisted, born: 0, dead: 0, lives: Vec::new() });
            }
            for life in history.lives.iter().filter(|life| life.effective > 0 && counts(history, life)) {
                let Some((born, unit)) = life.born.and_then(|at| Some((at, found.get_mut(&at)?))) else { continue };
                let lines = u64::from(life.effective);
                let age = age_at_death(history, life);
                let died = age.is_some() && matches!(life.death, Some(Death::Deleted | Death::Reverted));
                let watched = age.unwrap_or((end - history.commits[born as usize].commit_time).num_seconds());
                unit.born += lines;
                unit.dead += if died && watched <= HORIZON.num_seconds() { lines } else { 0 };
                unit.lives.push((watched, died, lines));
            }
            all.extend(found.into_values().filter(|unit| unit.born > 0));
        }
        (!histories.is_empty()).then(|| compare(&all))
    }
}

fn compare(all: &[Unit]) -> Cohorts {
    let mut strata: BTreeMap<&(usize, String, usize), Vec<&Unit>> = BTreeMap::new();
    for unit in all {
        strata.entry(&unit.stratum).or_default().push(unit);
    }
    let side = |wanted: bool| all.iter().filter(move |unit| unit.assisted == wanted);
    let mean = |wanted: bool| {
        let count = side(wanted).count();
        (count > 0).then(|| side(wanted).map(share).sum::<f64>() / number(count as u64))
    };
    strata.retain(|_, units| units.iter().any(|unit| unit.assisted) && units.iter().any(|unit| !unit.assisted));
    let inside: usize = strata.values().map(Vec::len).sum();
    let mut found = Cohorts {
        landings: (side(true).count(), side(false).count()),
        strata: (strata.len(), inside),
        means: (mean(true), mean(false)),
        ..Cohorts::default()
    };
    if inside >= LEAST {
        let authors: BTreeSet<_> = strata.keys().map(|(repository, author, _)| (repository, author)).collect();
        found.by_author = authors.len() >= LEAST_CLUSTERS;
        found.adjusted = adjusted(&strata, found.by_author);
        found.hazard_ratio = hazards(&strata);
    }
    found
}

type Strata<'a> = BTreeMap<&'a (usize, String, usize), Vec<&'a Unit>>;

fn share(unit: &Unit) -> f64 {
    number(unit.dead) / number(unit.born)
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are far below what a float holds exactly")]
fn number(count: u64) -> f64 {
    count as f64
}

/// The regression of shares on assistance with strata as fixed effects.
fn adjusted(strata: &Strata<'_>, by_author: bool) -> Option<Difference> {
    let mut rows = Vec::new();
    for (stratum, units) in strata {
        let count = number(units.len() as u64);
        let mean_x = number(units.iter().filter(|unit| unit.assisted).count() as u64) / count;
        let mean_y = units.iter().map(|unit| share(unit)).sum::<f64>() / count;
        for unit in units {
            rows.push((*stratum, f64::from(u8::from(unit.assisted)) - mean_x, share(unit) - mean_y));
        }
    }
    let weight: f64 = rows.iter().map(|(_, x, _)| x * x).sum();
    let value = rows.iter().map(|(_, x, y)| x * y).sum::<f64>() / weight;
    let mut scores: BTreeMap<(usize, &str, usize), f64> = BTreeMap::new();
    for (at, (stratum, x, y)) in rows.iter().enumerate() {
        let cluster = if by_author { (stratum.0, stratum.1.as_str(), 0) } else { (0, "", at) };
        *scores.entry(cluster).or_default() += x * (y - value * x);
    }
    let clusters = number(scores.len() as u64);
    let left = number(rows.len() as u64) - number(strata.len() as u64) - 1.0;
    let rows = number(rows.len() as u64);
    if left <= 0.0 || weight <= 0.0 {
        return None;
    }
    let squares: f64 = scores.values().map(|score| score * score).sum();
    let scale = if by_author { clusters / (clusters - 1.0) * (rows - 1.0) / left } else { rows / left };
    let free = if by_author { clusters - 1.0 } else { left };
    let half = student(free) * (squares * scale).sqrt() / weight;
    Some(Difference { value, lo: value - half, hi: value + half })
}

/// The stratified log-rank test in one step, with the lines of a landing as one.
fn hazards(strata: &Strata<'_>) -> Option<Difference> {
    let (mut score, mut information, mut squares) = (0.0, 0.0, 0.0);
    for units in strata.values() {
        // Seconds → lines that die then, and all that leave then, of assisted landings and of all.
        let mut times: BTreeMap<i64, [f64; 4]> = BTreeMap::new();
        let mut risk = [0.0; 2];
        for unit in units {
            let own = f64::from(u8::from(unit.assisted));
            for &(watched, died, lines) in &unit.lives {
                let (lines, at) = (number(lines), times.entry(watched).or_default());
                let dead = f64::from(u8::from(died)) * lines;
                *at = [at[0] + own * dead, at[1] + dead, at[2] + own * lines, at[3] + lines];
                risk = [risk[0] + own * lines, risk[1] + lines];
            }
        }
        // At each time: the hazard so far, and the hazard so far times the assisted share of those at risk.
        let mut steps: BTreeMap<i64, (f64, f64, f64)> = BTreeMap::new();
        let (mut hazard, mut mixed) = (0.0, 0.0);
        for (time, [dead_own, dead, gone_own, gone]) in times {
            let assisted = if risk[1] > 0.0 { risk[0] / risk[1] } else { 0.0 };
            if dead > 0.0 {
                score += dead_own - dead * assisted;
                if risk[1] > 1.0 {
                    information += dead * assisted * (1.0 - assisted) * (risk[1] - dead).max(0.0) / (risk[1] - 1.0);
                }
                hazard += dead / risk[1];
                mixed += dead / risk[1] * assisted;
            }
            steps.insert(time, (assisted, hazard, mixed));
            risk = [risk[0] - gone_own, risk[1] - gone];
        }
        for unit in units {
            let own = f64::from(u8::from(unit.assisted));
            let residual = unit.lives.iter().map(|(watched, died, lines)| {
                let (assisted, hazard, mixed) = steps.get(watched).copied().unwrap_or_default();
                let event = if *died { own - assisted } else { 0.0 };
                number(*lines) * (event - (own * hazard - mixed))
            });
            let residual: f64 = residual.sum();
            squares += residual * residual;
        }
    }
    if information <= 0.0 {
        return None;
    }
    let (log, half) = (score / information, Z * squares.sqrt() / information);
    Some(Difference { value: log.exp(), lo: (log - half).exp(), hi: (log + half).exp() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(author: &str, assisted: bool, born: u64, dead: u64) -> Unit {
        let day = 86_400;
        let lives = vec![(10 * day, true, dead), (90 * day, false, born - dead)];
        Unit { stratum: (0, author.to_owned(), 0), assisted, born, dead, lives }
    }

    #[test]
    fn a_difference_between_authors_is_none_within_them() {
        // Dana loses half of all lines and is mostly assisted, Eve loses a tenth and is seldom: within each nothing differs.
        let mut all = Vec::new();
        for (author, dead, assisted) in [("dana", 5, 8), ("eve", 1, 2)] {
            all.extend((0..10).map(|at| unit(author, at < assisted, 10, dead)));
        }
        let found = compare(&all);
        assert_eq!((found.landings, found.strata), ((10, 10), (2, 20)));
        assert!(found.means.0 > found.means.1);
        assert!(found.adjusted.is_some_and(|one| one.value.abs() < 1e-12));
        assert!(found.hazard_ratio.is_some_and(|one| (one.value - 1.0).abs() < 1e-9));
    }

    #[test]
    fn strata_are_weighted_by_their_information() {
        // Within Dana .5 less .1 over 5 and 5, within Eve .2 less .2 over 1 and 9: weights 2.5 and 0.9.
        let mut all = Vec::new();
        all.extend((0..10).map(|at| unit("dana", at < 5, 10, if at < 5 { 5 } else { 1 })));
        all.extend((0..10).map(|at| unit("eve", at < 1, 10, 2)));
        let found = compare(&all);
        let value = found.adjusted.map(|one| (one.value * 1e6).round() / 1e6);
        assert_eq!(value, Some(0.294_118));
        // Score: Dana's dead lines are 25 of 30 where half were at risk; V of 100 lines, 30 dead: 30 x 1/4 x 70/99.
        // Eve: 2 of 20 where a tenth was: 20 x .09 x 80/99.
        let (score, information): (f64, f64) = (25.0 - 15.0, 30.0 * 0.25 * 70.0 / 99.0 + 20.0 * 0.09 * 80.0 / 99.0);
        let ratio = found.hazard_ratio.expect("a ratio");
        assert!((ratio.value - (score / information).exp()).abs() < 1e-9 && ratio.lo < ratio.value, "{ratio:?}");
    }

    #[test]
    fn few_landings_and_strata_of_one_kind_say_nothing() {
        let all: Vec<Unit> = (0..30).map(|at| unit(if at < 15 { "dana" } else { "eve" }, at < 15, 10, 1)).collect();
        let found = compare(&all);
        assert_eq!((found.strata, found.adjusted, found.hazard_ratio), ((0, 0), None, None));
        let few: Vec<Unit> = (0..19).map(|at| unit("dana", at < 9, 10, 1)).collect();
        assert_eq!(compare(&few).adjusted, None);
    }
}
