//! The privacy rule for figures of groups: a small group must not be shown, nor be what the others and the total leave.
//!
//! There is one rule, [`visible`], with a smallest group for each kind of figure.

use std::collections::BTreeSet;

/// People that a group needs for its spend to be shown, unless `[privacy] least_team` asks for more.
pub const MIN_PEOPLE_MONEY: u64 = 1;
/// People that a group needs for figures of the quality of its work to be shown; no setting lowers it.
pub const MIN_PEOPLE_QUALITY: u64 = 5;
/// People that a group needs for shares of off-task use, unless `[privacy] least_users` asks for more.
pub const MIN_PEOPLE_OFF_TASK: u64 = 10;

/// The groups that may be shown, of groups with their number of people.
///
/// - A group of fewer than `min_people` is hidden.
/// - The hidden groups are none, or at least two with `min_people` together. Until that is so, the smallest of the others
///   is hidden, too: otherwise the total minus the visible groups would be the figure of a small group.
/// - If the total includes people without a group, they are a group as well.
#[must_use]
pub fn visible<K: Ord>(groups: impl IntoIterator<Item = (K, u64)>, min_people: u64) -> BTreeSet<K> {
    let mut by_size: Vec<(u64, K)> = groups.into_iter().map(|(group, people)| (people, group)).collect();
    by_size.sort_unstable();
    let (mut people, mut hidden) = (0, 0);
    for (own, _) in &by_size {
        let enough_hidden = hidden == 0 || hidden >= 2 && people >= min_people;
        if *own >= min_people && enough_hidden {
            break;
        }
        (people, hidden) = (people + own, hidden + 1);
    }
    by_size.into_iter().skip(hidden).map(|(_, group)| group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible_of(sizes: &[u64], min_people: u64) -> Vec<u32> {
        visible((0_u32..).zip(sizes.iter().copied()), min_people).into_iter().collect()
    }

    #[test]
    fn small_groups_are_hidden_with_enough_others() {
        assert_eq!(visible_of(&[5, 9, 7], 5), [0, 1, 2]);
        // One small group alone would be the total minus the others.
        assert_eq!(visible_of(&[2, 9, 7], 5), [1]);
        assert_eq!(visible_of(&[2, 2, 9, 7], 5), [2]);
        assert_eq!(visible_of(&[2, 3, 9, 7], 5), [2, 3]);
        assert_eq!(visible_of(&[4], 5), Vec::<u32>::new());
        assert_eq!(visible_of(&[], 5), Vec::<u32>::new());
    }

    #[test]
    fn two_teams_of_one_person_are_not_hidden_with_each_other_alone() {
        assert_eq!(visible_of(&[6, 1, 1], 5), Vec::<u32>::new());
        assert_eq!(visible_of(&[6, 1, 1, 8], 5), [3]);
    }

    #[test]
    fn every_team_is_visible_where_one_person_is_enough() {
        assert_eq!(visible_of(&[6, 1, 1], MIN_PEOPLE_MONEY), [0, 1, 2]);
    }
}
