//! Until when a mainline was observed: the time of its newest commit, unless that machine's clock was wrong.
//!
//! Everything that asks how long a line or a branch was watched asks this clock, so one commit of the year 2100, or of
//! 1970, must not move it.

use chrono::{DateTime, TimeDelta, Utc};

use super::mainline::MainlineStep;
use crate::diagnostics::{Diagnostics, Severity};

/// How far clocks of different machines may differ.
const SLACK: TimeDelta = TimeDelta::days(1);
/// Commits after the run's own clock are wrong if they come this long after all those just before them; else the run looks back on purpose.
const LEAP: TimeDelta = TimeDelta::days(90);
/// How many commits before one decide whether its clock was wrong.
const WITNESSES: usize = 9;

/// The time until which a mainline was observed.
///
/// - `now`: the clock of the run, of which only the date counts, so that runs of one day agree; the end of a mainline that
///   leaps far beyond it does not count.
/// - A last commit that most of those before it are later than does not count either.
/// - Only a notice says so: no commit loses its own time.
pub(super) fn observed_until(
    steps: &[MainlineStep],
    now: Option<DateTime<Utc>>,
    diagnostics: &mut Diagnostics,
) -> Option<DateTime<Utc>> {
    let times: Vec<DateTime<Utc>> = steps.iter().map(|step| step.commit.commit_time).collect();
    let believed = last_believed(&times, now)?;
    let until = times[believed];
    let is_wrong = |at: usize| times[at] > until + SLACK || at > believed && times[at] < until - SLACK;
    for at in (0..times.len()).filter(|at| is_wrong(*at)) {
        let text = "a commit's time does not fit its place in the history, so it is not taken for the time until which \
                    the repository was observed";
        let place = format!("{} of {}", steps[at].commit.id, times[at].format("%Y-%m-%d"));
        diagnostics.add(Severity::Warning, "commit-clock-wrong", text, place);
    }
    Some(until)
}

/// The index of the last commit whose time can be believed.
fn last_believed(times: &[DateTime<Utc>], now: Option<DateTime<Utc>>) -> Option<usize> {
    let is_future = |at: DateTime<Utc>| now.is_some_and(|now| at.date_naive() - now.date_naive() > SLACK);
    let before = |at: usize| &times[at.saturating_sub(WITNESSES)..at];
    let mut last = times.len().checked_sub(1)?;
    while last > 0 {
        let first_future = (0..=last).rev().take_while(|&at| is_future(times[at])).last();
        if let Some(first) = first_future
            && let Some(&latest) = before(first).iter().filter(|&&at| !is_future(at)).max()
            && times[first] - latest > LEAP
        {
            last = first - 1;
            continue;
        }
        let before = before(last);
        let later = before.iter().filter(|&&at| at > times[last] + SLACK && !is_future(at)).count();
        if later * 2 <= before.len() {
            break;
        }
        last -= 1;
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days as instants.
    fn believed(days: &[i64], now: Option<i64>) -> Option<usize> {
        let at = |day: i64| DateTime::from_timestamp(day * 86_400, 0).expect("an instant");
        last_believed(&days.iter().map(|&day| at(day)).collect::<Vec<_>>(), now.map(at))
    }

    #[test]
    fn one_wrong_clock_does_not_move_the_end() {
        let ten: Vec<i64> = (100..110).collect();
        let with = |more: &[i64]| [&ten[..], more].concat();
        for (times, now, last) in [
            (with(&[]), None, 9),
            (with(&[110, 111]), Some(112), 11),
            // In the future, in the middle and at the end.
            (with(&[40_000, 110]), None, 11),
            (with(&[40_000]), Some(112), 9),
            (with(&[40_000, 40_001, 40_002]), Some(112), 9),
            // In the past, at the end.
            (with(&[0]), None, 9),
            (with(&[0, 1]), None, 9),
            (with(&[0, 40_000]), Some(112), 9),
            // One clock behind just before the end of a run that looks back on purpose.
            (with(&[0, 115, 120, 130]), Some(112), 13),
            // Two far ahead with one between them that was right.
            (with(&[40_000, 110, 40_001]), Some(112), 11),
            // A quiet year is no mistake, nor is a commit of yesterday after one of today.
            (with(&[500]), Some(501), 10),
            (with(&[108]), None, 10),
            // A run that looks back on purpose.
            (with(&[]), Some(104), 9),
            // The only commit there is.
            (vec![40_000], Some(112), 0),
            (vec![40_000, 100], Some(112), 1),
        ] {
            assert_eq!(believed(&times, now), Some(last), "{times:?} {now:?}");
        }
        assert_eq!(believed(&[], None), None);
    }
}
