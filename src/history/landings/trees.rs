//! The first pass: which paths each landing changed.

use rayon::prelude::*;

use super::super::mainline::MainlineStep;
use super::super::meter::Meter;
use super::super::objects::Store;
use super::super::parallel::in_order;
use super::super::rename::{self, TreeChanges};
use super::super::tree_diff;
use crate::error::Result;

/// Commits whose trees one task compares: neighbours share most of their trees.
const COMMITS_PER_TASK: usize = 128;

/// The changes of each landing from the first one on.
///
/// # Errors
/// Fails when an object is missing or corrupt.
pub(super) fn compare(
    store: &Store,
    steps: &[MainlineStep],
    from: usize,
    meter: &Meter<'_>,
) -> Result<Vec<TreeChanges>> {
    let wanted: Vec<usize> = (from..steps.len()).collect();
    let parts = wanted.par_chunks(COMMITS_PER_TASK).map(|chunk| {
        let objects = store.objects();
        let mut newest_first = Vec::with_capacity(chunk.len());
        for &at in chunk.iter().rev() {
            let parent = at.checked_sub(1).map(|before| steps[before].tree);
            // Where a clone was cut, everything would look new.
            let found = if steps[at].cut { Vec::new() } else { tree_diff::changes(&objects, parent, steps[at].tree)? };
            newest_first.push(rename::join(&objects, found));
            meter.advance(1);
        }
        newest_first.reverse();
        Ok(newest_first)
    });
    in_order(parts.collect())
}
