//! Rows of totals that spreadsheets and finance put below the rows they sum: recognised because they sum, and set aside.

use crate::model::money::Money;
use crate::model::usage::UsageRecord;
use crate::sources::rejection::Rejection;
use crate::sources::table::cells::{Cells, non_empty};
use crate::sources::values::marks;

pub(in crate::sources) const TOTAL_ROW: Rejection =
    ("total-row", "a row is the sum of the rows above it and was set aside");
pub(in crate::sources) const UNPROVEN_TOTAL: Rejection =
    ("bad-row", "a row is labelled as a total and is not the sum of the rows above it; it is not counted");

/// How many cells at the start of a row may hold its label.
const LABEL_CELLS: usize = 4;

/// Whether a cell at the start of a row says that it is a total.
pub(in crate::sources) fn is_labelled(cells: Cells<'_>) -> bool {
    cells.iter().take(LABEL_CELLS).any(marks::is_total)
}

/// Whether a row holds nothing but its label and numbers.
pub(in crate::sources) fn is_bare(cells: Cells<'_>) -> bool {
    cells.iter().filter_map(non_empty).all(|cell| marks::is_figure(cell) || marks::is_total(cell))
}

/// How many figures of a record are summed: first amounts, last but one the requests.
const FIGURES: usize = 12;
const AMOUNTS: usize = 3;
const REQUESTS: usize = 10;

/// The sums of the rows read so far.
#[derive(Default)]
pub(in crate::sources) struct Totals {
    /// Of all rows.
    all: [i128; FIGURES],
    /// Of the rows since the last total.
    part: [i128; FIGURES],
}

/// The amounts, in nano-dollars, and the counts of a record.
fn figures(record: &UsageRecord) -> [i128; FIGURES] {
    let money = [record.billed_cost, record.reported_cost, record.bill.gross_cost];
    let [billed, reported, gross] = money.map(|amount| amount.map_or(0, Money::nanos));
    let count = |count: Option<u64>| i128::from(count.unwrap_or(0));
    let [a, b, c, d, e, f, g] = record.tokens.by_kind().map(count);
    let (requests, quantity) = (count(record.request_count), i128::from(record.bill.quantity_micros.unwrap_or(0)));
    [billed, reported, gross, a, b, c, d, e, f, g, requests, quantity]
}

impl Totals {
    /// Adds a row to the sums.
    pub(in crate::sources) fn add(&mut self, record: &UsageRecord) {
        for (sum, figure) in self.part.iter_mut().zip(figures(record)) {
            *sum += figure;
        }
    }

    /// Whether a row sums up the rows before it, or those since the last such row; its figures start anew then.
    pub(in crate::sources) fn is_sum(&mut self, record: &UsageRecord) -> bool {
        let row = figures(record);
        let mut all = self.all;
        all.iter_mut().zip(self.part).for_each(|(sum, part)| *sum += part);
        if !equals(&row, &self.part) && !equals(&row, &all) {
            return false;
        }
        (self.all, self.part) = (all, [0; FIGURES]);
        true
    }
}

/// Whether every figure that a row has is this sum; at least one has to be there. Sums of amounts may be rounded to cents.
fn equals(row: &[i128; FIGURES], sums: &[i128; FIGURES]) -> bool {
    const HALF_A_CENT: i128 = 5_000_000;
    // Formats count one request a row; the sum of a column of requests is only one if a single row is summed.
    let is_filled = |at: usize, figure: i128| figure != 0 && (at != REQUESTS || figure != 1);
    let mut filled = row.iter().zip(sums).enumerate().filter(|(at, (figure, _))| is_filled(*at, **figure)).peekable();
    filled.peek().is_some()
        && filled.all(|(at, (figure, sum))| (figure - sum).abs() <= if at < AMOUNTS { HALF_A_CENT } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bill::Authority;
    use crate::model::origin::{FileId, Origin};
    use crate::sources::record::blank;

    fn row(cents: i128, output: u64) -> UsageRecord {
        let at = Origin { file: FileId(0), line: 1 };
        let mut record = blank("x", Authority::Invoice, at, chrono::DateTime::UNIX_EPOCH);
        record.billed_cost = Some(Money::from_nanos(cents * 10_000_000));
        record.tokens.output = Some(output);
        record.request_count = Some(1);
        record
    }

    #[test]
    fn a_total_is_the_sum_of_all_rows_or_of_those_since_the_last_total() {
        let mut totals = Totals::default();
        assert!(!totals.is_sum(&row(0, 0)));
        totals.add(&row(100, 1));
        totals.add(&row(250, 2));
        assert!(!totals.is_sum(&row(350, 4)) && !totals.is_sum(&row(351, 3)));
        assert!(totals.is_sum(&row(350, 3)));
        totals.add(&row(50, 5));
        assert!(totals.is_sum(&row(50, 5)) && totals.is_sum(&row(400, 8)));
    }
}
