//! Holds the rows of a table that cannot be read until a later row shows how the file writes numbers or dates.
//!
//! - In: rows one by one. Out: the same rows in the same order, handed to [`TableRows`].
//! - Holds up to 16 MiB; then, or at the end of the file, what no row has decided is decided by what is surest.

use crate::model::origin::Origin;
use crate::sources::Batch;
use crate::sources::table::cells::Cells;
use crate::sources::table::conventions::Conventions;

/// How many bytes of rows are held.
const MAX_HELD: usize = 16 << 20;

/// Reads the rows of one table.
pub(in crate::sources) trait TableRows {
    /// How the file writes numbers and dates.
    fn conventions(&self) -> &Conventions;

    /// Reads a row; if that raises a question, nothing of it is counted.
    fn add(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch);

    /// Reads a row only for what its cells show.
    fn examine(&mut self, cells: Cells<'_>, at: Origin);
}

/// The rows of a table, read in order as soon as they can be.
pub(in crate::sources) struct Undecided<R> {
    rows: R,
    held: Held,
    /// The line of the first row that had to wait.
    first: Option<u64>,
}

/// Rows that wait.
#[derive(Default)]
struct Held {
    text: String,
    ranges: Vec<(usize, usize)>,
    /// For each row where its text and its ranges end, and where it comes from.
    rows: Vec<(usize, usize, Origin, bool)>,
}

impl Held {
    fn push(&mut self, cells: Cells<'_>, at: Origin) {
        self.text.push_str(cells.text);
        self.ranges.extend_from_slice(cells.ranges);
        self.rows.push((self.text.len(), self.ranges.len(), at, cells.is_cut_off));
    }

    fn size(&self) -> usize {
        self.text.len() + size_of_val(self.ranges.as_slice()) + size_of_val(self.rows.as_slice())
    }
}

impl<R: TableRows> Undecided<R> {
    pub(in crate::sources) fn new(rows: R) -> Self {
        Self { rows, held: Held::default(), first: None }
    }

    /// Takes the next row.
    pub(in crate::sources) fn add(&mut self, cells: Cells<'_>, at: Origin, out: &mut Batch) {
        if self.held.rows.is_empty() {
            self.rows.add(cells, at, out);
            if !self.rows.conventions().is_open() {
                return;
            }
            self.first.get_or_insert(at.line);
        }
        self.held.push(cells, at);
        self.rows.conventions().set_trial(true);
        self.rows.examine(cells, at);
        self.rows.conventions().set_trial(false);
        if !self.rows.conventions().is_open() || self.held.size() > MAX_HELD {
            self.release(out);
        }
    }

    /// Reads the rows that wait.
    fn release(&mut self, out: &mut Batch) {
        let held = std::mem::take(&mut self.held);
        let (mut from, mut first) = (0, 0);
        self.rows.conventions().settle();
        for (to, last, at, is_cut_off) in held.rows {
            let cells = Cells { text: &held.text[from..to], ranges: &held.ranges[first..last], is_cut_off };
            self.rows.add(cells, at, out);
            if self.rows.conventions().is_open() {
                // A question that came up only now that another is answered.
                self.rows.conventions().settle();
                self.rows.add(cells, at, out);
            }
            (from, first) = (to, last);
        }
    }

    /// Reads what waits at the end of the file, and says how it was read.
    pub(in crate::sources) fn finish(mut self, out: &mut Batch) {
        self.release(out);
        self.rows.conventions().report(self.first.unwrap_or(1), out);
    }
}
