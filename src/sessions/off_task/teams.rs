//! Shares of teams, published so that the share of a small team cannot be inferred, from one report or from two.
//!
//! - A team is shown if enough users wrote its prompts. The others are not named, not counted and in no remainder: there is
//!   no row to subtract from.
//! - The figures are coarse: a range of users and a range of shares, without cost or number of prompts. They cannot be
//!   added up, so differences between teams, or between two reports, say nothing about a hidden team.
//! - Which teams are hidden follows the one rule of [`crate::model::privacy`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::classify::Band;
use crate::model::privacy::visible;
use crate::sessions::off_task::Judged;

/// Ends of the ranges of shares, in parts per thousand.
const SHARES: [u64; 6] = [0, 10, 25, 50, 100, 250];
/// Ends of the ranges of users.
const USERS: [u64; 6] = [0, 10, 20, 50, 100, 500];

/// From `least` up to, but not including, `below`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Range {
    /// The lower end, included.
    pub least: u64,
    /// The upper end; `None` is open.
    pub below: Option<u64>,
}

impl Range {
    fn containing(value: u64, ends: &[u64]) -> Self {
        let at = ends.partition_point(|end| *end <= value).saturating_sub(1);
        Self { least: ends[at], below: ends.get(at + 1).copied() }
    }
}

/// A team that may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Team {
    /// The name of the team.
    pub team: String,
    /// Users with prompts.
    pub users: Range,
    /// Prompts likely off task, in parts per thousand of its prompts, not corrected.
    pub likely_per_mille: Range,
}

/// The teams that may be shown, in the order of their names.
pub(super) fn visible_teams<'a>(turns: impl Iterator<Item = &'a Judged>, min_people: u64) -> Vec<Team> {
    let mut teams: BTreeMap<&str, (BTreeSet<u32>, u64, u64)> = BTreeMap::new();
    for turn in turns {
        let (Some(team), Some(user)) = (&turn.team, turn.user) else { continue };
        let (users, prompts, likely) = teams.entry(team).or_default();
        users.insert(user);
        *prompts += 1;
        *likely += u64::from(turn.band == Band::OffTaskLikely);
    }
    let size = |of: &(BTreeSet<u32>, u64, u64)| of.0.len() as u64;
    let visible = visible(teams.iter().map(|(name, team)| (*name, size(team))), min_people);
    teams.retain(|name, _| visible.contains(name));
    teams
        .iter()
        .map(|(name, team)| Team {
            team: (*name).to_owned(),
            users: Range::containing(size(team), &USERS),
            likely_per_mille: Range::containing(team.2 * 1000 / team.1.max(1), &SHARES),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::classify::PromptKind;
    use crate::model::money::Money;

    /// A small generator; its seeds are the cases.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    /// A company of teams whose people write prompts; a third of the prompts are in the second report only.
    fn company(seed: u64) -> Vec<(Judged, bool)> {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9));
        let mut turns = Vec::new();
        let mut user = 0;
        for team in 0..3 + random.below(4) {
            let habit = 1 + random.below(20);
            for _ in 0..2 + random.below(18) {
                user += 1;
                for _ in 0..1 + random.below(6) {
                    let off = random.below(40) < habit;
                    let turn = Judged {
                        at: DateTime::default(),
                        session: 0,
                        band: if off { Band::OffTaskLikely } else { Band::OnTask },
                        abstained: false,
                        kind: PromptKind::Agent,
                        has_context: true,
                        cost: Money::ZERO,
                        records: Vec::new(),
                        team: Some(format!("team-{team}")),
                        user: Some(user),
                    };
                    turns.push((turn, random.below(3) == 0));
                }
            }
        }
        turns
    }

    /// Everything that two reports publish: the teams, and the exact sums of the company.
    fn reports(turns: &[(Judged, bool)]) -> Vec<(Vec<Team>, usize, usize)> {
        let report = |late: bool| {
            let inside = || turns.iter().filter(|(_, second)| late || !second).map(|(turn, _)| turn);
            let likely = inside().filter(|turn| turn.band == Band::OffTaskLikely).count();
            (visible_teams(inside(), 10), inside().count(), likely)
        };
        vec![report(false), report(true)]
    }

    #[test]
    fn a_hidden_team_cannot_be_inferred_from_two_reports() {
        let mut tried = 0;
        for seed in 0..300 {
            let turns = company(seed);
            let before = reports(&turns);
            let is_hidden = |team: &str| before.iter().all(|(shown, ..)| shown.iter().all(|one| one.team != team));
            let teams: BTreeSet<String> = turns.iter().filter_map(|(turn, _)| turn.team.clone()).collect();
            for team in teams.iter().filter(|team| is_hidden(team)) {
                tried += 1;
                // Another company, in which this team is blamed for other prompts, would have published the same.
                let of = |own: bool, band: Band, late: bool| {
                    let fits = move |(turn, second): &(Judged, bool)| {
                        (turn.team.as_ref() == Some(team)) == own && turn.band == band && *second == late
                    };
                    turns.iter().enumerate().filter(move |(_, one)| fits(one)).map(|(at, _)| at)
                };
                let swapped = |a: usize, b: usize| {
                    let mut other = turns.clone();
                    (other[a].0.band, other[b].0.band) = (turns[b].0.band, turns[a].0.band);
                    reports(&other) == before
                };
                let another = [false, true].into_iter().any(|late| {
                    let likely = Band::OffTaskLikely;
                    of(true, likely, late).take(1).any(|a| of(false, Band::OnTask, late).any(|b| swapped(a, b)))
                        || of(true, Band::OnTask, late).take(1).any(|a| of(false, likely, late).any(|b| swapped(a, b)))
                });
                assert!(another, "company {seed}: {team} can be worked out");
            }
        }
        assert!(tried > 200, "{tried}");
    }

    #[test]
    fn shown_teams_are_large_and_hidden_ones_are_hidden_together() {
        for seed in 0..300 {
            let turns = company(seed);
            let users = |team: &str| {
                let own = turns.iter().filter(|(turn, _)| turn.team.as_deref() == Some(team));
                own.filter_map(|(turn, _)| turn.user).collect::<BTreeSet<u32>>().len()
            };
            let shown = visible_teams(turns.iter().map(|(turn, _)| turn), 10);
            assert!(shown.iter().all(|one| users(&one.team) >= 10), "company {seed}");
            let all: BTreeSet<String> = turns.iter().filter_map(|(turn, _)| turn.team.clone()).collect();
            let hidden: Vec<&String> = all.iter().filter(|team| shown.iter().all(|one| one.team != **team)).collect();
            let together: usize = hidden.iter().map(|team| users(team)).sum();
            assert!(hidden.is_empty() || shown.is_empty() || hidden.len() >= 2 && together >= 10, "company {seed}");
        }
    }
}
