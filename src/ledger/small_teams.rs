//! Joins the rows of teams, cost centres and values of tags that are too small to be shown.

use std::collections::{BTreeMap, BTreeSet};

use super::group_key::GroupKey;
use super::spend::{Group, Spend};
use crate::model::privacy::visible;

/// The values of a group's keys.
type Values = Vec<Option<String>>;

/// Joins the groups of teams, cost centres and tags that may not be shown, separately for each combination of the other keys.
///
/// `by_user` are the same groups by user, too: they say how many people each has.
pub(super) fn join(groups: Vec<Group>, by_user: &[Group], keys: &[GroupKey], min_people: u64) -> Vec<Group> {
    let is_payer = |at: usize| keys.get(at).is_some_and(|key| key.is_payer());
    let Some(first) = (0..keys.len()).find(|at| is_payer(*at)) else { return groups };
    let mut people: BTreeMap<&[Option<String>], u64> = BTreeMap::new();
    for group in by_user {
        if let Some((Some(_), values)) = group.key.split_last() {
            *people.entry(values).or_default() += 1;
        }
    }
    let other_keys = |group: &Group| -> Values {
        let others = group.key.iter().enumerate().filter(|(at, _)| !is_payer(*at));
        others.map(|(_, value)| value.clone()).collect()
    };
    let mut cells: BTreeMap<Values, Vec<(usize, u64)>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let people = people.get(group.key.as_slice()).copied().unwrap_or(0);
        // Records without a team and without users are nobody's.
        if group.key.iter().enumerate().any(|(at, value)| is_payer(at) && value.is_some()) || people > 0 {
            cells.entry(other_keys(group)).or_default().push((at, people));
        }
    }
    let hidden: BTreeSet<usize> = cells
        .into_values()
        .flat_map(|cell| {
            let shown = visible(cell.iter().copied(), min_people);
            cell.into_iter().map(|(at, _)| at).filter(move |at| !shown.contains(at))
        })
        .collect();
    let mut joined: BTreeMap<Values, (usize, Spend)> = BTreeMap::new();
    let mut rows = Vec::with_capacity(groups.len());
    for (at, group) in groups.into_iter().enumerate() {
        if hidden.contains(&at) {
            let sum = joined.entry(other_keys(&group)).or_default();
            sum.0 += 1;
            sum.1 += group.spend;
        } else {
            rows.push(group);
        }
    }
    rows.extend(joined.into_iter().map(|(others, (count, spend))| {
        let mut others = others.into_iter();
        let value = |at: usize| match at {
            _ if at == first => Some(format!("{count} others together")),
            _ if is_payer(at) => None,
            _ => others.next().flatten(),
        };
        Group { key: (0..keys.len()).map(value).collect(), spend, joined: count }
    }));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Money;

    fn group(key: &[&str], dollars: i128) -> Group {
        let text = |text: &&str| Some((*text).to_owned()).filter(|text| !text.is_empty());
        let cost = Some(Money::from_nanos(dollars * 1_000_000_000));
        let spend = Spend { records: 1, cost, ..Spend::default() };
        Group { key: key.iter().map(text).collect(), spend, joined: 0 }
    }

    /// Groups by team and user, as `(team, people, dollars)` with a dollar a person.
    fn teams(teams: &[(&str, usize)]) -> (Vec<Group>, Vec<Group>) {
        let by_user = teams
            .iter()
            .flat_map(|(team, people)| (0..*people).map(move |user| group(&[team, &format!("{team}-{user}")], 1)));
        let by_team = teams.iter().map(|(team, people)| group(&[team], i128::try_from(*people).unwrap_or(0)));
        (by_team.collect(), by_user.collect())
    }

    fn shown(sizes: &[(&str, usize)], min_people: u64) -> Vec<(String, String)> {
        let (by_team, by_user) = teams(sizes);
        let rows = join(by_team, &by_user, &[GroupKey::Team], min_people);
        let text = |group: &Group| (group.key[0].clone().unwrap_or_default(), group.spend.cost.unwrap_or_default());
        rows.iter().map(text).map(|(team, cost)| (team, cost.to_string())).collect()
    }

    fn row(team: &str, cost: &str) -> (String, String) {
        (team.to_owned(), cost.to_owned())
    }

    #[test]
    fn two_teams_of_one_person_are_joined_with_a_third() {
        // Joined alone, each of the two could subtract its own dollar.
        assert_eq!(shown(&[("a", 6), ("b", 1), ("c", 1), ("d", 9)], 3), [row("d", "9"), row("3 others together", "8")]);
        assert_eq!(shown(&[("a", 3), ("b", 4)], 3), [row("a", "3"), row("b", "4")]);
    }

    #[test]
    fn people_without_a_team_are_a_group_and_records_of_nobody_are_not() {
        assert_eq!(shown(&[("", 1), ("a", 2), ("b", 9)], 3), [row("b", "9"), row("2 others together", "3")]);
        let (mut by_team, by_user) = teams(&[("a", 4)]);
        by_team.push(group(&[""], 5));
        assert_eq!(join(by_team.clone(), &by_user, &[GroupKey::Team], 3), by_team);
    }

    #[test]
    fn teams_that_are_joined_keep_what_their_cost_is_made_of() {
        let (mut by_team, by_user) = teams(&[("a", 1), ("b", 1), ("c", 9)]);
        by_team[0].spend.prices.billed = true;
        by_team[1].spend.prices.list = true;
        let rows = join(by_team, &by_user, &[GroupKey::Team], 2);
        let joined = rows.iter().find(|row| row.joined == 2).expect("a row of the small teams");
        assert!(joined.spend.prices.billed && joined.spend.prices.list, "{:?}", joined.spend.prices);
    }

    #[test]
    fn each_month_hides_its_own_small_teams() {
        let by_user: Vec<Group> = [("May", "a", "x"), ("May", "a", "y"), ("May", "b", "z"), ("June", "a", "x")]
            .map(|(month, team, user)| group(&[month, team, user], 1))
            .to_vec();
        let by_team = vec![group(&["May", "a"], 2), group(&["May", "b"], 1), group(&["June", "a"], 1)];
        let rows = join(by_team, &by_user, &[GroupKey::Month, GroupKey::Team], 2);
        let keys: Vec<(&str, &str, usize)> = rows
            .iter()
            .map(|row| (row.key[0].as_deref().unwrap_or(""), row.key[1].as_deref().unwrap_or(""), row.joined))
            .collect();
        assert_eq!(keys, [("June", "1 others together", 1), ("May", "2 others together", 2)]);
    }
}
