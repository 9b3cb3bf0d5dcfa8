//! Merged pull requests by size, so that splitting them into smaller ones shows.
//!
//! - Size: effective lines added and deleted by the landings that name the request. Bands are those of Kubernetes' labels.
//! - Bots are left out. A request that several landings name counts once.

use std::collections::BTreeMap;

use crate::history::{History, Totals};
use crate::link::{Attribution, Sum};
use crate::measure::linked::is_counted_pull;
use crate::model::money::Money;
use crate::model::period::Period;

/// Names of the bands, with the first size that is too large for each.
pub const BANDS: [(&str, u64); 5] = [("XS", 10), ("S", 30), ("M", 100), ("L", 500), ("XL", u64::MAX)];

/// The index of the band of a size.
#[must_use]
pub fn band_of(lines: u64) -> usize {
    BANDS.iter().position(|(_, below)| lines < *below).unwrap_or(BANDS.len() - 1)
}

/// One band.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Band {
    /// Sizes of its requests, from the smallest.
    pub lines: Vec<u64>,
    /// Linked spend of those that have some, from the cheapest.
    pub costs: Vec<Money>,
}

/// The merged requests of a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizeBands {
    /// One a band, in the order of [`BANDS`].
    pub bands: [Band; 5],
}

impl SizeBands {
    /// Sorts the requests that landed in a window.
    #[must_use]
    pub fn within(histories: &[History], attribution: Option<&Attribution>, window: &Period) -> Self {
        let units = attribution.iter().flat_map(|all| all.units.iter().map(|unit| (unit, unit.sum(all.least))));
        let linked: BTreeMap<(usize, usize), Sum> =
            units.filter_map(|(unit, sum)| Some(((unit.repository, unit.landing?), sum))).collect();
        let mut pulls: BTreeMap<(usize, u64), (u64, Sum)> = BTreeMap::new();
        for (repository, history) in histories.iter().enumerate() {
            for (at, commit) in history.commits.iter().enumerate() {
                let Some(number) = commit.pull_request.filter(|_| is_counted_pull(commit, window)) else { continue };
                let totals = Totals::of(commit);
                let pull = pulls.entry((repository, number)).or_default();
                pull.0 += totals.added_effective + totals.deleted_effective;
                pull.1 += linked.get(&(repository, at)).copied().unwrap_or_default();
            }
        }
        let mut found = Self::default();
        for (lines, sum) in pulls.into_values() {
            let band = &mut found.bands[band_of(lines)];
            band.lines.push(lines);
            band.costs.extend(sum.is_priced.then_some(sum.cost));
        }
        for band in &mut found.bands {
            band.lines.sort_unstable();
            band.costs.sort_unstable();
        }
        found
    }

    /// Requests in all.
    #[must_use]
    pub fn merged(&self) -> u64 {
        self.bands.iter().map(|band| band.lines.len() as u64).sum()
    }

    /// Their median size, the larger middle one.
    #[must_use]
    pub fn median_lines(&self) -> Option<u64> {
        let mut all: Vec<u64> = self.bands.iter().flat_map(|band| band.lines.iter().copied()).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_where_the_one_before_ends() {
        let names: Vec<&str> =
            [0, 9, 10, 29, 30, 99, 100, 499, 500, 10_000].map(|lines| BANDS[band_of(lines)].0).into();
        assert_eq!(names, ["XS", "XS", "S", "S", "M", "M", "L", "L", "XL", "XL"]);
    }
}
