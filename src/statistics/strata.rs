//! How two groups differ where both have comparable units: the difference of a share, stratum by stratum.
//!
//! - A unit is a numerator and a denominator. In each stratum both shares are taken; the differences are averaged with the denominators
//!   of the first group, so that the result is about what that group does.
//! - Strata in which a group has fewer than [`LEAST_IN_STRATUM`] units are left out: they say nothing about their spread.
//! - The range: units are resampled with replacement within stratum and group, and the ends are percentiles of the draws. A fixed
//!   seed; fewer than [`MIN_CLUSTERS`] units of a group have no range.

use super::interval::{DRAWS, MIN_CLUSTERS, Random, SEED, TAIL};

/// Units of each group that a stratum needs.
pub const LEAST_IN_STRATUM: usize = 5;

/// A numerator and a denominator.
pub type Unit = (f64, f64);

/// The units of both groups in one stratum.
#[derive(Debug, Clone, Default)]
pub struct Stratum {
    /// Of the group that the difference is about.
    pub first: Vec<Unit>,
    /// Of the group that it is compared with.
    pub second: Vec<Unit>,
}

impl Stratum {
    /// Whether both groups have enough units.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.first.len() >= LEAST_IN_STRATUM && self.second.len() >= LEAST_IN_STRATUM
    }
}

/// The share of the second group minus that of the first, with the 95% range; `None` for few units.
#[must_use]
pub fn difference(strata: &[Stratum]) -> Option<(f64, f64, f64)> {
    let shared: Vec<&Stratum> = strata.iter().filter(|one| one.is_shared()).collect();
    let count = |group: fn(&Stratum) -> &[Unit]| shared.iter().map(|one| group(one).len()).sum::<usize>();
    if count(|one| &one.first) < MIN_CLUSTERS || count(|one| &one.second) < MIN_CLUSTERS {
        return None;
    }
    let found = estimate(shared.iter().map(|one| (sum(&one.first), sum(&one.second))))?;
    let mut random = Random(SEED);
    let mut draws = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let mut drawn = |units: &[Unit]| {
            let units = (0..units.len()).map(|_| units[random.below(units.len())]);
            units.fold((0.0, 0.0), |(x, y), (a, b)| (x + a, y + b))
        };
        let sums: Vec<(Unit, Unit)> = shared.iter().map(|one| (drawn(&one.first), drawn(&one.second))).collect();
        draws.extend(estimate(sums.into_iter()));
    }
    if draws.len() < DRAWS / 2 {
        return None;
    }
    draws.sort_by(f64::total_cmp);
    let tail = draws.len() / TAIL;
    Some((found, draws[tail], draws[draws.len() - 1 - tail]))
}

fn sum(units: &[Unit]) -> Unit {
    units.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a, y + b))
}

/// The mean difference of strata whose sums have denominators.
fn estimate(sums: impl Iterator<Item = (Unit, Unit)>) -> Option<f64> {
    let (mut total, mut weights) = (0.0, 0.0);
    for ((x, y), (a, b)) in sums {
        if y > 0.0 && b > 0.0 {
            total += y * (a / b - x / y);
            weights += y;
        }
    }
    (weights > 0.0).then(|| total / weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(count: usize, each: impl Fn(usize) -> Unit) -> Vec<Unit> {
        (0..count).map(each).collect()
    }

    #[test]
    fn only_strata_that_both_groups_share_count_and_few_units_have_no_range() {
        // In each stratum the second group loses a tenth more; over all it would seem to lose less.
        let easy = Stratum { first: units(5, |_| (1.0, 10.0)), second: units(30, |_| (2.0, 10.0)) };
        let hard = Stratum { first: units(30, |_| (5.0, 10.0)), second: units(5, |_| (6.0, 10.0)) };
        let alone = Stratum { first: units(40, |_| (9.0, 10.0)), second: Vec::new() };
        let (found, low, high) = difference(&[easy.clone(), hard.clone(), alone]).expect("enough");
        assert!((found - 0.1).abs() < 1e-9 && (low - 0.1).abs() < 1e-9 && (high - 0.1).abs() < 1e-9);
        assert_eq!(difference(&[easy]), None);
        assert_eq!(difference(&[Stratum { first: units(4, |_| (1.0, 1.0)), second: units(90, |_| (1.0, 1.0)) }]), None);
    }

    #[test]
    fn the_range_covers_a_true_difference_as_often_as_it_says() {
        let mut random = Random(3);
        let mut covered = 0;
        for _ in 0..60 {
            let mut change = |chance: usize| (if random.below(10) < chance { 10.0 } else { 0.0 }, 10.0);
            let stratum = |change: &mut dyn FnMut(usize) -> Unit| Stratum {
                first: (0..40).map(|_| change(3)).collect(),
                second: (0..40).map(|_| change(5)).collect(),
            };
            let strata = [stratum(&mut change), stratum(&mut change)];
            let (_, low, high) = difference(&strata).expect("enough");
            covered += usize::from(low <= 0.2 && 0.2 <= high);
        }
        assert!(covered >= 52, "{covered} of 60");
    }
}
