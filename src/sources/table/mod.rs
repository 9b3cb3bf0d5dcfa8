//! Rows of cells: delimited text, and exports that are one table.

pub(super) mod cells;
pub(super) mod sheet;
