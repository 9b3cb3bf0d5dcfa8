//! How long lines live: churn within a number of days, and survival after Kaplan and Meier.
//!
//! - A lifetime runs from the landing that brought a line to the landing that took it away, by their commit times in
//!   UTC, and is never negative: commit times need not grow.
//! - The head's commit time ends the observation. A line that could not be watched for N days says nothing about N
//!   days: it is censored, so that the latest weeks do not look good.
//! - A line that ends with its file turning binary, or in an ignored commit, is censored there.
//! - Intervals are Greenwood's, 95%. They take lines for independent, which lines of one commit are not: read them as
//!   the least uncertainty there is.
//! - Source: Kaplan and Meier 1958, Greenwood 1926.

use std::collections::BTreeMap;

use crate::history::History;
use crate::model::line_life::{Death, LineLife};
use crate::model::period::Period;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// The days that churn is reported for.
pub const CHURN_DAYS: [u32; 4] = [7, 14, 21, 30];
/// The days that survival is reported for.
pub const SURVIVAL_DAYS: [u32; 5] = [14, 30, 90, 180, 365];
/// A line deleted before this age is rework (METRICS, after LinearB and Code Climate).
pub const REWORK_DAYS: u32 = 21;
/// How many spans back lines of the same birth and end are looked for.
const NEARBY: usize = 8;
/// Half of a normal 95% interval, in standard errors.
const Z: f64 = 1.959_963_984_540_054;

/// Lines of one birth, as far as they were watched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Seconds from birth to death or to the end of observation.
    watched: i64,
    died: bool,
    /// Seconds from birth to the head.
    exposure: i64,
    lines: u64,
    /// The landing that brought them.
    born: u32,
}

/// Lifetimes of a group of lines.
#[derive(Debug, Clone, Default)]
pub struct Lifetimes {
    spans: Vec<Span>,
}

/// Of the lines born and watched for a number of days, those that died within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Churn {
    /// The days.
    pub days: u32,
    /// Lines born and watched for as long.
    pub born: u64,
    /// Of those, lines that died within the days.
    pub dead: u64,
    /// Lines born too late to be watched for as long; in neither of the above.
    pub censored: u64,
}

impl Churn {
    /// Dead over born, in 0..=1; `None` when no line was watched for long enough.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.born > 0).then(|| quotient(self.dead, self.born))
    }
}

/// The share of lines that live longer than a number of days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Survival {
    /// The days.
    pub days: u32,
    /// The estimate, in 0..=1; `None` when no line was watched for as long.
    pub alive: Option<f64>,
    /// Lower end of the 95% interval.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// Lines that were alive and watched at that age.
    pub at_risk: u64,
}

/// Whether a life counts in ratios: born where it was seen, in a file that is not left out, by no bot.
#[must_use]
pub fn counts(history: &History, life: &LineLife) -> bool {
    let bot = |origin: Option<u32>| origin.is_some_and(|at| history.contributions[at as usize].bot);
    life.born.is_some() && !life.excluded && !bot(life.origin) && !bot(life.born)
}

/// Seconds from a line's birth to its death, never negative; `None` when it is alive or older than what was read.
#[must_use]
pub fn age_at_death(history: &History, life: &LineLife) -> Option<i64> {
    let at = |landing: Option<u32>| landing.map(|at| history.commits[at as usize].commit_time);
    Some((at(life.died)? - at(life.born)?).num_seconds().max(0))
}

impl Span {
    /// How long the lines were watched, in seconds, and whether they died then.
    pub(crate) fn end(self) -> (i64, bool) {
        (self.watched, self.died)
    }

    /// Whether the lines died within a number of days; `None` where they could not be watched for as long.
    pub(crate) fn died_within(&self, days: u32) -> Option<bool> {
        let limit = i64::from(days) * DAY;
        // What ended otherwise was not watched longer than until then.
        let watched_long_enough = self.exposure >= limit && (self.died || self.watched >= limit);
        watched_long_enough.then_some(self.died && self.watched <= limit)
    }

