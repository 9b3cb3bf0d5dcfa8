//! Results of parallel tasks in the order of the input.

use crate::error::Result;

/// Joins the results of tasks. The first error in the input's order wins, whichever thread met one first.
pub(super) fn in_order<T>(parts: Vec<Result<Vec<T>>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}
