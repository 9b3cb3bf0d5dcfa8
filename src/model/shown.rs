//! Which groups of people may be shown, so that no small one can be worked out from the others and the whole.

use std::collections::BTreeSet;

/// People that a group needs to be shown with exact figures (METRICS section 7).
pub const LEAST_PEOPLE: u64 = 5;

/// The groups that may be shown: those of at least so many people, unless what stays hidden is small.
///
/// - What is hidden is none, or at least two groups with `least` people between them: where it is less, the smallest of
///   the others is hidden with it, so that even the whole without the shown groups is no small group.
/// - `groups`: each group with its number of people; whoever is in none is a group as well, if the whole tells of them.
#[must_use]
pub fn shown<K: Ord>(groups: impl IntoIterator<Item = (K, u64)>, least: u64) -> BTreeSet<K> {
    let mut by_size: Vec<(u64, K)> = groups.into_iter().map(|(group, people)| (people, group)).collect();
    by_size.sort_unstable();
    let (mut people, mut hidden) = (0, 0);
    for (own, _) in &by_size {
        // Those who are hidden have to be enough for each other, too.
        let enough = hidden == 0 || hidden >= 2 && people >= least;
        if *own >= least && enough {
            break;
        }
        (people, hidden) = (people + own, hidden + 1);
    }
    by_size.into_iter().skip(hidden).map(|(_, group)| group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_groups_are_hidden_together() {
        let shown = |sizes: &[u64]| shown((0_u32..).zip(sizes.iter().copied()), 5).into_iter().collect::<Vec<_>>();
        assert_eq!(shown(&[5, 9, 7]), [0, 1, 2]);
        // One small group alone would be the whole without the others.
        assert_eq!(shown(&[2, 9, 7]), [1]);
        assert_eq!(shown(&[2, 2, 9, 7]), [2]);
        assert_eq!(shown(&[2, 3, 9, 7]), [2, 3]);
        assert_eq!(shown(&[4]), Vec::<u32>::new());
        assert_eq!(shown(&[]), Vec::<u32>::new());
    }
}