    /// A span of a test, in seconds.
    #[cfg(test)]
    pub(crate) fn new(watched: i64, died: bool, exposure: i64, born: u32) -> Self {
        Self { watched, died, exposure, lines: 0, born }
    }

    /// Whether both landed at once and were watched as long, to the same end.
    fn is_as_long_as(&self, other: &Self) -> bool {
        let key = |span: &Self| (span.born, span.watched, span.died, span.exposure);
        key(self) == key(other)
    }

    /// How long the lines of one birth were watched, and how that ended; `None` for those older than what was read.
    pub(crate) fn of(history: &History, life: &LineLife) -> Option<Self> {
        let born = life.born?;
        let since_birth =
            history.observed_until.map_or(0, |end| (end - history.commits[born as usize].commit_time).num_seconds());
        let age = age_at_death(history, life);
        let exposure = since_birth.max(age.unwrap_or(0)).max(0);
        let died = matches!(life.death, Some(Death::Deleted | Death::Reverted));
        Some(Self { watched: age.unwrap_or(exposure), died, exposure, lines: u64::from(life.lines), born })
    }
}

impl Lifetimes {
    /// The lines that landed in a window and count, over all repositories; `None` without a repository.
    #[must_use]
    pub fn within(histories: &[History], window: &Period) -> Option<Self> {
        let mut all = Self::default();
        for history in histories {
            let landed = |life: &&LineLife| {
                let commit = life.born.map(|at| &history.commits[at as usize]);
                commit.is_some_and(|commit| commit.counted && window.contains(commit.commit_time))
            };
            for life in history.lives.iter().filter(landed).filter(|life| counts(history, life)) {
                all.add(history, life, u64::from(life.lines));
            }
        }
        (!histories.is_empty()).then_some(all)
    }

    /// Adds lines of one birth, weighed by `lines`.
    pub fn add(&mut self, history: &History, life: &LineLife, lines: u64) {
        self.push(Span::of(history, life), lines);
    }

    /// Adds lines of one birth, of which the span is known.
    pub(crate) fn push(&mut self, span: Option<Span>, lines: u64) {
        let Some(span) = span.filter(|_| lines > 0) else { return };
        // Lives come in the order of their births: those of one landing with the same end are close together.
        match self.spans.iter_mut().rev().take(NEARBY).find(|known| known.is_as_long_as(&span)) {
            Some(known) => known.lines += lines,
            None => self.spans.push(Span { lines, ..span }),
        }
    }

    /// Adds another group's lines.
    pub fn extend(&mut self, other: &Self) {
        self.spans.extend_from_slice(&other.spans);
    }

