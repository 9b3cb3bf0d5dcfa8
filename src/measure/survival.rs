//! How long new lines live, over all repositories: by day, for all of them, for those of AI-assisted commits and for the others.
//!
//! - Lines of files that count which landed in the window, without those of bots. Assisted: the commit that wrote them carries a mark of a
//!   tool. Of the others nothing says so, which proves nothing.
//! - A curve goes day by day to the last of [`LAST_DAYS`] that enough lines are still watched at.
//! - Its range draws merged changes as wholes.

use std::collections::BTreeMap;

use crate::history::History;
use crate::measure::lifetimes::{Lifetimes, Span, counts};
use crate::model::period::Period;
use crate::statistics::survival_band::{Watched, bands};

/// The days that a curve may go to.
pub const LAST_DAYS: [u32; 3] = [14, 30, 60];
/// A curve goes no further than this many lines are watched at, …
const LEAST_LINES: u64 = 100;
/// … and one in this many of all its lines.
const LEAST_PART: u64 = 10;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Whose lines a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cohort {
    /// All.
    All,
    /// Lines of commits that carry a mark of a tool.
    Assisted,
    /// Lines of the others.
    Unmarked,
}

impl Cohort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::All, Self::Assisted, Self::Unmarked];

    /// The word of machine output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Assisted => "assisted",
            Self::Unmarked => "unmarked",
        }
    }
}

/// A day of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Days after the merge.
    pub day: u32,
    /// The share of lines that live longer.
    pub alive: f64,
    /// Lines that were alive and watched at that age.
    pub at_risk: u64,
    /// The 95% range; `None` under 20 changes.
    pub band: Option<(f64, f64)>,
}

/// The survival of one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Whose lines.
    pub cohort: Cohort,
    /// Merged changes that brought them.
    pub changes: u64,
    /// How many.
    pub lines: u64,
    /// From the day of the merge on; empty where too few lines could be watched.
    pub steps: Vec<Step>,
}

/// The lines of one cohort.
#[derive(Default)]
struct Lines {
    lifetimes: Lifetimes,
    watched: Vec<Watched>,
    /// The number of each change, by repository and landing.
    changes: BTreeMap<(usize, u32), usize>,
}

/// The survival of each cohort of the lines that landed in a window; empty without a repository. Of a history that is cut off nothing
/// is said but how many lines there are.
#[must_use]
pub fn survival(histories: &[History], window: &Period, is_cut: bool) -> Vec<Survival> {
    let mut found: BTreeMap<Cohort, Lines> = Cohort::ALL.into_iter().map(|cohort| (cohort, Lines::default())).collect();
    for (repository, history) in histories.iter().enumerate() {
        for life in history.lives.iter().filter(|life| counts(history, life)) {
            let (Some(born), Some(span)) = (life.born, Span::of(history, life)) else { continue };
            let commit = &history.commits[born as usize];
            if !commit.counted || !window.contains(commit.commit_time) {
                continue;
            }
            let origin = life.origin.and_then(|at| history.contributions.get(at as usize));
            let is_assisted = origin.is_some_and(|one| !one.assisted.is_empty());
            let own = if is_assisted { Cohort::Assisted } else { Cohort::Unmarked };
            for cohort in [Cohort::All, own] {
                found.entry(cohort).or_default().add((repository, born), span, u64::from(life.lines));
            }
        }
    }
    if histories.is_empty() {
        return Vec::new();
    }
    found.into_iter().map(|(cohort, lines)| lines.survival(cohort, is_cut)).collect()
}

impl Lines {
    fn add(&mut self, landing: (usize, u32), span: Span, lines: u64) {
        if lines == 0 {
            return;
        }
        let next = self.changes.len();
        let change = *self.changes.entry(landing).or_insert(next);
        let (age, died) = span.end();
        // Neither the curve nor its range asks what came later.
        let last = i64::from(LAST_DAYS[LAST_DAYS.len() - 1]) * DAY + 1;
        let one = if age > last {
            Watched { age: last, died: false, change, lines }
        } else {
            Watched { age, died, change, lines }
        };
        match self.watched.last_mut() {
            Some(known) if (known.age, known.died, known.change) == (one.age, one.died, change) => known.lines += lines,
            _ => self.watched.push(one),
        }
        self.lifetimes.push(Some(span), lines);
    }

    fn survival(&self, cohort: Cohort, is_cut: bool) -> Survival {
        let lines = self.lifetimes.lines();
        let curve = self.lifetimes.curve();
        let least = LEAST_LINES.max(lines / LEAST_PART);
        let last = LAST_DAYS.into_iter().rev().find(|day| curve.after(*day).at_risk >= least).filter(|_| !is_cut);
        let days: Vec<u32> = last.map(|last| (0..=last).collect()).unwrap_or_default();
        let ages: Vec<i64> = days.iter().map(|day| i64::from(*day) * DAY).collect();
        let ranges = bands(&self.watched, self.changes.len(), &ages);
        let step = |(day, range): (u32, Option<(f64, f64)>)| {
            let found = curve.after(day);
            let alive = found.alive?;
            // No range leaves out its point.
            let band = range.map(|(low, high)| (low.min(alive), high.max(alive)));
            Some(Step { day, alive, at_risk: found.at_risk, band })
        };
        let steps = days.into_iter().zip(ranges).filter_map(step).collect();
        Survival { cohort, changes: self.changes.len() as u64, lines, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(all: &[(i64, bool, u64)]) -> Vec<Step> {
        let mut lines = Lines::default();
        for (at, (days, died, count)) in (0..).zip(all) {
            lines.add((0, at), Span::new(days * DAY, *died, 90 * DAY, at), *count);
        }
        lines.survival(Cohort::All, false).steps
    }

    #[test]
    fn a_curve_ends_where_too_few_lines_are_watched() {
        // Of 1,000 lines 200 die after ten days; the others were watched for 20, 40 and 70 days.
        let found = steps(&[(10, true, 200), (20, false, 600), (40, false, 105), (70, false, 95)]);
        assert_eq!(found.len(), 31, "at sixty days fewer than a tenth are left");
        let days = [9, 10, 30].map(|at: usize| (found[at].day, found[at].alive, found[at].at_risk));
        assert_eq!(days, [(9, 1.0, 1_000), (10, 0.8, 1_000), (30, 0.8, 200)]);
        assert!(found.iter().all(|step| step.band.is_none()), "four changes have no range");
        assert!(steps(&[(10, true, 20), (90, false, 99)]).is_empty(), "99 lines are too few");
        assert_eq!(steps(&[(10, true, 20), (90, false, 100)]).len(), 61);
    }

    #[test]
    fn no_range_leaves_out_its_point() {
        let all: Vec<(i64, bool, u64)> =
            (0..40).map(|at| (i64::from(at % 7 + 3) * 9, at % 3 == 0, 50 + u64::try_from(at).unwrap_or(0))).collect();
        let found = steps(&all);
        assert!(found.iter().all(|step| step.band.is_some_and(|(low, high)| low <= step.alive && step.alive <= high)));
    }
}
