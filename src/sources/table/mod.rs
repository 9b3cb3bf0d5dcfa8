//! Tables: `cells` splits delimited text into rows of cells, `sheet` describes an export that is one table.

pub(super) mod cells;
pub(super) mod sheet;
pub(super) mod unread;