    /// Lines in the group.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.spans.iter().map(|span| span.lines).sum()
    }

    /// Churn within a number of days.
    #[must_use]
    pub fn churn(&self, days: u32) -> Churn {
        Self::churn_of(self.spans.iter(), days)
    }

    /// How long after the end of the observation so many lines will have been watched for a number of days, in seconds; zero where
    /// they have been, `None` where there are not so many that still can.
    #[must_use]
    pub fn seconds_until(&self, days: u32, lines: u64) -> Option<i64> {
        let limit = i64::from(days) * DAY;
        // What ended otherwise than by death before that age never will.
        let can = |span: &&Span| span.died || span.watched >= span.exposure.min(limit);
        let mut waits: Vec<(i64, u64)> =
            self.spans.iter().filter(can).map(|span| ((limit - span.exposure).max(0), span.lines)).collect();
        waits.sort_unstable();
        let mut sum = 0;
        waits.into_iter().find_map(|(wait, count)| {
            sum += count;
            (sum >= lines).then_some(wait)
        })
    }

    /// The same by landing, since the lines of one share their fate: dead and born of each that could be watched. Landings at
    /// the same place of several repositories are taken together.
    #[must_use]
    pub fn churn_by_landing(&self, days: u32) -> Vec<(u64, u64)> {
        let mut by_landing: BTreeMap<u32, Vec<&Span>> = BTreeMap::new();
        self.spans.iter().for_each(|span| by_landing.entry(span.born).or_default().push(span));
        let churns = by_landing.into_values().map(|spans| Self::churn_of(spans.into_iter(), days));
        churns.filter(|churn| churn.born > 0).map(|churn| (churn.dead, churn.born)).collect()
    }

    fn churn_of<'a>(spans: impl Iterator<Item = &'a Span>, days: u32) -> Churn {
        let mut churn = Churn { days, born: 0, dead: 0, censored: 0 };
        for span in spans {
            let Some(died) = span.died_within(days) else {
                churn.censored += span.lines;
                continue;
            };
            churn.born += span.lines;
            churn.dead += if died { span.lines } else { 0 };
        }
        churn
    }

    /// The survival curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let mut ends: Vec<(i64, bool, u64)> =
            self.spans.iter().map(|span| (span.watched, span.died, span.lines)).collect();
        ends.sort_unstable();
        let sum = |ends: &[(i64, bool, u64)]| ends.iter().map(|(_, _, lines)| lines).sum::<u64>();
        let mut at_risk = sum(&ends);
        let mut curve = Curve { steps: Vec::new(), lines: at_risk, spans: Vec::new() };
        let (mut alive, mut variance) = (1.0, 0.0);
        for together in ends.chunk_by(|a, b| a.0 == b.0) {
            let (age, ..) = together[0];
            let dead = sum(&together[together.partition_point(|(_, died, _)| !died)..]);
            if dead > 0 {
                alive *= quotient(at_risk - dead, at_risk);
                // Of the last lines all die: the curve is at zero and its variance has no meaning.
                if at_risk > dead {
                    variance += quotient(dead, at_risk) / float(at_risk - dead);
                }
                curve.steps.push(Step { age, alive, error: alive * f64::sqrt(variance) });
            }
            at_risk -= sum(together);
            curve.spans.push((age, at_risk));
        }
        curve
    }
}

/// A step of a survival curve: from this age on.
#[derive(Debug, Clone, Copy)]
struct Step {
    age: i64,
    alive: f64,
    error: f64,
}

/// A survival curve.
#[derive(Debug, Clone)]
pub struct Curve {
    steps: Vec<Step>,
    lines: u64,
    /// Age → lines watched for longer.
    spans: Vec<(i64, u64)>,
}

impl Curve {
    /// The share of lines alive after a number of days.
    #[must_use]
    pub fn after(&self, days: u32) -> Survival {
        let age = i64::from(days) * DAY;
        let at_risk = match self.spans.partition_point(|(watched, _)| *watched < age) {
            0 => self.lines,
            before => self.spans[before - 1].1,
        };
        let unknown = Survival { days, alive: None, lo: None, hi: None, at_risk };
        // A curve at zero stays there; any other is known only up to the age to which some line was watched.
        let step = self.steps.partition_point(|step| step.age <= age).checked_sub(1).map(|at| self.steps[at]);
        let (alive, error) = step.map_or((1.0, 0.0), |step| (step.alive, step.error));
        if at_risk == 0 && alive > 0.0 || self.lines == 0 {
            return unknown;
        }
        let (lo, hi) = ((alive - Z * error).max(0.0), (alive + Z * error).min(1.0));
        Survival { alive: Some(alive), lo: Some(lo), hi: Some(hi), ..unknown }
    }

