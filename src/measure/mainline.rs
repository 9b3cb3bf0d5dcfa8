//! The figures of one mainline in a period: what landed, and what became of its lines.

use std::collections::BTreeSet;

use crate::history::{History, Totals};
use crate::ledger::Rules;
use crate::measure::lifetimes::Curve;
use crate::measure::line_groups::LineGroups;
use crate::measure::line_teams::{LineTeam, line_teams};
use crate::model::period::Period;
use crate::model::privacy::MIN_PEOPLE_QUALITY;

/// One mainline in a period.
#[derive(Debug)]
pub struct Mainline {
    /// Lines, commits and files of the landings.
    pub totals: Totals,
    /// First-parent commits.
    pub landings: u64,
    /// Distinct pull requests that they name.
    pub pull_requests: u64,
    /// Landings that a later one reverts.
    pub reverted: u64,
    /// Lines that merged commits rewrote or deleted before they landed; `None` when these were too many to follow.
    pub reworked: Option<u64>,
    /// Its lines by month, folder and assistance.
    pub lines: LineGroups,
    /// The survival of the lines born in the period.
    pub curve: Curve,
    /// Its lines by the team of their author; `None` when the configuration names no teams.
    pub teams: Option<Vec<LineTeam>>,
}

impl Mainline {
    /// Measures a mainline.
    #[must_use]
    pub fn new(history: &History, period: &Period, rules: &Rules) -> Self {
        let mut totals = Totals::default();
        let mut pulls = BTreeSet::new();
        let (mut landings, mut reverted, mut reworked) = (0, 0, Some(0));
        for commit in history.commits.iter().filter(|commit| period.contains(commit.commit_time)) {
            totals += Totals::of(commit);
            landings += 1;
            pulls.extend(commit.pull_request);
            reverted += u64::from(commit.reverted_by.is_some());
            // Only counted commits were followed line by line.
            if commit.counted {
                reworked = reworked.zip(commit.reworked_before_landing).map(|(sum, lines)| sum + lines);
            }
        }
        let lines = LineGroups::of(history, period);
        let curve = lines.born.curve();
        let teams = (!rules.teams.is_empty()).then(|| line_teams(history, period, rules, MIN_PEOPLE_QUALITY));
        Self { totals, landings, pull_requests: pulls.len() as u64, reverted, reworked, lines, curve, teams }
    }
}
