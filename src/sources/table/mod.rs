//! Tables: `cells` splits delimited text into rows of cells, `sheet` describes an export that is one table. `conventions` are
//! how a file writes numbers and dates, and `undecided` holds rows until they are known; `names` compares columns, `totals`
//! finds rows of sums.

pub(super) mod cells;
pub(super) mod conventions;
pub(super) mod names;
pub(super) mod sheet;
pub(super) mod totals;
pub(super) mod undecided;
pub(super) mod unread;