    /// The age in days at which half of the lines have died; `None` while more than half live.
    #[must_use]
    pub fn half_life_days(&self) -> Option<f64> {
        let step = self.steps.iter().find(|step| step.alive <= 0.5)?;
        #[expect(clippy::cast_precision_loss, reason = "ages are far below what a float holds exactly")]
        Some(step.age as f64 / 86_400.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are far below what a float holds exactly")]
fn float(count: u64) -> f64 {
    count as f64
}

fn quotient(part: u64, whole: u64) -> f64 {
    float(part) / float(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetimes(spans: &[(i64, bool, i64, u64)]) -> Lifetimes {
        let span = |&(watched, died, exposure, lines): &(i64, bool, i64, u64)| Span {
            watched: watched * DAY,
            died,
            exposure: exposure * DAY,
            lines,
            born: u32::try_from(watched).unwrap_or(0),
        };
        Lifetimes { spans: spans.iter().map(span).collect() }
    }

    #[test]
    fn churn_leaves_out_what_was_not_watched_for_long_enough() {
        // 10 lines die on day 5 of 100, 20 on day 14, 30 on day 15; 40 live; 7 were born 10 days ago, 3 of them dead.
        let group = lifetimes(&[
            (5, true, 100, 10),
            (14, true, 100, 20),
            (15, true, 100, 30),
            (100, false, 100, 40),
            (10, false, 10, 4),
            (2, true, 10, 3),
        ]);
        assert_eq!(group.churn(14), Churn { days: 14, born: 100, dead: 30, censored: 7 });
        assert_eq!(group.churn(7), Churn { days: 7, born: 107, dead: 13, censored: 0 });
        assert_eq!(lifetimes(&[]).churn(14).ratio(), None);
        // Each age is a landing of its own there; two of the six could not be watched for long enough.
        assert_eq!(group.churn_by_landing(14), [(10, 10), (20, 20), (0, 30), (0, 40)]);
        // A line that an ignored commit took after three days was watched for three days only.
        assert_eq!(lifetimes(&[(3, false, 100, 5)]).churn(14), Churn { days: 14, born: 0, dead: 0, censored: 5 });
    }

    #[test]
    fn lines_of_one_birth_and_one_end_are_one_span() {
        let span = |born, watched, died| Some(Span { watched, died, exposure: 100 * DAY, lines: 0, born });
        let mut all = Lifetimes::default();
        all.push(span(1, 5, true), 2);
        all.push(span(1, 5, false), 3);
        all.push(span(1, 5, true), 4);
        all.push(span(2, 5, true), 1);
        all.push(span(2, 6, true), 7);
        all.push(span(1, 9, true), 0);
        all.push(None, 9);
        let spans: Vec<_> = all.spans.iter().map(|span| (span.born, span.watched, span.died, span.lines)).collect();
        assert_eq!(spans, [(1, 5, true, 6), (1, 5, false, 3), (2, 5, true, 1), (2, 6, true, 7)]);
    }

    #[test]
    fn survival_is_the_worked_example_of_the_textbooks() {
        // Freireich's 6-MP arm: remission weeks, 21 patients; S(6) = .857, S(10) = .753, S(23) = .448 (Cox and Oakes).
        let died = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|day| (day, true, 99, 1));
        let left = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|day| (day, false, 99, 1));
        let curve = lifetimes(&[&died[..], &left[..]].concat()).curve();
        let round = |value: Option<f64>| value.map(|value| (value * 1e3).round() / 1e3);
        assert_eq!(round(curve.after(6).alive), Some(0.857));
        assert_eq!(round(curve.after(10).alive), Some(0.753));
        assert_eq!(round(curve.after(23).alive), Some(0.448));
        let error = curve.after(23).hi.unwrap_or(0.0) - curve.after(23).alive.unwrap_or(0.0);
        assert_eq!(round(Some(error / Z)), Some(0.135));
        assert_eq!((curve.after(10).at_risk, curve.after(36).alive, curve.half_life_days()), (15, None, Some(23.0)));
    }

    #[test]
    fn a_group_that_is_all_dead_is_at_zero_and_an_empty_one_unknown() {
        let dead = lifetimes(&[(3, true, 50, 2), (9, true, 50, 2)]).curve();
        assert_eq!((dead.after(5).alive, dead.after(30).alive, dead.after(30).hi), (Some(0.5), Some(0.0), Some(0.0)));
        assert_eq!(lifetimes(&[]).curve().after(14).alive, None);
    }
}
