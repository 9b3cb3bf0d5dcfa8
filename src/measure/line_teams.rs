//! The lines of one mainline in a period by the team of their author, with no small team among them.
//!
//! Figures of teams are exact, so a team is shown only when enough people wrote its lines, and what is not shown is
//! never the work of a few: see [`visible`]. Anybody who has the repository can see more than this; a report that is
//! passed on shows no person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::history::History;
use crate::ledger::Rules;
use crate::measure::lifetimes::{Lifetimes, counts};
use crate::model::period::Period;
use crate::model::privacy::visible;

/// Lines of one team's authors.
#[derive(Debug)]
pub struct LineTeam {
    /// The team; `None` is everybody who is in none.
    pub team: Option<String>,
    /// How many people wrote them.
    pub people: u64,
    /// Their lifetimes.
    pub lifetimes: Lifetimes,
    /// Of the lines, those whose commits say that a tool assisted them.
    pub assisted_lines: u64,
}

/// A team in the order of reports: those in none last.
type Ordered<'a> = (bool, Option<&'a str>);

/// The teams that may be shown, in the order of their names, those in none last.
///
/// - Counts: lines born in the period, in files that count, by people and not by bots.
/// - `least`: people that a team needs.
#[must_use]
pub fn line_teams(history: &History, period: &Period, rules: &Rules, least: u64) -> Vec<LineTeam> {
    let mut known: HashMap<&str, (String, Option<&str>)> = HashMap::new();
    let mut teams: BTreeMap<Ordered<'_>, (BTreeSet<String>, LineTeam)> = BTreeMap::new();
    for life in history.lives.iter().filter(|life| counts(history, life)) {
        let (Some(born), Some(origin)) = (life.born, life.origin) else { continue };
        let commit = &history.commits[born as usize];
        if !commit.counted || !period.contains(commit.commit_time) {
            continue;
        }
        let contribution = &history.contributions[origin as usize];
        let (person, team) =
            known.entry(&contribution.author.email).or_insert_with_key(|email| rules.person_and_team(email));
        let (people, sums) = teams.entry((team.is_none(), *team)).or_insert_with(|| {
            let team = team.map(str::to_owned);
            (BTreeSet::new(), LineTeam { team, people: 0, lifetimes: Lifetimes::default(), assisted_lines: 0 })
        });
        if !people.contains(person) {
            people.insert(person.clone());
        }
        sums.people = people.len() as u64;
        let lines = u64::from(life.lines);
        sums.lifetimes.add(history, life, lines);
        sums.assisted_lines += if contribution.assisted.is_empty() { 0 } else { lines };
    }
    let visible = visible(teams.iter().map(|(team, (_, sums))| (*team, sums.people)), least);
    teams.into_iter().filter(|(team, _)| visible.contains(team)).map(|(_, (_, sums))| sums).collect()
}
