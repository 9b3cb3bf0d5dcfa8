//! The columns of a frame, for reading single cells.

use chrono::{DateTime, Utc};
use polars::prelude::*;

use crate::ledger::columns::{CostColumn, CountColumn, TextColumn};
use crate::model::money::Money;
use crate::model::usage::RecordId;

/// The columns of a frame, for reading single cells.
#[derive(Debug)]
pub(in crate::ledger) struct Cells {
    pub(in crate::ledger) start: Int64Chunked,
    pub(in crate::ledger) end: Int64Chunked,
    pub(in crate::ledger) id: [Int64Chunked; 2],
    pub(in crate::ledger) counts: Vec<Int64Chunked>,
    pub(in crate::ledger) costs: Vec<Int64Chunked>,
    pub(in crate::ledger) texts: Vec<UInt32Chunked>,
    pub(in crate::ledger) file: UInt32Chunked,
    pub(in crate::ledger) part: UInt32Chunked,
    pub(in crate::ledger) subagent: UInt32Chunked,
    pub(in crate::ledger) time_zone_assumed: UInt32Chunked,
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
        let half = |column: &Int64Chunked| u128::from(column.get(at).unwrap_or_default().cast_unsigned());
        RecordId(half(&self.id[0]) << 64 | half(&self.id[1]))
    }

    pub(in crate::ledger) fn count(&self, column: CountColumn, at: usize) -> Option<u64> {
        self.counts[column as usize].get(at).and_then(|count| u64::try_from(count).ok())
    }

    pub(in crate::ledger) fn cost(&self, column: CostColumn, at: usize) -> Option<Money> {
        self.costs[column as usize].get(at).map(|nanos| Money::from_nanos(nanos.into()))
    }

    pub(in crate::ledger) fn text(&self, column: TextColumn) -> &UInt32Chunked {
        &self.texts[column as usize]
    }
}

/// An integer column in one piece; a single piece is shared, not copied.
pub(super) fn ints(data: &DataFrame, name: &str) -> PolarsResult<Int64Chunked> {
    Ok(data.column(name)?.i64()?.rechunk().into_owned())
}

/// A column of codes in one piece.
pub(super) fn codes(data: &DataFrame, name: &str) -> PolarsResult<UInt32Chunked> {
    Ok(data.column(name)?.u32()?.rechunk().into_owned())
}
