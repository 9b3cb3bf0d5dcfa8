//! The columns of a frame, for reading single cells.

use std::fmt;

use chrono::{DateTime, Utc};
use polars::prelude::*;

use crate::ledger::columns::{CostColumn, CountColumn, TextColumn};
use crate::model::money::Money;
use crate::model::usage::RecordId;

/// The columns of a frame, for reading single cells.
#[derive(Debug)]
pub(in crate::ledger) struct Cells {
    pub(in crate::ledger) start: CellsOf<Int64Type>,
    pub(in crate::ledger) end: CellsOf<Int64Type>,
    pub(in crate::ledger) id: [CellsOf<Int64Type>; 2],
    pub(in crate::ledger) counts: Vec<CellsOf<Int64Type>>,
    pub(in crate::ledger) costs: Vec<CellsOf<Int64Type>>,
    pub(in crate::ledger) texts: Vec<CellsOf<UInt32Type>>,
    pub(in crate::ledger) file: CellsOf<UInt32Type>,
    pub(in crate::ledger) part: CellsOf<UInt32Type>,
    pub(in crate::ledger) subagent: CellsOf<UInt32Type>,
    pub(in crate::ledger) time_zone_assumed: CellsOf<UInt32Type>,
}

impl Cells {
    pub(in crate::ledger) fn new(data: &DataFrame) -> PolarsResult<Self> {
        Ok(Self {
            start: ints(data, "start")?,
            end: ints(data, "end")?,
            id: [ints(data, "id_high")?, ints(data, "id_low")?],
            counts: CountColumn::ALL.into_iter().map(|one| ints(data, one.name())).collect::<PolarsResult<_>>()?,
            costs: CostColumn::ALL.into_iter().map(|one| ints(data, one.name())).collect::<PolarsResult<_>>()?,
            texts: TextColumn::ALL.into_iter().map(|one| codes(data, one.name())).collect::<PolarsResult<_>>()?,
            file: codes(data, "file")?,
            part: codes(data, "part")?,
            subagent: codes(data, "subagent")?,
            time_zone_assumed: codes(data, "time_zone_assumed")?,
        })
    }

    pub(in crate::ledger) fn start(&self, at: usize) -> DateTime<Utc> {
        self.start.get(at).and_then(DateTime::from_timestamp_millis).unwrap_or_default()
    }

    pub(in crate::ledger) fn id(&self, at: usize) -> RecordId {
        let half = |column: &CellsOf<Int64Type>| u128::from(column.get(at).unwrap_or_default().cast_unsigned());
        RecordId(half(&self.id[0]) << 64 | half(&self.id[1]))
    }

    pub(in crate::ledger) fn count(&self, column: CountColumn, at: usize) -> Option<u64> {
        self.counts[column as usize].get(at).and_then(|count| u64::try_from(count).ok())
    }

    pub(in crate::ledger) fn cost(&self, column: CostColumn, at: usize) -> Option<Money> {
        self.costs[column as usize].get(at).map(|nanos| Money::from_nanos(nanos.into()))
    }

    pub(in crate::ledger) fn text(&self, column: TextColumn) -> &CellsOf<UInt32Type> {
        &self.texts[column as usize]
    }
}

/// The cells of one column. A column of polars looks for the chunk of each cell, which takes several times as long.
pub(in crate::ledger) struct CellsOf<T: PolarsNumericType>(T::Array);

impl<T: PolarsNumericType> fmt::Debug for CellsOf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: PolarsNumericType> CellsOf<T> {
    /// The cells of a column; they share its memory if it is in one piece.
    fn of(column: &ChunkedArray<T>) -> PolarsResult<Self> {
        let column = column.rechunk();
        let whole = column.downcast_iter().next().cloned();
        whole.map(Self).ok_or_else(|| PolarsError::NoData("a column has no chunk".into()))
    }

    /// A cell; `None` is unknown.
    pub(in crate::ledger) fn get(&self, at: usize) -> Option<T::Native> {
        let is_known = self.0.validity().is_none_or(|known| known.get_bit(at));
        is_known.then(|| self.0.values()[at])
    }

    /// Whether no cell is known.
    pub(in crate::ledger) fn is_unknown(&self) -> bool {
        self.0.validity().map_or(0, |known| known.unset_bits()) == self.0.values().len()
    }
}

/// A column of integers.
pub(super) fn ints(data: &DataFrame, name: &str) -> PolarsResult<CellsOf<Int64Type>> {
    CellsOf::of(data.column(name)?.i64()?)
}

/// A column of codes.
pub(super) fn codes(data: &DataFrame, name: &str) -> PolarsResult<CellsOf<UInt32Type>> {
    CellsOf::of(data.column(name)?.u32()?)
}
