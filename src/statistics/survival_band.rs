//! Ranges of a survival curve: what merged changes, drawn as wholes, say about the share that lives longer than an age.
//!
//! - The lines of one change share their fate, so that ranges which take lines for independent are far too narrow.
//! - Changes are drawn with replacement; the curve after Kaplan and Meier is computed anew for each draw, and the ends are
//!   percentiles of the draws. 95%, a fixed seed.
//! - Fewer than [`MIN_CLUSTERS`] changes have no range.
//! - Source: Efron 1981 (censored data and the bootstrap), with changes as the units.

use super::interval::{MIN_CLUSTERS, Random, SEED, TAIL};

/// How often changes are drawn: every draw follows all lines.
const DRAWS: usize = 1_000;

/// Lines of one change that were watched equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watched {
    /// How long, in seconds.
    pub age: i64,
    /// Whether they died then.
    pub died: bool,
    /// The change, from zero.
    pub change: usize,
    /// How many.
    pub lines: u64,
}

/// The 95% range of the share that lives longer than each age, in the order of the ages; `None` for few changes, or where too few draws
/// reach that age.
#[must_use]
pub fn bands(lines: &[Watched], changes: usize, ages: &[i64]) -> Vec<Option<(f64, f64)>> {
    if changes < MIN_CLUSTERS {
        return vec![None; ages.len()];
    }
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let mut random = Random(SEED);
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(DRAWS); ages.len()];
    let mut drawn = vec![0.0; changes];
    for _ in 0..DRAWS {
        drawn.fill(0.0);
        (0..changes).for_each(|_| drawn[random.below(changes)] += 1.0);
        for (found, alive) in draws.iter_mut().zip(curve(&lines, &drawn, ages)) {
            found.extend(alive);
        }
    }
    draws.into_iter().map(ends).collect()
}

fn ends(mut draws: Vec<f64>) -> Option<(f64, f64)> {
    if draws.len() < DRAWS / 2 {
        return None;
    }
    draws.sort_by(f64::total_cmp);
    let tail = draws.len() / TAIL;
    Some((draws[tail], draws[draws.len() - 1 - tail]))
}

/// The share that lives longer than each age, with changes by how often they were drawn; `None` from the age on to which none was watched.
fn curve(lines: &[Watched], drawn: &[f64], ages: &[i64]) -> Vec<Option<f64>> {
    let weight = |one: &Watched| drawn[one.change] * number(one.lines);
    let mut at_risk: f64 = lines.iter().map(weight).sum();
    let mut alive = 1.0;
    let mut groups = lines.chunk_by(|a, b| a.age == b.age).peekable();
    let mut found = Vec::with_capacity(ages.len());
    for age in ages {
        while let Some(group) = groups.next_if(|group| group[0].age <= *age) {
            let died: f64 = group.iter().filter(|one| one.died).map(weight).sum();
            if died > 0.0 && at_risk > 0.0 {
                alive *= (at_risk - died).max(0.0) / at_risk;
            }
            at_risk -= group.iter().map(weight).sum::<f64>();
        }
        found.push((at_risk > 0.5 || alive == 0.0).then_some(alive));
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are far below what a float holds exactly")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes of a hundred lines; those with a number below `lost` die as wholes after five days.
    fn world(changes: usize, is_lost: impl Fn(usize) -> bool) -> Vec<Watched> {
        let one = |change| match is_lost(change) {
            true => Watched { age: 5, died: true, change, lines: 100 },
            false => Watched { age: 40, died: false, change, lines: 100 },
        };
        (0..changes).map(one).collect()
    }

    #[test]
    fn a_change_that_is_lost_as_a_whole_moves_the_range_as_a_whole() {
        let lines = world(40, |change| change < 8);
        let found = bands(&lines, 40, &[0, 5, 30]);
        assert_eq!(found[0], Some((1.0, 1.0)));
        let (low, high) = found[2].expect("a range");
        // Eight of forty: a binomial range of about twelve points to each side, where 4,000 lines alone would give 1.2.
        assert!((0.62..=0.72).contains(&low) && (0.88..=0.96).contains(&high), "{low} {high}");
        assert_eq!(found[1], found[2]);
        assert_eq!(found, bands(&lines, 40, &[0, 5, 30]), "the same lines have the same range");
    }

    #[test]
    fn few_changes_have_no_range_and_none_is_said_beyond_what_was_watched() {
        assert_eq!(bands(&world(19, |change| change < 8), 19, &[0, 30]), [None, None]);
        assert_eq!(bands(&world(40, |change| change < 8), 40, &[30, 41])[1], None);
    }

    #[test]
    fn the_range_covers_the_true_share_as_often_as_it_says() {
        let mut random = Random(5);
        let covered = (0..100).filter(|_| {
            let lost: Vec<bool> = (0..60).map(|_| random.below(10) < 2).collect();
            let found = bands(&world(60, |change| lost[change]), 60, &[30]);
            found[0].is_some_and(|(low, high)| low <= 0.8 && 0.8 <= high)
        });
        let covered = covered.count();
        assert!(covered >= 88, "{covered} of 100");
    }
}
